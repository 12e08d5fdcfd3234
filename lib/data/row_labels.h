// The labels of rows of tables as the numbers that a corpus holds: a class's number, the number to be predicted, or the
// number, from 0, of the candidate that is right.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "data/corpus.h"
#include "data/label_set.h"

namespace rotor {

class RowLabels {
 public:
  static RowLabels of_classes(const LabelSet& classes);
  static RowLabels of_numbers() { return RowLabels(Kind::kNumbers); }
  /// Candidates by the names or numbers that columns were given by. A label is a column's name, or the candidate's
  /// number from 1; where a column was given by number, its label is the candidate's number.
  static RowLabels of_candidates(std::vector<std::string> columns);

  /// The number of a label. One that is none of them is an Error that names `place` and those there are.
  float number(const std::string& label, std::string_view place) const;

  /// The names of the classes or candidates; none of numbers.
  const std::vector<std::string>& names() const { return names_; }
  /// The classes as a corpus records them, a JSON array; empty if labels are no classes.
  std::string classes() const { return kind_ == Kind::kClasses ? nlohmann::ordered_json(names_).dump() : ""; }

 private:
  enum class Kind { kClasses, kNumbers, kCandidates };
  explicit RowLabels(Kind kind, std::vector<std::string> names = {}) : kind_(kind), names_(std::move(names)) {}
  float candidate(const std::string& label, std::string_view place) const;

  Kind kind_;
  std::vector<std::string> names_;
  std::vector<LabelSet> classes_;  ///< one of classes, else none
};

/// Counts the labels of a split.
class LabelTally {
 public:
  explicit LabelTally(std::vector<std::string> names = {}) : names_(std::move(names)), counts_(names_.size()) {}

  void add(float label);

  /// Of classes or candidates the number of rows with each, {"negative": 5, "positive": 7}; of numbers the least, the
  /// greatest and the mean. Null without labels.
  nlohmann::ordered_json record() const;
  /// The same as text: "negative 5, positive 7", at most twelve of them.
  std::string text() const;

 private:
  std::vector<std::string> names_;
  std::vector<int64_t> counts_;
  int64_t rows_ = 0;
  double sum_ = 0;
  float least_ = std::numeric_limits<float>::max(), greatest_ = std::numeric_limits<float>::lowest();
};

/// The labels of a corpus; candidates by the names of its columns.
LabelTally tally_labels(const Corpus& corpus);

}  // namespace rotor
