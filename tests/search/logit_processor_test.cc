#include "search/logit_processor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "search/found.h"
#include "text/special_tokens.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

/// What the processors of some options say of a hypothesis of these tokens, and the logits 1, 2, 3 … as they are then.
struct Said {
  NextToken next;
  std::vector<float> logits = {1, 2, 3, 4, 5, 6};
};

Said said_of(const SearchInput& input, const TokenIds& tokens, const SearchOptions& options,
             const SpecialTokens& specials = {}) {
  SearchedSentence sentence(input, 0, specials.start, options);
  int32_t node = 0;
  for (const int32_t token : tokens) node = sentence.tree.add({node, token});
  sentence.before = {{node, 0}};
  PartialHypothesis hypothesis(sentence, 0, std::ssize(tokens));
  Said said;
  said.next.changes = {{5, 1}};  // of another hypothesis
  process(make_logit_processors(options, specials), hypothesis, said.logits, said.next);
  return said;
}

std::vector<int32_t> tokens_of(const std::vector<Change>& changes) {
  std::vector<int32_t> tokens;
  for (const Change& change : changes) tokens.push_back(change.token);
  return tokens;
}

TEST(LogitProcessors, SayNothingByDefaultButWhenTheEndMayCome) {
  const SearchInput input{.source = {5, 2}};
  SearchOptions options;
  options.max_len_b = 3;
  options.min_len = 2;
  const std::vector<Continuation> allowed = {Continuation::kNoEnd, Continuation::kNoEnd, Continuation::kAny,
                                             Continuation::kEnd};
  for (size_t length = 0; length < allowed.size(); ++length) {
    const Said said = said_of(input, TokenIds(length, 4), options);
    EXPECT_EQ(said.next.allowed, allowed[length]) << length;
    EXPECT_LT(said.next.forced, 0);
    EXPECT_TRUE(said.next.changes.empty());
    EXPECT_EQ(said.logits, Said().logits);
  }
}

TEST(LogitProcessors, ForceThePrefixAndThenSayNothingElse) {
  SearchOptions options;
  options.unkpen = 1;
  options.no_repeat_ngram_size = 1;
  const SearchInput input{.prefix = {4, 5}, .avoided = {{5}}};
  for (const size_t length : {0, 1}) {
    const Said said = said_of(input, TokenIds(input.prefix.begin(), input.prefix.begin() + length), options);
    EXPECT_EQ(said.next.forced, input.prefix[length]);
    EXPECT_TRUE(said.next.changes.empty());
  }
  const Said after = said_of(input, {4, 5}, options);
  EXPECT_LT(after.next.forced, 0);
  EXPECT_EQ(tokens_of(after.next.changes), (std::vector<int32_t>{3, 4, 5, 5}));
}

TEST(LogitProcessors, TheGivenPartOfAPrefixIsCertain) {
  const SearchInput input{.prefix = {4, 5}, .given = 1};
  EXPECT_TRUE(said_of(input, {}, {}).next.certain);
  EXPECT_FALSE(said_of(input, {4}, {}).next.certain);
  EXPECT_FALSE(said_of(input, {4, 5}, {}).next.certain);
}

TEST(LogitProcessors, SeeThePromptBeforeAHypothesis) {
  SearchOptions options;
  options.no_repeat_ngram_size = 2;
  const SearchInput input{.avoided = {{7, 8, 9}}, .prompt = {3, 4, 7}};
  EXPECT_EQ(tokens_of(said_of(input, {3}, options).next.changes), std::vector<int32_t>{4});
  EXPECT_EQ(tokens_of(said_of(input, {8}, options).next.changes), std::vector<int32_t>{9});
  options.max_len_b = 1;
  EXPECT_EQ(said_of(input, {}, options).next.allowed, Continuation::kNoEnd);
  EXPECT_EQ(said_of(input, {3}, options).next.allowed, Continuation::kEnd);
}

TEST(LogitProcessors, DivideByTheTemperatureAndTakeTheVocabularysUnk) {
  SearchOptions options;
  options.temperature = 2;
  options.unkpen = 1.5;
  SpecialTokens specials;
  specials.unk = 5;
  const Said said = said_of({}, {}, options, specials);
  EXPECT_EQ(said.logits, (std::vector<float>{0.5, 1, 1.5, 2, 2.5, 3}));
  ASSERT_EQ(tokens_of(said.next.changes), std::vector<int32_t>{5});
  EXPECT_EQ(said.next.changes[0].amount, -1.5f);
}

