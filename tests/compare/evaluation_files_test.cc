#include "compare/evaluation_files.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(EvaluationFiles, HoldLossesByNumber) {
  const ScratchFolder folder;
  const Statistics losses = read_losses(folder.file("a.csv", "sample,tokens,loss\n1,4,0.5\n3,2,1.5\n"));
  ASSERT_EQ(losses.segments(), 3u);
  EXPECT_EQ(losses.row(0)[0], 2);
  EXPECT_EQ(losses.row(0)[1], 4);
  EXPECT_EQ(losses.row(1)[1], 0) << "a sample without tokens";
  EXPECT_EQ(losses.row(2)[0], 3);
  EXPECT_TRUE(says(message_of<Error>([&] { read_losses(folder.file("b.csv", "sample,tokens,loss\nx,4,0.5\n")); }),
                   "b.csv", "x,4,0.5"));
}

TEST(EvaluationFiles, HoldNumbersByName) {
  const ScratchFolder folder;
  const auto scores = read_scores(folder.file("a.json", R"({"loss": 2.5, "name": "rope", "tokens": 7})"));
  EXPECT_EQ(scores, (std::map<std::string, double>{{"loss", 2.5}, {"tokens", 7}}));
  ScoredRun run;
  run.tests.resize(1);
  run.tests[0].scores = scores;
  EXPECT_EQ(told("loss")(run), 2.5);
  EXPECT_TRUE(std::isnan(told("accuracy")(run)));
}

}  // namespace
}  // namespace rotor
