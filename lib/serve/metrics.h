// Metrics: the counters of a server, as the text that Prometheus reads (its exposition format 0.0.4). Any thread may
// count.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace rotor {

/// A histogram: the number of values up to each bound, the number of all values, and their sum.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}
  void add(double value);
  /// The histogram's lines, under a name.
  std::string text(const std::string& name) const;

 private:
  std::vector<double> bounds_;   ///< bounds in rising order
  std::vector<int64_t> counts_;  ///< number of values between two bounds; the last counts values above all bounds
  double sum_ = 0;
};

class Metrics {
 public:
  void count_request(int status);
  /// Counts a batch of sentences that were translated together.
  void count_batch(int64_t sentences);
  /// Counts an answer to POST /translate.
  void count_translations(int64_t sentences, int64_t source_tokens, int64_t target_tokens);
  void count_seconds(double seconds);

  /// The text of all metrics; `waiting` is the current number of sentences in the queue.
  std::string text(int64_t waiting) const;

 private:
  mutable std::mutex mutex_;
  std::map<int, int64_t> requests_;  ///< number of requests by status
  int64_t sentences_ = 0, source_tokens_ = 0, target_tokens_ = 0;
  Histogram batches_{{1, 2, 4, 8, 16, 32, 64, 128, 256}};
  Histogram seconds_{{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}};
};

}  // namespace rotor
