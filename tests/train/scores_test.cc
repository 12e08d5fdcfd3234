#include "train/scores.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

const Scores kScores = {{"loss", 4.1236}, {"nll_loss", 4}, {"ppl", 16}, {"bleu", 12.345}};

TEST(Scores, AreFoundByNameAndToldInOrder) {
  EXPECT_EQ(value_of(kScores, "bleu"), 12.345);
  EXPECT_TRUE(says(message_of<Error>([] { value_of(kScores, "accuracy"); }), "accuracy"));
  EXPECT_EQ(score_text(kScores), " | valid loss 4.124 | valid ppl 16.00 | valid bleu 12.35");
}

TEST(BestScores, AreTheLowestLossAndTheHighestBleu) {
  BestScores best({"loss", "bleu"});
  EXPECT_TRUE(best.improved_by(kScores, "loss")) << "anything is better than nothing";
  best.take(kScores);
  EXPECT_FALSE(best.improved_by(kScores, "loss"));
  EXPECT_FALSE(best.improved_by(kScores, "bleu"));
  const Scores other = {{"loss", 4}, {"bleu", 12}};
  EXPECT_TRUE(best.improved_by(other, "loss"));
  EXPECT_FALSE(best.improved_by(other, "bleu"));
  best.take(other);
  EXPECT_EQ(best.of("loss"), 4);
  EXPECT_EQ(best.of("bleu"), 12.345);
  best.forget();
  EXPECT_EQ(best.of("bleu"), std::nullopt);
  EXPECT_EQ(best.all().size(), 2u);
}

TEST(BestScores, TakeNoScoreThatIsNoNumberAndMissNoneThatWasNotMeasured) {
  BestScores best({"loss", "bleu"});
  best.take({{"loss", NAN}});
  EXPECT_EQ(best.of("loss"), std::nullopt);
  EXPECT_FALSE(best.improved_by({{"loss", INFINITY}}, "loss"));
  best.take({{"loss", 2}});
  EXPECT_EQ(best.of("loss"), 2);
  EXPECT_EQ(best.of("bleu"), std::nullopt);
}

TEST(BestScores, KeepWhatIsKnownAlreadyWhenMoreIsToBeKnown) {
  BestScores best;
  best.set("loss", 3);
  best.know({"loss", "bleu"});
  EXPECT_EQ(best.of("loss"), 3);
  EXPECT_EQ(best.all().size(), 2u);
}

}  // namespace
}  // namespace rotor
