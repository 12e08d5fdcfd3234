// The common interface of BLEU, chrF and TER: each segment has a few numbers, its statistics; the statistics of a
// corpus are their sums, and the score is a function of the sums. So the score of any subset or resample of a corpus
// costs only additions, which makes confidence intervals and significance tests fast.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rotor {

/// A table with one row of numbers for each segment.
class Statistics {
 public:
  Statistics(size_t segments, size_t width) : segments_(segments), width_(width), values_(segments * width) {}

  size_t segments() const { return segments_; }
  size_t width() const { return width_; }
  std::span<double> row(size_t segment) { return {&values_[segment * width_], width_}; }
  std::span<const double> row(size_t segment) const { return {&values_[segment * width_], width_}; }

  /// The sums over all segments.
  std::vector<double> sum() const;

 private:
  size_t segments_, width_;
  std::vector<double> values_;
};

/// A description of how a score was made, as keys and values in order.
using Signature = std::vector<std::pair<std::string, std::string>>;

/// A score of a corpus as a function of the sums of its segments' statistics: all that resampling needs.
class CorpusScore {
 public:
  virtual ~CorpusScore() = default;

  /// Number of statistics for each segment.
  virtual size_t width() const = 0;

  /// The score of statistics summed over segments.
  virtual double score(std::span<const double> sums) const = 0;
};

/// A score of translations: 0 … 100 (TER may be more).
class Metric : public CorpusScore {
 public:
  /// Name of the metric: "BLEU", "chrF2++".
  virtual std::string name() const = 0;

  /// The settings that make this metric's scores comparable, in sacreBLEU's words: "case:mixed", "tok:13a" …
  virtual Signature signature() const = 0;

  /// Writes the statistics of one hypothesis against its references (at least one). Several threads may call it at
  /// once.
  virtual void count(std::string_view hypothesis, std::span<const std::string_view> references,
                     std::span<double> statistics) const = 0;

  /// Details that follow the score in a report; empty for most.
  virtual std::string verbose(std::span<const double> /*sums*/) const { return {}; }
};

/// Lines of text, one for each segment; each set of references holds one line for each segment.
using Segments = std::vector<std::string>;

/// The statistics of each hypothesis, counted by all threads. It is an Error if there is no reference, or if a set has
/// another number of lines.
Statistics count_segments(const Metric& metric, std::span<const std::string> hypotheses,
                          std::span<const Segments> references);

}  // namespace rotor
