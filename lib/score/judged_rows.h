// Judged rows hold what a classifier or a regressor says of some rows, beside what is true: prediction metrics read
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rotor {

/// How often each row counts; nothing stands for once each. Resamples count rows several times or not at all.
using RowCounts = std::span<const uint16_t>;

class JudgedRows {
 public:
  /// Takes a true and a predicted class of 0 … classes − 1 for each row. Columns of unequal size or of no rows, and
  /// other classes, are an Error.
  static JudgedRows of_classes(std::vector<int64_t> truth, std::vector<int64_t> predicted, int64_t classes);

  /// Takes a true and a predicted number for each row. Columns of unequal size or of no rows, and numbers that are not
  /// finite, are an Error.
  static JudgedRows of_numbers(std::vector<double> truth, std::vector<double> predicted);

  size_t size() const { return classes_ > 0 ? true_classes_.size() : true_numbers_.size(); }
  int64_t classes() const { return classes_; }  ///< number of classes; 0: numbers

  /// Returns the rows' classes; empty if they are numbers.
  std::span<const int64_t> true_classes() const { return true_classes_; }
  std::span<const int64_t> predicted_classes() const { return predicted_classes_; }

  /// Returns the rows' numbers; empty if they are classes.
  std::span<const double> true_numbers() const { return true_numbers_; }
  std::span<const double> predicted_numbers() const { return predicted_numbers_; }

  /// Returns the rows in order of their numbers: sorted once, so that resamples have ranks without sorting.
  std::span<const size_t> true_order() const { return true_order_; }
  std::span<const size_t> predicted_order() const { return predicted_order_; }

 private:
  JudgedRows() = default;

  int64_t classes_ = 0;
  std::vector<int64_t> true_classes_, predicted_classes_;
  std::vector<double> true_numbers_, predicted_numbers_;
  std::vector<size_t> true_order_, predicted_order_;
};

}  // namespace rotor
