#include "search/hypothesis.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"

namespace rotor {
namespace {

Hypothesis scored(double score, bool has_phrases = true) {
  Hypothesis hypothesis;
  hypothesis.score = score;
  hypothesis.has_phrases = has_phrases;
  return hypothesis;
}

std::vector<double> scores(const std::vector<Hypothesis>& hypotheses) {
  std::vector<double> all;
  for (const Hypothesis& h : hypotheses) all.push_back(h.score);
  return all;
}

TEST(Ranked, PutsTheBestFirstAndThoseThatLackPhrasesNowhereUnlessAllDo) {
  EXPECT_EQ(scores(ranked({scored(-3), scored(-1), scored(-2)})), (std::vector<double>{-1, -2, -3}));
  EXPECT_EQ(scores(ranked({scored(-3), scored(-1, false), scored(-2)})), (std::vector<double>{-2, -3}));
  EXPECT_EQ(scores(ranked({scored(-3, false), scored(-1, false)})), (std::vector<double>{-1, -3}));
  EXPECT_THROW(ranked({}), Error);
}

TEST(Ranked, KeepsTheOrderOfEquals) {
  std::vector<Hypothesis> all = {scored(-1), scored(-1), scored(-1)};
  for (int32_t i = 0; i < 3; ++i) all[i].tokens = {i};
  all = ranked(std::move(all));
  for (int32_t i = 0; i < 3; ++i) EXPECT_EQ(all[i].tokens, TokenIds{i});
}

/// Two hypotheses that share their first token 7: 7 8 and 7 9.
struct Tree {
  HypothesisTree tree{/*first_token=*/1, /*source_length=*/3};
  int32_t stem = tree.add({0, 7, -0.5F, 0}), left = tree.add({stem, 8, -1.25F, 0}),
          right = tree.add({stem, 9, -1.5F, 1});
};

TEST(HypothesisTree, ReadsThePathToALeafWithoutTheFirstToken) {
  Tree t;
  EXPECT_EQ(t.tree.path_to(t.left), (TokenIds{7, 8}));
  EXPECT_EQ(t.tree.path_to(t.right), (TokenIds{7, 9}));
  EXPECT_TRUE(t.tree.path_to(0).empty());
  EXPECT_EQ(t.tree[t.right].parent, t.stem);
  t.tree.begin(5);
  EXPECT_EQ(t.tree[0].token, 5);
  EXPECT_EQ(t.tree.add({0, 6, -1, 0}), 1) << "nothing of before is left";
}

TEST(HypothesisTree, FinishesAHypothesisWithTheScoresOfItsTokens) {
  const Tree t;
  const Hypothesis h = t.tree.finish({t.right, 2, -3.5F, 1}, {"power", 1}, 0);
  EXPECT_EQ(h.tokens, (TokenIds{7, 9, 2}));
  EXPECT_EQ(h.token_scores, (std::vector<float>{-0.5F, -1, -2}));
  EXPECT_DOUBLE_EQ(h.score, -3.5 / 3);
  EXPECT_EQ(h.coverage, 0);
  EXPECT_TRUE(h.attention.empty());
  EXPECT_DOUBLE_EQ(t.tree.finish({t.right, 2, -3.5F, 1}, {"gnmt", 0.6}, 0).score, -3.5 / std::pow(8.0 / 6, 0.6));
}

TEST(HypothesisTree, FollowsTheRowsOfAttentionAndPaysForWhatItLeavesOut) {
  Tree t;
  t.tree.keep_attention({0.5F, 0.25F, 0.25F});                         // of the first token's only row
  t.tree.keep_attention({0.125F, 0.125F, 0.75F, 0.25F, 0.5F, 0.25F});  // of 8 and 9, which continue row 0 and 1
  t.tree.keep_attention({0, 0, 1, 0, 0.125F, 0.875F});
  const Hypothesis h = t.tree.finish({t.right, 2, -3, 1}, {"none", 1}, 2);
  EXPECT_EQ(h.attention, (std::vector<float>{0.5F, 0.25F, 0.25F, 0.25F, 0.5F, 0.25F, 0, 0.125F, 0.875F}));
  EXPECT_NEAR(h.coverage, 2 * (std::log(0.75) + std::log(0.875)), 1e-6) << "</s> of the source does not count";
  EXPECT_DOUBLE_EQ(h.score, -3 + h.coverage);
}

}  // namespace
}  // namespace rotor
