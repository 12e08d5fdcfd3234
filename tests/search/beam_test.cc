#include "search/beam.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "base/progress.h"
#include "base/scratch.h"
#include "search/found.h"

namespace rotor {
namespace {

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

/// Many hypotheses: threads search their rows of logits block by block, and one alone shares the vocabulary.
TEST(BeamSearch, ManyRowsAndThreadsChangeNoHypothesis) {
  std::vector<TokenIds> sources(31);
  for (int32_t i = 0; i < 31; ++i) sources[i] = {3 + i % 7, 3 + i % 5, 3 + i / 7, 2};
  SearchOptions options;
  options.max_len_b = 6;
  options.beam = 6;
  PrefixModel model(30);
  for (int64_t groups : {1, 2, 3}) {
    SCOPED_TRACE(fmt::format("{} groups", groups));
    options.diverse_beam_groups = groups;
    set_threads(1);
    const auto by_one = beam_search(model, sources, options);
    set_threads(3);
    const auto by_three = beam_search(model, sources, options);
    set_threads(1);
    for (size_t s = 0; s < sources.size(); ++s) {
      const auto alone = beam_search(model, std::vector<TokenIds>{sources[s]}, options);
      EXPECT_EQ(tokens_of(by_one[s]), tokens_of(alone[0]));
      EXPECT_EQ(tokens_of(by_three[s]), tokens_of(alone[0]));
    }
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

TEST(BeamSearch, AnInfinitePenaltyForbidsUnknownWordsOrGivesNothingElse) {
  for (const bool sampling : {false, true}) {
    SearchOptions options;
    options.max_len_b = 7;
    options.sampling = sampling;
    options.unkpen = -INFINITY;
    PrefixModel model(30);
    for (const auto& found : beam_search(model, kSources, options)) {
      ASSERT_FALSE(found.empty());
      EXPECT_EQ(std::count(found[0].tokens.begin(), found[0].tokens.end(), kUnk), 7) << sampling;
      EXPECT_TRUE(std::isfinite(found[0].score));
    }
    options.unkpen = INFINITY;
    for (const auto& found : beam_search(model, kSources, options)) {
      ASSERT_FALSE(found.empty());
      for (const Hypothesis& h : found) EXPECT_EQ(std::count(h.tokens.begin(), h.tokens.end(), kUnk), 0) << sampling;
    }
  }
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
  Tensor scores(int64_t /*first*/, int64_t count) const override {
    return Tensor::full({count, 10}, std::numeric_limits<float>::quiet_NaN());
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
