#include "search/beam.h"

#include <gtest/gtest.h>

#include <limits>

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
    const auto expected = model.enumerate(kSources[s], 4, options.penalty());
    ASSERT_EQ(tokens_of(found[s]), tokens_of(expected));
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[s][i].score, expected[i].score, 1e-5);
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
  EXPECT_TRUE(beam_search(model, {}, SearchOptions()).empty());
}

class NanModel : public PrefixModel {
 public:
  using PrefixModel::PrefixModel;
  Tensor step(std::span<const int32_t> tokens, std::span<const int64_t> /*parents*/) override {
    return Tensor::full({static_cast<int64_t>(tokens.size()), 10}, std::numeric_limits<float>::quiet_NaN());
  }
};

TEST(BeamSearch, AModelThatGivesNanIsAnError) {
  NanModel model(10);
  EXPECT_TRUE(says(message_of<Error>([&] { beam_search(model, kSources, SearchOptions()); }), "NaN"));
}

}  // namespace
}  // namespace rotor
