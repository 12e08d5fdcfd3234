#include "serve/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace rotor {
namespace {

std::string heading(const std::string& name, const char* type, const std::string& help) {
  return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

std::string single(const MetricName& of, const char* type, int64_t value) {
  return heading(of.name, type, of.help) + fmt::format("{} {}\n", of.name, value);
}

template <typename Metric>
Metric& named(std::vector<Metric>& metrics, const std::string& name) {
  return *std::find_if(metrics.begin(), metrics.end(), [&](const Metric& metric) { return metric.of.name == name; });
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

Metrics::Metrics(std::vector<MetricName> counts, std::vector<MetricName> seconds) {
  for (MetricName& name : counts) counts_.push_back({std::move(name)});
  for (MetricName& name : seconds) seconds_.push_back({std::move(name)});
}

void Metrics::count_request(int status) {
  const std::lock_guard lock(mutex_);
  ++requests_[status];
}

void Metrics::count_batch(int64_t rows) {
  const std::lock_guard lock(mutex_);
  batches_.add(static_cast<double>(rows));
}

void Metrics::count(const std::string& name, int64_t more) {
  const std::lock_guard lock(mutex_);
  named(counts_, name).value += more;
}

void Metrics::count_seconds(const std::string& name, double seconds) {
  const std::lock_guard lock(mutex_);
  named(seconds_, name).values.add(seconds);
}

std::string Metrics::text(int64_t waiting) const {
  const std::lock_guard lock(mutex_);
  std::string text = heading("rotor_requests_total", "counter", "Requests answered, by HTTP status.");
  for (const auto& [status, count] : requests_) {
    text += fmt::format("rotor_requests_total{{status=\"{}\"}} {}\n", status, count);
  }
  for (const Count& count : counts_) text += single(count.of, "counter", count.value);
  text += single({"rotor_queue_sentences", "Sentences or rows that wait to be computed."}, "gauge", waiting);
  text += heading("rotor_batch_sentences", "histogram", "Sentences or rows computed together.");
  text += batches_.text("rotor_batch_sentences");
  for (const Seconds& seconds : seconds_) {
    text += heading(seconds.of.name, "histogram", seconds.of.help) + seconds.values.text(seconds.of.name);
  }
  return text;
}

}  // namespace rotor
