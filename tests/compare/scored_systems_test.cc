#include "compare/scored_systems.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(ScoreSystems, ScoresEverySentenceOfEverySystem) {
  ScoreOptions options;
  options.hypothesis = {"good", "bad"};
  const Texts texts{.references = {{"the dog runs home now", "a man"}},
                    .systems = {{"the dog runs home now", "a man"}, {"the dog runs home now", "cats"}}};
  const ScoredSystems scored = score_systems(options, texts);
  ASSERT_EQ(scored.systems.size(), 2u);
  EXPECT_EQ(scored.systems[1].name, "bad");
  EXPECT_NEAR(scored.systems[1].sentence_bleu[0], 100, 1e-9);
  EXPECT_LT(scored.systems[1].sentence_chrf[1], scored.systems[0].sentence_chrf[1]);
  EXPECT_NEAR(score_of(*scored.bleu, scored.systems[1].bleu, {0}), 100, 1e-9);
  EXPECT_LT(score_of(*scored.chrf, scored.systems[1].chrf, {0, 1}), 100);
}

TEST(Least, GivesTheSmallestInRisingOrder) {
  EXPECT_EQ(least({3, 1, 2, 1}, 3), (std::vector<size_t>{1, 3, 2}));
  EXPECT_EQ(least({3}, 5), std::vector<size_t>{0});
}

}  // namespace
}  // namespace rotor
