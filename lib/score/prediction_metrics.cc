#include "score/prediction_metrics.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/option_text.h"

namespace rotor {
namespace {

double count_of(RowCounts counts, size_t row) {
  return counts.empty() ? 1 : counts[row];
}

/// The rows of each class: those of which it is true, those it is predicted of, and those that are both.
struct ClassCounts {
  ClassCounts(const JudgedRows& judged, RowCounts counts)
      : truth(judged.classes()), predicted(judged.classes()), right(judged.classes()) {
    for (size_t i = 0; i < judged.size(); ++i) {
      const double count = count_of(counts, i);
      const int64_t is = judged.true_classes()[i], as = judged.predicted_classes()[i];
      truth[is] += count;
      predicted[as] += count;
      if (is == as) right[is] += count;
      rows += count;
      all_right += is == as ? count : 0;
    }
  }

  bool occurs(size_t c) const { return truth[c] + predicted[c] > 0; }
  double f1(size_t c) const { return occurs(c) ? 2 * right[c] / (truth[c] + predicted[c]) : 0; }

  std::vector<double> truth, predicted, right;
  double rows = 0, all_right = 0;
};

double accuracy(const JudgedRows& judged, RowCounts counts) {
  const ClassCounts of(judged, counts);
  return of.all_right / of.rows;
}

double f1(const JudgedRows& judged, RowCounts counts) {
  return ClassCounts(judged, counts).f1(1);
}

double macro_f1(const JudgedRows& judged, RowCounts counts) {
  const ClassCounts of(judged, counts);
  double sum = 0, classes = 0;
  for (size_t c = 0; c < of.truth.size(); ++c) {
    sum += of.f1(c);
    classes += of.occurs(c) ? 1 : 0;
  }
  return sum / classes;
}

double mcc(const JudgedRows& judged, RowCounts counts) {
  const ClassCounts of(judged, counts);
  const double square = of.rows * of.rows;
  double both = of.all_right * of.rows, truth = square, predicted = square;
  for (size_t c = 0; c < of.truth.size(); ++c) {
    both -= of.truth[c] * of.predicted[c];
    truth -= of.truth[c] * of.truth[c];
    predicted -= of.predicted[c] * of.predicted[c];
  }
  return truth > 0 && predicted > 0 ? both / std::sqrt(truth * predicted) : 0;
}

/// The mean and the range of the numbers that count.
struct Column {
  Column(std::span<const double> values, RowCounts counts) : x(values) {
    double rows = 0, sum = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double count = count_of(counts, i);
      if (count == 0) continue;
      least = rows == 0 ? x[i] : std::min(least, x[i]);
      most = rows == 0 ? x[i] : std::max(most, x[i]);
      rows += count;
      sum += count * x[i];
    }
    mean = sum / rows;
  }
  bool constant() const { return least == most; }

  std::span<const double> x;
  double mean = 0, least = 0, most = 0;
};

double correlation(std::span<const double> truth, std::span<const double> predicted, RowCounts counts) {
  const Column a(truth, counts), b(predicted, counts);
  if (a.constant() || b.constant()) return 0;
  double both = 0, of_a = 0, of_b = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    const double count = count_of(counts, i), from_a = a.x[i] - a.mean, from_b = b.x[i] - b.mean;
    both += count * from_a * from_b;
    of_a += count * from_a * from_a;
    of_b += count * from_b * from_b;
  }
  const double scale = std::sqrt(of_a) * std::sqrt(of_b);
  return scale > 0 ? std::clamp(both / scale, -1., 1.) : 0;
}

double pearson(const JudgedRows& judged, RowCounts counts) {
  return correlation(judged.true_numbers(), judged.predicted_numbers(), counts);
}

/// The rank of each row among those that count, from 1; equal numbers have the mean of their ranks.
std::vector<double> ranks(std::span<const double> values, std::span<const size_t> order, RowCounts counts) {
  std::vector<double> ranks(values.size());
  double before = 0;
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    double equal = 0;
    for (; end < order.size() && values[order[end]] == values[order[begin]]; ++end)
      equal += count_of(counts, order[end]);
    for (size_t i = begin; i < end; ++i) ranks[order[i]] = before + (equal + 1) / 2;
    before += equal;
  }
  return ranks;
}

double spearman(const JudgedRows& judged, RowCounts counts) {
  return correlation(ranks(judged.true_numbers(), judged.true_order(), counts),
                     ranks(judged.predicted_numbers(), judged.predicted_order(), counts), counts);
}

using Fits = PredictionMetric::Fits;

const PredictionMetric kTable[] = {
    {"accuracy", Fits::kClasses, accuracy}, {"f1", Fits::kTwoClasses, f1},
    {"macro_f1", Fits::kClasses, macro_f1}, {"mcc", Fits::kClasses, mcc},
    {"pearson", Fits::kNumbers, pearson},   {"spearman", Fits::kNumbers, spearman},
};

}  // namespace

bool PredictionMetric::fits_classes(int64_t classes) const {
  switch (fits) {
    case Fits::kTwoClasses:
      return classes == 2;
    case Fits::kClasses:
      return classes > 0;
    case Fits::kNumbers:
      return classes == 0;
  }
  return false;
}

std::span<const PredictionMetric> prediction_metrics() {
  return kTable;
}

std::vector<std::string> prediction_metric_names() {
  std::vector<std::string> names;
  for (const PredictionMetric& metric : kTable) names.push_back(metric.name);
  return names;
}

std::vector<std::string> prediction_metric_names(int64_t classes) {
  std::vector<std::string> names;
  for (const PredictionMetric& metric : kTable) {
    if (metric.fits_classes(classes)) names.push_back(metric.name);
  }
  return names;
}

const PredictionMetric& prediction_metric(const std::string& name, int64_t classes) {
  const auto* found =
      std::find_if(std::begin(kTable), std::end(kTable), [&](const PredictionMetric& m) { return m.name == name; });
  const std::string fitting = join(prediction_metric_names(classes), ", ");
  ROTOR_CHECK(found != std::end(kTable), "unknown metric '{}'; choose one of: {}", name, fitting);
  ROTOR_CHECK(found->fits_classes(classes), "the metric '{}' is not of {}; choose one of: {}", name,
              classes > 0 ? fmt::format("predictions of {} classes", classes) : "predictions of numbers", fitting);
  return *found;
}

}  // namespace rotor
