// Metrics of predictions, one row of a table each. All say more for better predictions. They are scikit-learn's and
// scipy's, and where those have no value to give they are 0, so that a training can compare them and a table hold them:
//
// | name | what it is | fits | where it is not defined |
// | --- | --- | --- | --- |
// | accuracy | the share of rows with the true class | classes | |
// | f1 | 2 tp / (2 tp + fp + fn) of class 1 | two classes | 0 if class 1 is neither true nor predicted |
// | macro_f1 | the mean over classes of F1 of each | classes | leaves out classes neither true nor predicted |
// | mcc | Matthews's correlation (1975), of many classes Gorodkin's (2004) | classes | 0 if one class is all |
// | pearson | linear correlation | numbers | 0 if a column is constant (scipy: nan) |
// | spearman | Pearson's of the ranks, equal numbers sharing their mean rank | numbers | 0 as for pearson |
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "score/judged_rows.h"

namespace rotor {

struct PredictionMetric {
  std::string name;
  enum class Fits { kTwoClasses, kClasses, kNumbers } fits;
  /// The metric of predictions that it fits; there must be a count for each row, or none.
  double (*score)(const JudgedRows&, RowCounts);

  /// Whether it fits predictions of that many classes; 0: of numbers.
  bool fits_classes(int64_t classes) const;
};

/// The only list of all metrics, those first that are the main ones of a task.
std::span<const PredictionMetric> prediction_metrics();

/// The names of all, or of those that fit that many classes (0: numbers).
std::vector<std::string> prediction_metric_names();
std::vector<std::string> prediction_metric_names(int64_t classes);

/// The metric of that name. For an unknown one, and for one that does not fit predictions of that many classes (0:
/// numbers), an Error lists those that do.
const PredictionMetric& prediction_metric(const std::string& name, int64_t classes);

}  // namespace rotor
