#include "score/judged_rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace rotor {
namespace {

void check_sizes(size_t truth, size_t predicted) {
  ROTOR_CHECK(truth == predicted, "expected as many predictions as rows, got {} and {}", predicted, truth);
  ROTOR_CHECK(truth > 0, "expected predictions of at least one row, got none");
}

void check_classes(const std::vector<int64_t>& values, const char* what, int64_t classes) {
  for (size_t i = 0; i < values.size(); ++i) {
    ROTOR_CHECK(values[i] >= 0 && values[i] < classes, "expected {} classes from 0 to {}, got {} in row {}", what,
                classes - 1, values[i], i + 1);
  }
}

void check_numbers(const std::vector<double>& values, const char* what) {
  for (size_t i = 0; i < values.size(); ++i) {
    ROTOR_CHECK(std::isfinite(values[i]), "expected {} numbers that are finite, got {} in row {}", what, values[i],
                i + 1);
  }
}

std::vector<size_t> order_of(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  return order;
}

}  // namespace

JudgedRows JudgedRows::of_classes(std::vector<int64_t> truth, std::vector<int64_t> predicted, int64_t classes) {
  check_sizes(truth.size(), predicted.size());
  ROTOR_CHECK(classes > 0, "expected at least one class, got {}", classes);
  check_classes(truth, "true", classes);
  check_classes(predicted, "predicted", classes);
  JudgedRows result;
  result.classes_ = classes;
  result.true_classes_ = std::move(truth);
  result.predicted_classes_ = std::move(predicted);
  return result;
}

JudgedRows JudgedRows::of_numbers(std::vector<double> truth, std::vector<double> predicted) {
  check_sizes(truth.size(), predicted.size());
  check_numbers(truth, "true");
  check_numbers(predicted, "predicted");
  JudgedRows result;
  result.true_order_ = order_of(truth);
  result.predicted_order_ = order_of(predicted);
  result.true_numbers_ = std::move(truth);
  result.predicted_numbers_ = std::move(predicted);
  return result;
}

}  // namespace rotor
