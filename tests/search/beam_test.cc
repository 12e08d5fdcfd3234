#include "search/beam.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "base/scratch.h"
#include "search/prefix_model.h"

namespace rotor {
namespace {

const std::vector<TokenIds> kSources = {{5, 2}, {6, 5, 7, 2}, {9, 9, 2}, {4, 2}, {8, 7, 6, 5, 4, 3, 2}, {2}};

std::vector<TokenIds> tokens_of(const std::vector<Hypothesis>& hypotheses) {
  std::vector<TokenIds> tokens;
  for (const Hypothesis& hypothesis : hypotheses) tokens.push_back(hypothesis.tokens);
  return tokens;
}

/// The same translations in the same order, with the same scores.
void expect_same(const std::vector<Hypothesis>& found, const std::vector<Hypothesis>& expected) {
  ASSERT_EQ(tokens_of(found), tokens_of(expected));
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i].score, expected[i].score, 1e-5);
}

/// A beam as wide as the number of translations there are finds all of them in their order.
class AllTranslations : public testing::TestWithParam<std::pair<const char*, double>> {};

TEST_P(AllTranslations, AreFoundInOrderByABeamAsWide) {
  SearchOptions options;
  std::tie(options.lenpen_kind, options.lenpen) = GetParam();
  options.max_len_b = 4;
  PrefixModel model(6);
  const auto all = model.enumerate(kSources[0], 4, options.penalty());
  options.beam = static_cast<int64_t>(all.size());
  ASSERT_EQ(all.size(), 4 + 4 * 4 + 4 * 4 * 4 + 4 * 4 * 4 * 4);
  const auto found = beam_search(model, kSources, options);
  for (size_t s = 0; s < kSources.size(); ++s) {
    expect_same(found[s], model.enumerate(kSources[s], 4, options.penalty()));
  }
}

INSTANTIATE_TEST_SUITE_P(Penalties, AllTranslations,
                         testing::Values(std::pair("power", 1.0), std::pair("power", 0.0), std::pair("power", 2.0),
                                         std::pair("gnmt", 0.6), std::pair("gnmt", 1.5)));

TEST(BeamSearch, TheBatchChangesNoHypothesis) {
  SearchOptions options;
  options.max_len_a = 1.5;
  options.max_len_b = 5;
  PrefixModel model(30);
  const auto together = beam_search(model, kSources, options);
  for (size_t s = 0; s < kSources.size(); ++s) {
    const auto alone = beam_search(model, std::vector<TokenIds>{kSources[s]}, options);
    EXPECT_EQ(tokens_of(together[s]), tokens_of(alone[0]));
    for (size_t i = 0; i < alone[0].size(); ++i) EXPECT_EQ(together[s][i].score, alone[0][i].score);
  }
}

TEST(BeamSearch, ScoresAreSumsOfTokenScoresOverThePenalty) {
  SearchOptions options;
  options.lenpen = 0.7;
  options.max_len_b = 12;
  PrefixModel model(30);
  for (const auto& hypotheses : beam_search(model, kSources, options)) {
    ASSERT_EQ(hypotheses.size(), 5);
    for (const Hypothesis& h : hypotheses) {
      ASSERT_EQ(h.token_scores.size(), h.tokens.size());
      double sum = 0;
      for (float score : h.token_scores) sum += score;
      EXPECT_NEAR(h.score, sum / std::pow(h.tokens.size(), 0.7), 1e-5);
      EXPECT_EQ(std::count(h.tokens.begin(), h.tokens.end(), kPad), 0);
      EXPECT_EQ(std::count(h.tokens.begin(), h.tokens.end(), kEos), 1);
      EXPECT_EQ(h.tokens.back(), kEos);
      EXPECT_GE(h.tokens.size(), 2);
    }
  }
}

TEST(BeamSearch, GreedyTakesTheBestTokenOfEachStep) {
  SearchOptions options;
  options.beam = 1;
  options.max_len_b = 20;
  PrefixModel model(12);
  const auto found = beam_search(model, kSources, options);
  for (size_t s = 0; s < kSources.size(); ++s) {
    TokenIds prefix{kEos};
    for (int step = 0; step == 0 || prefix.back() != kEos; ++step) {
      std::vector<float> logits = model.logits_of(kSources[s], prefix);
      logits[kPad] = -INFINITY;
      if (step == 0) logits[kEos] = -INFINITY;
      const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
      prefix.push_back(step == 20 ? kEos : static_cast<int32_t>(best));
    }
    // Greedy search ends when </s> is the best token; a beam of one passes over </s> in second place.
    EXPECT_EQ(found[s][0].tokens, TokenIds(prefix.begin() + 1, prefix.end()));
  }
}

