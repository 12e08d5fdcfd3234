// The work of searches, by which requests take turns and are limited: hypotheses times steps. And the weights of
// attention that they keep.
#pragma once

#include "search/search_input.h"

namespace rotor {

/// The greatest work of the search of a sentence: beam × greatest length with </s>.
int64_t most_work(const SearchInput& input, const SearchOptions& options);

/// The likely work of the search of a sentence, whose translation is taken to have at most twice the length of the
/// source plus 10 tokens.
int64_t likely_work(const SearchInput& input, const SearchOptions& options);

/// The greatest number of attention weights in the answer to a sentence: nbest × greatest length with </s> × source.
int64_t most_weights(const SearchInput& input, const SearchOptions& options);

}  // namespace rotor
