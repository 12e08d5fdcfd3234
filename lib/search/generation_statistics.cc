#include "search/generation_statistics.h"

#include <cmath>
#include <numeric>
#include <ostream>

#include "base/files.h"
#include "base/json.h"
#include "base/progress.h"

namespace rotor {

void Perplexity::add(std::span<const float> scores) {
  if (sums_.size() < scores.size()) {
    sums_.resize(scores.size());
    counts_.resize(scores.size());
  }
  for (size_t i = 0; i < scores.size(); ++i) {
    sums_[i] += scores[i];
    ++counts_[i];
  }
}

std::vector<double> Perplexity::by_position() const {
  std::vector<double> result;
  for (size_t i = 0; i < sums_.size(); ++i) result.push_back(std::exp(-sums_[i] / static_cast<double>(counts_[i])));
  return result;
}

double Perplexity::of_all() const {
  const double sum = std::accumulate(sums_.begin(), sums_.end(), 0.0);
  return std::exp(-sum / static_cast<double>(std::accumulate(counts_.begin(), counts_.end(), int64_t{0})));
}

void write_statistics(const std::string& path, const GenerationStatistics& statistics, double total_seconds) {
  nlohmann::ordered_json json = {{"sentences", statistics.sentences},
                                 {"tokens", statistics.tokens},
                                 {"seconds", statistics.seconds},
                                 {"tokens_per_second", statistics.rate()},
                                 {"load_seconds", statistics.load_seconds},
                                 {"total_seconds", total_seconds},
                                 {"memory_mb", peak_memory_mb()}};
  if (const auto by_position = statistics.perplexity.by_position(); !by_position.empty()) {
    json["perplexity"] = statistics.perplexity.of_all();
    json["perplexity_by_position"] = by_position;
  }
  write_atomically(path, [&](std::ostream& out) { out << json.dump(2) << '\n'; });
}

}  // namespace rotor
