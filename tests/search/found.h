// Searches of a model small enough to know every translation: what they find against the list of all.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "search/beam_search.h"
#include "search/prefix_model.h"

namespace rotor {

inline const std::vector<TokenIds> kSources = {{5, 2}, {6, 5, 7, 2}, {9, 9, 2}, {4, 2}, {8, 7, 6, 5, 4, 3, 2}, {2}};

inline std::vector<TokenIds> tokens_of(const std::vector<Hypothesis>& hypotheses) {
  std::vector<TokenIds> tokens;
  for (const Hypothesis& hypothesis : hypotheses) tokens.push_back(hypothesis.tokens);
  return tokens;
}

/// The same translations in the same order, with the same scores.
inline void expect_same(const std::vector<Hypothesis>& found, const std::vector<Hypothesis>& expected) {
  ASSERT_EQ(tokens_of(found), tokens_of(expected));
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i].score, expected[i].score, 1e-5);
}

/// Expects these translations of the first source from a search, with what `input` says for every source.
inline void expect_found(const SearchOptions& options, const SearchInput& input, std::vector<Hypothesis> expected) {
  PrefixModel model(6);
  std::vector<SearchInput> inputs;
  for (const TokenIds& source : kSources) {
    inputs.push_back(input);
    inputs.back().source = source;
  }
  std::sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  expect_same(beam_search(model, inputs, options)[0], expected);
}

/// Every translation of the first source up to 4 tokens that `keep` keeps; it may change its score.
template <typename Keep>
std::vector<Hypothesis> all_that(Keep keep) {
  const SearchOptions options;
  std::vector<Hypothesis> all = PrefixModel(6).enumerate(kSources[0], 4, options.penalty());
  std::erase_if(all, [&](Hypothesis& h) { return !keep(h); });
  return all;
}

inline SearchOptions wide() {
  SearchOptions options;
  options.beam = 400;
  options.max_len_b = 4;
  return options;
}

}  // namespace rotor