TEST(BeamSearch, TheGreatestLengthIsEachSentencesOwn) {
  SearchOptions options;
  options.beam = 3;
  options.max_len_a = 1;
  options.max_len_b = 1;
  options.min_len = 1000;  // so that only the greatest length ends a hypothesis
  PrefixModel model(40);
  const auto found = beam_search(model, kSources, options);
  for (size_t s = 0; s < kSources.size(); ++s) {
    ASSERT_EQ(found[s].size(), 3);
    for (const Hypothesis& h : found[s]) EXPECT_EQ(h.tokens.size(), kSources[s].size() + 2);
  }
  options.max_target_positions = 4;
  for (const auto& hypotheses : beam_search(model, kSources, options)) {
    for (const Hypothesis& h : hypotheses) EXPECT_LE(h.tokens.size(), 4);
  }
}

TEST(BeamSearch, ALengthOfZeroLeavesOnlyTheEnd) {
  SearchOptions options;
  options.max_len_b = 0;
  PrefixModel model(40);
  for (const auto& hypotheses : beam_search(model, kSources, options)) {
    EXPECT_EQ(tokens_of(hypotheses), std::vector<TokenIds>{{kEos}});
  }
}

TEST(BeamSearch, EndsOnceEverySentenceIsDone) {
  SearchOptions options;
  options.min_len = 0;
  PrefixModel model(4);  // </s> is one of three tokens: it comes early
  beam_search(model, kSources, options);
  EXPECT_LT(model.steps(), 30);
}

TEST(BeamSearch, NoSourcesGiveNoHypotheses) {
  PrefixModel model(10);
  EXPECT_TRUE(beam_search(model, std::vector<TokenIds>(), SearchOptions()).empty());
}

