#include "data/row_labels.h"

#include <algorithm>

#include "base/check.h"
#include "base/excerpt.h"
#include "base/option_text.h"
#include "data/table_options.h"

namespace rotor {

using Json = nlohmann::ordered_json;

namespace {

/// The number that a table had: 4.8, which a float holds as 4.80000019.
double written(float label) {
  return std::stod(fmt::format("{}", label));
}

}  // namespace

RowLabels RowLabels::of_classes(const LabelSet& classes) {
  RowLabels labels(Kind::kClasses);
  for (int64_t i = 0; i < classes.size(); ++i) labels.names_.push_back(classes.label(i));
  labels.classes_.push_back(classes);
  return labels;
}

RowLabels RowLabels::of_candidates(std::vector<std::string> columns) {
  return RowLabels(Kind::kCandidates, std::move(columns));
}

float RowLabels::number(const std::string& label, std::string_view place) const {
  switch (kind_) {
    case Kind::kClasses:
      return static_cast<float>(classes_.front().index(label, place));
    case Kind::kNumbers:
      return number_of_label(label, place);
    default:
      return candidate(label, place);
  }
}

float RowLabels::candidate(const std::string& label, std::string_view place) const {
  for (size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] == label && column_number(names_[i]) == 0) return static_cast<float>(i);
  }
  const int64_t number = column_number(label);
  ROTOR_CHECK(number > 0 && number <= std::ssize(names_),
              "{}: expected the right candidate as label, by its column ({}) or its number from 1 to {}, got '{}'",
              place, excerpt(join(names_, ", "), 200), names_.size(), excerpt(label));
  return static_cast<float>(number - 1);
}

void LabelTally::add(float label) {
  if (!names_.empty()) ++counts_[static_cast<size_t>(label)];
  ++rows_;
  sum_ += label;
  least_ = std::min(least_, label);
  greatest_ = std::max(greatest_, label);
}

Json LabelTally::record() const {
  if (rows_ == 0) return {};
  if (names_.empty()) {
    return {{"least", written(least_)}, {"greatest", written(greatest_)}, {"mean", sum_ / static_cast<double>(rows_)}};
  }
  Json record = Json::object();
  for (size_t i = 0; i < names_.size(); ++i) record[names_[i]] = counts_[i];
  return record;
}

std::string LabelTally::text() const {
  constexpr size_t kMost = 12;
  if (rows_ == 0) return "none";
  if (names_.empty()) {
    return fmt::format("from {:g} to {:g}, mean {:.4g}", least_, greatest_, sum_ / static_cast<double>(rows_));
  }
  std::string text;
  for (size_t i = 0; i < std::min(kMost, names_.size()); ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", excerpt(names_[i], 30), counts_[i]);
  }
  return names_.size() > kMost ? fmt::format("{} and {} more", text, names_.size() - kMost) : text;
}

LabelTally tally_labels(const Corpus& corpus) {
  std::vector<std::string> names = corpus.classes();
  if (corpus.task().name == kSentenceRanking) {
    names = corpus.task().column_names(std::ssize(corpus.columns()));
    names.erase(names.begin());  // the context
  }
  LabelTally tally(names);
  for (const float label : corpus.labels()) tally.add(label);
  return tally;
}

}  // namespace rotor
