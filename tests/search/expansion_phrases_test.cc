// Phrases that translations must or must not have (search/constraints.h), as a search keeps to them.
#include <gtest/gtest.h>

#include <set>

#include "search/found.h"

namespace rotor {
namespace {

bool has(const Hypothesis& h, const TokenIds& phrase) {
  return std::search(h.tokens.begin(), h.tokens.end(), phrase.begin(), phrase.end()) != h.tokens.end();
}

bool has_all(const Hypothesis& h, const std::vector<TokenIds>& phrases) {
  return std::all_of(phrases.begin(), phrases.end(), [&](const TokenIds& phrase) { return has(h, phrase); });
}

bool has_none(const Hypothesis& h, const std::vector<TokenIds>& phrases) {
  return std::none_of(phrases.begin(), phrases.end(), [&](const TokenIds& phrase) { return has(h, phrase); });
}

/// Phrases of one and of more tokens; some begin alike, overlap, hold another, or are there twice.
const std::vector<std::vector<TokenIds>> kPhrases = {
    {{4}},         {{4}, {5}}, {{4, 5}},    {{5, 4}, {5, 0}},     {{4, 5}, {5, 3}}, {{4, 4}},
    {{4, 5}, {5}}, {{3}, {3}}, {{4, 5, 4}}, {{0}, {3}, {4}, {5}}, {{5, 4, 3, 5}}};

TEST(Expansion, PhrasesLeaveTheTranslationsThatHaveThemAll) {
  for (const auto& phrases : kPhrases) {
    SCOPED_TRACE(testing::PrintToString(phrases));
    expect_found(wide(), {.source = {}, .phrases = phrases},
                 all_that([&](const Hypothesis& h) { return has_all(h, phrases); }));
  }
}

TEST(Expansion, AvoidedPhrasesLeaveTheTranslationsThatHaveNone) {
  for (const auto& phrases : kPhrases) {
    if (phrases.size() == 4) continue;  // all words: there would be nothing left
    SCOPED_TRACE(testing::PrintToString(phrases));
    expect_found(wide(), {.source = {}, .avoided = phrases},
                 all_that([&](const Hypothesis& h) { return has_none(h, phrases); }));
  }
}

TEST(Expansion, PhrasesGoWithPrefixesRepeatsAndEachOther) {
  SearchOptions options = wide();
  options.no_repeat_ngram_size = 1;
  options.min_len = 3;
  const SearchInput input{.source = {}, .prefix = {5}, .phrases = {{4, 3}}, .avoided = {{5, 4}}};
  expect_found(options, input, all_that([&](const Hypothesis& h) {
                 const std::set<int32_t> distinct(h.tokens.begin(), h.tokens.end());
                 return h.tokens[0] == 5 && has_all(h, input.phrases) && has_none(h, input.avoided) &&
                        h.tokens.size() > 3 && distinct.size() == h.tokens.size();
               }));
}

TEST(Expansion, NarrowBeamsMeetPhrasesWhateverTheBatch) {
  const std::vector<std::vector<TokenIds>> phrases = {{{7, 8}, {9}}, {},    {{20, 21, 22}, {20, 23}, {4}},
                                                      {{11}},        {{5}}, {{6}}};
  std::vector<SearchInput> inputs;
  for (size_t s = 0; s < kSources.size(); ++s) {
    inputs.push_back({.source = kSources[s], .phrases = phrases[s], .avoided = {{12}}});
  }
  for (int64_t beam : {1, 2, 5, 20}) {
    SearchOptions options;
    options.beam = beam;
    options.max_len_b = 12;
    PrefixModel model(30);
    const auto together = beam_search(model, inputs, options);
    for (size_t s = 0; s < inputs.size(); ++s) {
      for (const Hypothesis& h : together[s]) {
        EXPECT_TRUE(h.has_phrases && has_all(h, phrases[s]) && has_none(h, {{12}})) << testing::PrintToString(h.tokens);
      }
      expect_same(beam_search(model, std::span(&inputs[s], 1), options)[0], together[s]);
    }
  }
}

TEST(Expansion, AsManyTokensAsThePhrasesHaveAreEnough) {
  SearchOptions options;
  options.max_len_b = 5;
  PrefixModel model(30);
  const SearchInput input{.source = kSources[1], .phrases = {{20, 21, 22}, {9, 8}}};
  const auto enough = beam_search(model, std::span(&input, 1), options);
  for (const Hypothesis& h : enough[0]) EXPECT_TRUE(h.has_phrases && has_all(h, input.phrases));
  options.max_len_b = 4;
  const auto few = beam_search(model, std::span(&input, 1), options);
  ASSERT_FALSE(few[0].empty());
  for (const Hypothesis& h : few[0]) EXPECT_FALSE(h.has_phrases);
}

}  // namespace
}  // namespace rotor
