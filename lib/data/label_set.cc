#include "data/label_set.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/excerpt.h"
#include "base/json.h"
#include "base/option_text.h"

namespace rotor {

using Json = nlohmann::ordered_json;

namespace {

/// Sorts labels by their numbers if all are integers; equal numbers, such as 1 and 01, stay in order.
void sort_by_number(std::vector<std::string>& labels) {
  std::vector<std::pair<int64_t, std::string>> numbers;
  for (const std::string& label : labels) {
    int64_t number = 0;
    if (!read_value({label}, number)) return;
    numbers.emplace_back(number, label);
  }
  std::sort(numbers.begin(), numbers.end());
  for (size_t i = 0; i < labels.size(); ++i) labels[i] = numbers[i].second;
}

}  // namespace

LabelSet::LabelSet(const std::set<std::string>& training_labels)
    : labels_(training_labels.begin(), training_labels.end()) {
  ROTOR_CHECK(labels_.size() > 1, "expected training rows with two different labels or more, got {}",
              labels_.empty() ? "none" : fmt::format("only '{}'", excerpt(labels_.front())));
  sort_by_number(labels_);
}

LabelSet LabelSet::from_json(const std::string& text, const std::string& origin) {
  const Json array = parse_json(text);
  LabelSet set;
  std::set<std::string> different;
  bool good = array.is_array() && array.size() > 1;
  for (size_t i = 0; good && i < array.size(); ++i) {
    good = array[i].is_string() && different.insert(array[i].get<std::string>()).second;
    if (good) set.labels_.push_back(array[i]);
  }
  ROTOR_CHECK(good, "{}: expected a JSON array of two different labels or more, got {}", origin, excerpt(text));
  return set;
}

std::string LabelSet::to_json() const {
  return Json(labels_).dump();
}

int64_t LabelSet::index(const std::string& label, std::string_view place) const {
  const auto found = std::find(labels_.begin(), labels_.end(), label);
  if (found != labels_.end()) return found - labels_.begin();
  fail("{}: expected a label that training rows have, got '{}'; their {} labels are: {}", place, excerpt(label),
       labels_.size(), excerpt(join(labels_, ", "), 200));
}

float number_of_label(const std::string& label, std::string_view place) {
  double number = 0;
  const bool good = read_value({label}, number) && std::abs(number) <= std::numeric_limits<float>::max();
  ROTOR_CHECK(good, "{}: expected a number as label, got '{}'; without --regression-target labels are classes", place,
              excerpt(label));
  return static_cast<float>(number);
}

}  // namespace rotor
