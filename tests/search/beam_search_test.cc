#include "search/beam_search.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/scratch.h"
#include "search/found.h"
#include "text/special_tokens.h"
#include "threads.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

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
    std::vector<std::vector<TokenIds>> alone;
    for (const TokenIds& source : sources) {
      const Threads one(1);
      alone.push_back(tokens_of(beam_search(model, std::vector<TokenIds>{source}, options)[0]));
    }
    for (const int count : {1, 3, 8}) {
      const Threads several(count);
      const auto together = beam_search(model, sources, options);
      EXPECT_GE(several.met(), count == 1 ? 0 : count);
      for (size_t s = 0; s < sources.size(); ++s) EXPECT_EQ(tokens_of(together[s]), alone[s]) << count << " threads";
    }
  }
}

/// Rows that several groups read are changed once: groups that do not avoid each other find what one finds alone.
TEST(BeamSearch, GroupsReadRowsThatAreProcessedOnce) {
  SearchOptions one;
  one.beam = 2;
  one.max_len_b = 6;
  one.temperature = 2;
  one.unkpen = 0.5;
  SearchOptions three = one;
  three.beam = 6;
  three.diverse_beam_groups = 3;
  three.diverse_beam_strength = 0;
  PrefixModel model(30);
  const auto alone = beam_search(model, kSources, one), together = beam_search(model, kSources, three);
  for (size_t s = 0; s < kSources.size(); ++s) {
    for (size_t i = 0; i < 6; ++i) {
      EXPECT_EQ(together[s][i].tokens, alone[s][i / 3].tokens);
      EXPECT_EQ(together[s][i].score, alone[s][i / 3].score);
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
      EXPECT_EQ(std::count(h.tokens.begin(), h.tokens.end(), kSpecials.pad), 0);
      EXPECT_EQ(std::count(h.tokens.begin(), h.tokens.end(), kSpecials.eos), 1);
      EXPECT_EQ(h.tokens.back(), kSpecials.eos);
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
    TokenIds prefix{kSpecials.eos};
    for (int step = 0; step == 0 || prefix.back() != kSpecials.eos; ++step) {
      std::vector<float> logits = model.logits_of(kSources[s], prefix);
      logits[kSpecials.pad] = -INFINITY;
      if (step == 0) logits[kSpecials.eos] = -INFINITY;
      const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
      prefix.push_back(step == 20 ? kSpecials.eos : static_cast<int32_t>(best));
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
    EXPECT_EQ(tokens_of(hypotheses), std::vector<TokenIds>{{kSpecials.eos}});
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

/// However many tokens of the prompts the model reads at once, the continuations are those of each prompt alone, and
/// prompts of other lengths beside it change nothing.
TEST(BeamSearch, PromptsAreContinuedWhereverTheModelReadsThem) {
  const std::vector<TokenIds> prompts = {{5, 3, 4}, {}, {4}, {3, 3, 5, 4, 0, 5}, {5, 3, 4}};
  std::vector<SearchInput> inputs;
  for (const TokenIds& prompt : prompts) inputs.push_back({.number = std::ssize(inputs), .prompt = prompt});
  for (const int64_t read : {0, 1, 100}) {
    PrefixModel model(6);
    model.read_at_most(read);
    const auto together = beam_search(model, inputs, wide());
    for (size_t s = 0; s < prompts.size(); ++s) {
      const auto all = model.enumerate({}, 4, wide().penalty(), prompts[s]);
      expect_same(together[s], all);
      expect_same(beam_search(model, std::span(&inputs[s], 1), wide())[0], all);
    }
  }
}

TEST(BeamSearch, PromptsAreContinuedByGroupsAndSamplesWhateverTheBatch) {
  SearchOptions groups, samples;
  groups.beam = 6;
  groups.diverse_beam_groups = 3;
  groups.max_len_b = samples.max_len_b = 8;
  samples.sampling = true;
  const std::vector<TokenIds> prompts = {{5, 3, 4, 9}, {20, 21}, {4, 4, 4, 4, 4, 4}};
  for (const SearchOptions& options : {groups, samples}) {
    std::vector<SearchInput> inputs;
    for (const TokenIds& prompt : prompts) {
      inputs.push_back({.prefix = {7}, .number = std::ssize(inputs), .prompt = prompt});
    }
    PrefixModel model(30);
    model.read_at_most(1);
    const auto together = beam_search(model, inputs, options);
    model.read_at_most(100);
    for (size_t s = 0; s < prompts.size(); ++s) {
      const auto alone = beam_search(model, std::span(&inputs[s], 1), options);
      EXPECT_EQ(tokens_of(together[s]), tokens_of(alone[0]));
      for (const Hypothesis& h : together[s]) EXPECT_EQ(h.tokens[0], 7);
    }
  }
}

/// The model gets one row a prompt until the first of them is continued.
TEST(BeamSearch, PromptsTakeOneRowEach) {
  class Counting : public PrefixModel {
   public:
    using PrefixModel::PrefixModel;
    void step(std::span<const int32_t> tokens, std::span<const int64_t> parents) override {
      rows.push_back(std::ssize(tokens));
      PrefixModel::step(tokens, parents);
    }
    std::vector<int64_t> rows;
  };
  Counting model(30);
  SearchOptions options;
  options.max_len_b = 1;
  beam_search(model, std::vector<SearchInput>{{.prompt = {5, 6, 7}}, {.prompt = {8, 9}}}, options);
  EXPECT_EQ(model.rows, (std::vector<int64_t>{2, 2, 2, 10, 5}));
}

/// Nothing in the search knows which ids are special.
TEST(BeamSearch, SpecialTokensAreTheVocabularys) {
  SpecialTokens specials;
  specials.eos = 0;
  specials.pad = 5;
  specials.unk = 2;
  specials.start = 4;
  PrefixModel model(6, specials);
  const auto found = beam_search(model, kSources, wide());
  for (size_t s = 0; s < kSources.size(); ++s) {
    expect_same(found[s], model.enumerate(kSources[s], 4, wide().penalty()));
    for (const Hypothesis& h : found[s]) EXPECT_EQ(h.tokens.back(), 0);
  }
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
