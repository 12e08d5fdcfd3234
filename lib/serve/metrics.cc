#include "serve/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace rotor {
namespace {

std::string heading(const std::string& name, const char* type, const char* help) {
  return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

std::string single(const std::string& name, const char* type, const char* help, int64_t value) {
  return heading(name, type, help) + fmt::format("{} {}\n", name, value);
}

}  // namespace

void Histogram::add(double value) {
  ++counts_[std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin()];
  sum_ += value;
}

std::string Histogram::text(const std::string& name) const {
  std::string lines;
  int64_t count = 0;
  for (size_t i = 0; i < bounds_.size(); ++i) {
    lines += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", name, bounds_[i], count += counts_[i]);
  }
  count += counts_.back();
  return lines + fmt::format("{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", name, count, sum_);
}

void Metrics::count_request(int status) {
  const std::lock_guard lock(mutex_);
  ++requests_[status];
}

void Metrics::count_batch(int64_t sentences) {
  const std::lock_guard lock(mutex_);
  batches_.add(static_cast<double>(sentences));
}

void Metrics::count_translations(int64_t sentences, int64_t source_tokens, int64_t target_tokens) {
  const std::lock_guard lock(mutex_);
  sentences_ += sentences;
  source_tokens_ += source_tokens;
  target_tokens_ += target_tokens;
}

void Metrics::count_seconds(double seconds) {
  const std::lock_guard lock(mutex_);
  seconds_.add(seconds);
}

std::string Metrics::text(int64_t waiting) const {
  const std::lock_guard lock(mutex_);
  std::string text = heading("rotor_requests_total", "counter", "Requests answered, by HTTP status.");
  for (const auto& [status, count] : requests_) {
    text += fmt::format("rotor_requests_total{{status=\"{}\"}} {}\n", status, count);
  }
  text += single("rotor_sentences_total", "counter", "Sentences translated.", sentences_);
  text += single("rotor_source_tokens_total", "counter", "Tokens of their sources, </s> counted.", source_tokens_);
  text += single("rotor_target_tokens_total", "counter", "Tokens of their best translations, </s> counted.",
                 target_tokens_);
  text += single("rotor_queue_sentences", "gauge", "Sentences that wait to be translated.", waiting);
  text += heading("rotor_batch_sentences", "histogram", "Sentences translated together.");
  text += batches_.text("rotor_batch_sentences");
  text += heading("rotor_translate_seconds", "histogram", "Seconds from a request to translate to its answer.");
  return text + seconds_.text("rotor_translate_seconds");
}

}  // namespace rotor
