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

/// A metric that only some servers have.
struct MetricName {
  std::string name, help;
};

class Metrics {
 public:
  /// What is counted beside requests and batches: numbers of things, and the seconds of answers.
  Metrics(std::vector<MetricName> counts, std::vector<MetricName> seconds);

  void count_request(int status);
  /// Counts a batch of sentences or rows that were computed together.
  void count_batch(int64_t rows);
  /// Adds to a count, or a value to a histogram of seconds, by its name.
  void count(const std::string& name, int64_t more);
  void count_seconds(const std::string& name, double seconds);

  /// The text of all metrics; `waiting` is the current number of sentences or rows in the queue.
  std::string text(int64_t waiting) const;

 private:
  struct Count {
    MetricName of;
    int64_t value = 0;
  };
  struct Seconds {
    MetricName of;
    Histogram values{{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}};
  };

  mutable std::mutex mutex_;
  std::map<int, int64_t> requests_;  ///< number of requests by status
  std::vector<Count> counts_;
  Histogram batches_{{1, 2, 4, 8, 16, 32, 64, 128, 256}};
  std::vector<Seconds> seconds_;
};

}  // namespace rotor
