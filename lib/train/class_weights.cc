#include "train/class_weights.h"

#include <limits>
#include <sstream>

#include "base/option_text.h"

namespace rotor {
namespace {

std::vector<float> balanced(const Corpus& train) {
  std::vector<int64_t> rows(train.classes().size());
  for (const float label : train.labels()) ++rows[static_cast<size_t>(label)];
  std::vector<float> weights;
  for (const int64_t count : rows) {
    require(count > 0, "--class-weights balanced expects rows of each class in {}, got a class without any",
            train.path().string());
    weights.push_back(static_cast<float>(train.size()) / static_cast<float>(std::ssize(rows) * count));
  }
  return weights;
}

}  // namespace

std::vector<float> class_weights(const std::string& option, const Corpus& train) {
  if (option.empty()) return {};
  require(!train.classes().empty(), "--class-weights is for corpora of classes, and {} has none; leave it out",
          train.path().string());
  if (option == "balanced") return balanced(train);
  std::vector<float> weights;
  std::istringstream list(option);
  for (std::string text; std::getline(list, text, ',');) {
    double weight = 0;
    require(read_value({text}, weight) && weight >= 0 && weight <= std::numeric_limits<float>::max(),
            "--class-weights expects balanced, or finite numbers of 0 or more with commas between, got '{}'", option);
    weights.push_back(static_cast<float>(weight));
  }
  require(weights.size() == train.classes().size(),
          "--class-weights expects a weight for each of the {} classes ({}), got {}", train.classes().size(),
          join(train.classes(), ", "), weights.size());
  return weights;
}

}  // namespace rotor
