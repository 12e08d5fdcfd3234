// Scores of given translations: log p(target | source) in one pass of the decoder over the whole target.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "model/encoder_decoder.h"
#include "search/search_input.h"
#include "text/special_tokens.h"

namespace rotor {

/// The log-probability of each token of each target (natural logarithm, its </s> included) given the source of the same
/// index; both with their </s>. All pairs go through the model as one batch. With several models, the result is the log
/// of the mean of their probabilities. `specials` are those of the target's vocabulary.
std::vector<std::vector<float>> score_references(std::span<const std::unique_ptr<EncoderDecoder>> models,
                                                 std::span<const TokenIds> sources, std::span<const TokenIds> targets,
                                                 const SpecialTokens& specials);

}  // namespace rotor