TEST(LogitProcessors, APrefixLeavesTheTranslationsThatBeginWithIt) {
  const TokenIds prefix = {5, 3};
  expect_found(wide(), {.source = {}, .prefix = prefix}, all_that([&](const Hypothesis& h) {
                 return h.tokens.size() > 2 && h.tokens[0] == prefix[0] && h.tokens[1] == prefix[1];
               }));
  SearchOptions narrow = wide();
  narrow.beam = 2;
  narrow.max_len_b = 40;
  PrefixModel model(30);
  for (const auto& found : beam_search(model, std::vector<SearchInput>{{kSources[1], {7, 9, 7}}}, narrow)) {
    ASSERT_EQ(found.size(), 2);
    for (const Hypothesis& h : found) EXPECT_EQ(TokenIds(h.tokens.begin(), h.tokens.begin() + 3), (TokenIds{7, 9, 7}));
  }
}

TEST(LogitProcessors, RepeatedTokensOfTheForbiddenLengthAreLeftOut) {
  for (int64_t n : {1, 2, 3}) {
    SearchOptions options = wide();
    options.no_repeat_ngram_size = n;
    expect_found(options, {}, all_that([&](const Hypothesis& h) {
                   for (auto i = h.tokens.begin(); h.tokens.end() - 1 - i >= n; ++i) {
                     if (std::search(i + 1, h.tokens.end() - 1, i, i + n) != h.tokens.end() - 1) return false;
                   }
                   return true;
                 }));
  }
}

TEST(LogitProcessors, UnknownWordsAreRankedByTheirPenalty) {
  for (double penalty : {1.5, -2.0, static_cast<double>(INFINITY)}) {
    SearchOptions options = wide();
    options.unkpen = penalty;
    expect_found(options, {}, all_that([&](Hypothesis& h) {
                   const auto unknown = std::count(h.tokens.begin(), h.tokens.end(), kSpecials.unk);
                   if (unknown)
                     h.score -= penalty * static_cast<double>(unknown) / static_cast<double>(h.tokens.size());
                   return h.score > -INFINITY;
                 }));
  }
}

TEST(LogitProcessors, AnInfinitePenaltyForbidsUnknownWordsOrGivesNothingElse) {
  for (const bool sampling : {false, true}) {
    SearchOptions options;
    options.max_len_b = 7;
    options.sampling = sampling;
    options.unkpen = -INFINITY;
    PrefixModel model(30);
    for (const auto& found : beam_search(model, kSources, options)) {
      ASSERT_FALSE(found.empty());
      EXPECT_EQ(std::count(found[0].tokens.begin(), found[0].tokens.end(), kSpecials.unk), 7) << sampling;
      EXPECT_TRUE(std::isfinite(found[0].score));
    }
    options.unkpen = INFINITY;
    for (const auto& found : beam_search(model, kSources, options)) {
      ASSERT_FALSE(found.empty());
      for (const Hypothesis& h : found)
        EXPECT_EQ(std::count(h.tokens.begin(), h.tokens.end(), kSpecials.unk), 0) << sampling;
    }
  }
}

TEST(LogitProcessors, TemperatureDividesTheScores) {
  SearchOptions options;
  options.temperature = 2;
  options.max_len_b = 6;
  PrefixModel model(12);
  const auto found = beam_search(model, kSources, options);
  for (const Hypothesis& h : found[1]) {
    TokenIds prefix{kSpecials.eos};
    for (size_t i = 0; i < h.tokens.size(); ++i) {
      const std::vector<float> logits = model.logits_of(kSources[1], prefix);
      double sum = 0;
      for (float x : logits) sum += std::exp(x / 2.0);
      EXPECT_NEAR(h.token_scores[i], logits[h.tokens[i]] / 2.0 - std::log(sum), 1e-5);
      prefix.push_back(h.tokens[i]);
    }
  }
}

}  // namespace
}  // namespace rotor
