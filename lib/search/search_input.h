// SearchInput: what one search starts from.
#pragma once

#include <cstdint>
#include <vector>

#include "search/options.h"

namespace rotor {

using TokenIds = std::vector<int32_t>;

struct SearchInput {
  TokenIds source = {};                ///< source with its </s>; a language model has none
  TokenIds prefix = {};                ///< beginning of every hypothesis, used up to the greatest length
  int64_t number = 0;                  ///< number of this input, with which sampling seeds its random numbers
  std::vector<TokenIds> phrases = {};  ///< phrases that every hypothesis must have; see make_expansion()
  std::vector<TokenIds> avoided = {};  ///< phrases that no hypothesis may have outside the prefix
  TokenIds prompt = {};                ///< what a language model continues: no part of the hypotheses
  int64_t given = 0;                   ///< the first tokens of the prefix that cost nothing: the target's language
};

/// The greatest number of tokens of a hypothesis before its </s>: int(a · given length + b), where the given length is
/// that of the source with its </s>, or of the prompt; less if the positions do not reach, which a prompt takes too.
int64_t max_length(const SearchInput& input, const SearchOptions& options);

}  // namespace rotor
