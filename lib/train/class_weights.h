// The weights of classes in the loss (--class-weights).
#pragma once

#include <string>
#include <vector>

#include "data/corpus.h"

namespace rotor {

/// The weight of each class of the training corpus: none, with "balanced" the rows / (classes · rows of the class), as
/// scikit-learn has it, or the numbers of a list with commas between, in the order of the classes. Any other text, and
/// weights where there are no classes, are a UsageError.
std::vector<float> class_weights(const std::string& option, const Corpus& train);

}  // namespace rotor
