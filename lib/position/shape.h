// SHAPE (Kiyono et al. 2021, "SHAPE: Shifted Absolute Position Embedding for Transformers"): interleaved sinusoids
// whose positions training shifts by a whole number k for each sentence, uniform in 0 … K − 1, K = --shape-max-shift,
// so that what is learned depends on distances. Otherwise positions begin at K, as in the authors' code.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_shape(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
