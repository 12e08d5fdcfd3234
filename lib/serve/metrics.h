// Metrics: what a server counts, as the text that Prometheus reads (its exposition format 0.0.4). Any thread may count.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace rotor {

/// How many values are at most as large as each bound, with their number and their sum.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}
  void add(double value);
  /// Its lines, under a name.
  std::string text(const std::string& name) const;

 private:
  std::vector<double> bounds_;   ///< rising
  std::vector<int64_t> counts_;  ///< of the values between two bounds; the last above all
  double sum_ = 0;
};

class Metrics {
 public:
  void count_request(int status);
  /// Sentences that were translated together.
  void count_batch(int64_t sentences);
  /// An answer to POST /translate.
  void count_translations(int64_t sentences, int64_t source_tokens, int64_t target_tokens);
  void count_seconds(double seconds);

  /// All of them; `waiting` is the number of sentences in the queue now.
  std::string text(int64_t waiting) const;

 private:
  mutable std::mutex mutex_;
  std::map<int, int64_t> requests_;  ///< by status
  int64_t sentences_ = 0, source_tokens_ = 0, target_tokens_ = 0;
  Histogram batches_{{1, 2, 4, 8, 16, 32, 64, 128, 256}};
  Histogram seconds_{{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}};
};

}  // namespace rotor
