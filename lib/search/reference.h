// Scores of given translations: log p(target | source) in one pass of the decoder over the whole target.
#pragma once

#include <span>
#include <vector>

#include "model/transformer.h"
#include "search/step_model.h"

namespace rotor {

/// The log-probability of each target (natural logarithm, its </s> included) given the source of the same index; both
/// with their </s>. All pairs go through the model as one batch.
std::vector<double> score_references(const Transformer& model, std::span<const TokenIds> sources,
                                     std::span<const TokenIds> targets);

}  // namespace rotor
