// The scores of a validation by name, in the order of the reports, and the best of those that may decide which
// validation is better (--best-checkpoint-metric).
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rotor {

/// A score's name is that of its report in train.jsonl without "valid_": "loss", "bleu".
struct Score {
  std::string metric;
  double value = 0;
};
using Scores = std::vector<Score>;

/// The value of a metric among the scores; an Error if it was not measured.
double value_of(const Scores& scores, const std::string& metric);

/// The part of a log line that tells the scores: " | valid loss 4.100 | valid ppl 17.15".
std::string score_text(const Scores& scores);

/// The metrics that may decide which validation is better, of all tasks.
std::vector<std::string> deciding_metrics();

/// Whether a higher score of a metric is better; a lower one is for those that nobody knows.
bool higher_is_better(const std::string& metric);

/// The best score of each deciding metric of a task so far.
class BestScores {
 public:
  struct Best {
    std::string metric;
    std::optional<double> score;  ///< none if there was no validation, or none with a finite score
  };

  BestScores() = default;
  explicit BestScores(const std::vector<std::string>& metrics) { know(metrics); }

  /// Adds the metrics that are not known yet, without a score.
  void know(const std::vector<std::string>& metrics);
  void set(const std::string& metric, std::optional<double> score);
  std::optional<double> of(const std::string& metric) const;

  /// Whether the scores are better than the best of that metric.
  bool improved_by(const Scores& scores, const std::string& metric) const;
  /// Keeps those of the scores that are better.
  void take(const Scores& scores);
  void forget();

  const std::vector<Best>& all() const { return all_; }

 private:
  std::vector<Best> all_;
};

}  // namespace rotor
