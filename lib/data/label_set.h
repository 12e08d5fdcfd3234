// The labels of a classifier, which number its classes, and labels that are numbers.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rotor {

class LabelSet {
 public:
  /// The labels that training rows have: in order of their numbers if all are integers, else in order of their bytes.
  /// Fewer than two are an Error.
  explicit LabelSet(const std::set<std::string>& training_labels);

  /// Reads what to_json() writes, in its order; anything else is an Error that names `origin`, such as a file.
  static LabelSet from_json(const std::string& text, const std::string& origin);

  /// A JSON array of the labels: ["entailment","not_entailment"].
  std::string to_json() const;

  int64_t size() const { return static_cast<int64_t>(labels_.size()); }
  /// The label of class i, 0 ≤ i < size().
  const std::string& label(int64_t i) const { return labels_[i]; }
  /// The class of a label. One that training rows do not have is an Error that names `place` and those there are.
  int64_t index(const std::string& label, std::string_view place) const;

  friend bool operator==(const LabelSet&, const LabelSet&) = default;

 private:
  LabelSet() = default;

  std::vector<std::string> labels_;
};

/// The number that a label for regression is; an Error that names `place` unless it is one that 32 bits hold.
float number_of_label(const std::string& label, std::string_view place);

}  // namespace rotor