/// Expects these translations of the first source from a search, with what `input` says for every source.
void expect_found(const SearchOptions& options, const SearchInput& input, std::vector<Hypothesis> expected) {
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

SearchOptions wide() {
  SearchOptions options;
  options.beam = 400;
  options.max_len_b = 4;
  return options;
}

TEST(BeamSearch, APrefixLeavesTheTranslationsThatBeginWithIt) {
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

TEST(BeamSearch, RepeatedTokensOfTheForbiddenLengthAreLeftOut) {
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

TEST(BeamSearch, UnknownWordsAreRankedByTheirPenalty) {
  for (double penalty : {1.5, -2.0, static_cast<double>(INFINITY)}) {
    SearchOptions options = wide();
    options.unkpen = penalty;
    expect_found(options, {}, all_that([&](Hypothesis& h) {
                   const auto unknown = std::count(h.tokens.begin(), h.tokens.end(), kUnk);
                   if (unknown)
                     h.score -= penalty * static_cast<double>(unknown) / static_cast<double>(h.tokens.size());
                   return h.score > -INFINITY;
                 }));
  }
}

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

TEST(BeamSearch, PhrasesLeaveTheTranslationsThatHaveThemAll) {
  for (const auto& phrases : kPhrases) {
    SCOPED_TRACE(testing::PrintToString(phrases));
    expect_found(wide(), {.source = {}, .phrases = phrases},
                 all_that([&](const Hypothesis& h) { return has_all(h, phrases); }));
  }
}

TEST(BeamSearch, AvoidedPhrasesLeaveTheTranslationsThatHaveNone) {
  for (const auto& phrases : kPhrases) {
    if (phrases.size() == 4) continue;  // all words: there would be nothing left
    SCOPED_TRACE(testing::PrintToString(phrases));
    expect_found(wide(), {.source = {}, .avoided = phrases},
                 all_that([&](const Hypothesis& h) { return has_none(h, phrases); }));
  }
}

TEST(BeamSearch, PhrasesGoWithPrefixesRepeatsAndEachOther) {
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

TEST(BeamSearch, NarrowBeamsMeetPhrasesWhateverTheBatch) {
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

TEST(BeamSearch, AsManyTokensAsThePhrasesHaveAreEnough) {
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

TEST(BeamSearch, HypothesesCarryTheirAttentionIfItIsKept) {
  SearchOptions options;
  options.max_len_b = 7;
  PrefixModel model(30);
  EXPECT_TRUE(beam_search(model, kSources, options)[0][0].attention.empty());
  options.keep_attention = true;
  const auto found = beam_search(model, kSources, options);
  for (size_t s = 0; s < kSources.size(); ++s) {
    for (const Hypothesis& h : found[s]) EXPECT_EQ(h.attention, model.attention_of_all(kSources[s], h.tokens));
  }
}

TEST(BeamSearch, CoverageRanksWhatIsFinished) {
  for (double penalty : {0.2, 3.0}) {
    SearchOptions options = wide();
    options.coverage_penalty = penalty;
    const PrefixModel model(6);
    expect_found(options, {.source = {}}, all_that([&](Hypothesis& h) {
                   const std::vector<float> attention = model.attention_of_all(kSources[0], h.tokens);
                   double seen = 0;  // by the one token that the source has beside </s>
                   for (size_t t = 0; t < h.tokens.size(); ++t) seen += attention[t * kSources[0].size()];
                   h.score += penalty * std::log(std::min(seen, 1.0));
                   return true;
                 }));
  }
}

TEST(BeamSearch, TemperatureDividesTheScores) {
  SearchOptions options;
  options.temperature = 2;
  options.max_len_b = 6;
  PrefixModel model(12);
  const auto found = beam_search(model, kSources, options);
  for (const Hypothesis& h : found[1]) {
    TokenIds prefix{kEos};
    for (size_t i = 0; i < h.tokens.size(); ++i) {
      const std::vector<float> logits = model.logits_of(kSources[1], prefix);
      double sum = 0;
      for (float x : logits) sum += std::exp(x / 2.0);
      EXPECT_NEAR(h.token_scores[i], logits[h.tokens[i]] / 2.0 - std::log(sum), 1e-5);
      prefix.push_back(h.tokens[i]);
    }
  }
}

TEST(BeamSearch, GroupsAreAlikeWithoutStrengthAndBeginApartWithMuch) {
  SearchOptions options;
  options.beam = 6;
  options.diverse_beam_groups = 3;
  options.diverse_beam_strength = 0;
  options.max_len_b = 5;
  PrefixModel model(30);
  for (const auto& found : beam_search(model, kSources, options)) {
    ASSERT_EQ(found.size(), 6);
    for (size_t i = 0; i < 6; ++i) EXPECT_EQ(found[i].tokens, found[i / 3 * 3].tokens);
  }
  options.diverse_beam_strength = 100;
  for (const auto& found : beam_search(model, kSources, options)) {
    std::vector<int32_t> first;
    for (const Hypothesis& h : found) first.push_back(h.tokens[0]);
    std::sort(first.begin(), first.end());
    EXPECT_GE(std::unique(first.begin(), first.end()) - first.begin(), 3);
  }
}

TEST(BeamSearch, SamplesFollowTheProbabilitiesWhateverTheBatchAndDifferBySeed) {
  SearchOptions options;
  options.sampling = true;
  options.beam = 4000;
  options.min_len = 0;
  options.max_len_b = 2;
  PrefixModel model(6);
  const auto found = beam_search(model, kSources, options);
  ASSERT_EQ(found[0].size(), 4000);
  const std::vector<float> logits = model.logits_of(kSources[0], {kEos});
  double sum = 0;
  for (size_t v = 0; v < logits.size(); ++v) sum += v == kPad ? 0 : std::exp(static_cast<double>(logits[v]));
  for (int32_t v : {0, 2, 3, 4, 5}) {
    const auto drawn = std::count_if(found[0].begin(), found[0].end(), [&](const auto& h) { return h.tokens[0] == v; });
    EXPECT_NEAR(static_cast<double>(drawn) / 4000, std::exp(static_cast<double>(logits[v])) / sum, 0.03);
  }
  const auto alone = beam_search(model, std::vector<SearchInput>{{kSources[2], {}, 2}}, options);
  EXPECT_EQ(tokens_of(alone[0]), tokens_of(found[2]));
  options.seed = 2;
  EXPECT_NE(tokens_of(beam_search(model, kSources, options)[0]), tokens_of(found[0]));
}

class NanModel : public PrefixModel {
 public:
  using PrefixModel::PrefixModel;
  Tensor step(std::span<const int32_t> tokens, std::span<const int64_t> /*parents*/) override {
    return Tensor::full({static_cast<int64_t>(tokens.size()), 10}, std::numeric_limits<float>::quiet_NaN());
  }
};

TEST(BeamSearch, NoTranslationIsAnErrorThatNamesTheCauses) {
  NanModel damaged(10);
  EXPECT_TRUE(says(message_of<Error>([&] { beam_search(damaged, kSources, SearchOptions()); }), "NaN"));
  PrefixModel model(6);
  const SearchInput nothing_left{.source = kSources[0], .avoided = {{0}, {3}, {4}, {5}}};
  EXPECT_TRUE(says(message_of<Error>([&] { beam_search(model, std::span(&nothing_left, 1), SearchOptions()); }),
                   "options forbid every word"));
}

}  // namespace
}  // namespace rotor
