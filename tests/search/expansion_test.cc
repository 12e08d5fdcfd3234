#include "search/expansion.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "base/scratch.h"
#include "search/found.h"
#include "text/special_tokens.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

TEST(Expansion, GroupsAreAlikeWithoutStrengthAndBeginApartWithMuch) {
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

TEST(Expansion, SamplesFollowTheProbabilitiesWhateverTheBatchAndDifferBySeed) {
  SearchOptions options;
  options.sampling = true;
  options.beam = 4000;
  options.min_len = 0;
  options.max_len_b = 2;
  PrefixModel model(6);
  const auto found = beam_search(model, kSources, options);
  ASSERT_EQ(found[0].size(), 4000);
  const std::vector<float> logits = model.logits_of(kSources[0], {kSpecials.eos});
  double sum = 0;
  for (int32_t v = 0; v < std::ssize(logits); ++v) {
    sum += v == kSpecials.pad ? 0 : std::exp(static_cast<double>(logits[v]));
  }
  for (int32_t v : {0, 2, 3, 4, 5}) {
    const auto drawn = std::count_if(found[0].begin(), found[0].end(), [&](const auto& h) { return h.tokens[0] == v; });
    EXPECT_NEAR(static_cast<double>(drawn) / 4000, std::exp(static_cast<double>(logits[v])) / sum, 0.03);
  }
  const auto alone = beam_search(model, std::vector<SearchInput>{{kSources[2], {}, 2}}, options);
  EXPECT_EQ(tokens_of(alone[0]), tokens_of(found[2]));
  options.seed = 2;
  EXPECT_NE(tokens_of(beam_search(model, kSources, options)[0]), tokens_of(found[0]));
}

TEST(Expansion, PhrasesGoWithNeitherSamplingNorGroups) {
  const SearchInput input{.source = {5, 2}, .phrases = {{4}, {5}}};
  SearchOptions sampling, groups;
  sampling.sampling = true;
  groups.beam = 4;
  groups.diverse_beam_groups = 2;
  EXPECT_TRUE(says(message_of<Error>([&] { make_expansion(sampling, input); }), "with sampling, got 2"));
  EXPECT_TRUE(says(message_of<Error>([&] { make_expansion(groups, input); }), "with groups, got 2"));
  EXPECT_NE(make_expansion(SearchOptions(), input), nullptr);
}

/// The second group chooses after the first, and avoids what that took at this step alone.
TEST(Expansion, GroupsTakeOffForWhatEarlierOnesTook) {
  SearchOptions options;
  options.beam = 2;
  options.diverse_beam_groups = 2;
  options.diverse_beam_strength = 3;
  const SearchInput input{.source = {5, 2}};
  SearchedSentence sentence(input, 0, kSpecials.start, options);
  sentence.before = {{0, 0}};
  const auto groups = make_expansion(options, input);
  std::vector<float> logits = {0, 0, 0, 0, 5, 4, 3};
  const auto best = [&](const NextToken& next) {
    PartialHypothesis hypothesis(sentence, 0, 0);
    std::vector<Candidate> candidates;
    groups->propose(hypothesis, logits, next, candidates);
    return groups->choose(sentence, candidates)[0];
  };
  const float alone = best({.forced = 4}).score;
  groups->begin_step();
  EXPECT_EQ(best({}).token, 4);
  groups->took(4);
  EXPECT_EQ(best({}).token, 5);
  groups->took(5);
  EXPECT_EQ(best({}).token, 6);
  EXPECT_EQ(best({.changes = {{4, 3}}}).token, 4);
  EXPECT_EQ(best({.forced = 4}).token, 4);
  EXPECT_EQ(best({.forced = 4}).score, alone);  // what is forced costs nothing more
  groups->begin_step();
  EXPECT_EQ(best({}).token, 4);
}

}  // namespace
}  // namespace rotor
