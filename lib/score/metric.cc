#include "score/metric.h"

#include "base/check.h"
#include "tensor/parallel.h"

namespace rotor {

std::vector<double> Statistics::sum() const {
  std::vector<double> sums(width_);
  for (size_t i = 0; i < values_.size(); ++i) sums[i % width_] += values_[i];
  return sums;
}

Statistics count_segments(const Metric& metric, std::span<const std::string> hypotheses,
                          std::span<const Segments> references) {
  ROTOR_CHECK(!references.empty(), "expected at least one set of references, got none");
  for (const auto& reference : references) {
    ROTOR_CHECK(reference.size() == hypotheses.size(), "expected as many references as hypotheses, got {} and {} lines",
                reference.size(), hypotheses.size());
  }
  Statistics statistics(hypotheses.size(), metric.width());
  parallel_for(true, hypotheses.size(), [&](int64_t i) {
    std::vector<std::string_view> of_segment;
    for (const auto& reference : references) of_segment.emplace_back(reference[i]);
    metric.count(hypotheses[i], of_segment, statistics.row(i));
  });
  return statistics;
}

}  // namespace rotor
