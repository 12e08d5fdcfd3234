#include "compare/comparison_page.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "compare/fake_kind.h"

namespace rotor {
namespace {

TEST(ComparisonPage, HasTheSectionsInTheirOrder) {
  FakeComparison fake;
  fake.comparison.published = Table{"published", "By others.", {{"score"}}, {{"1"}}};
  std::string headings;
  for (const auto& block : comparison_page(fake.comparison).blocks) {
    if (const auto* heading = std::get_if<Heading>(&block)) headings += heading->text + '\n';
    if (const auto* text = std::get_if<Paragraph>(&block)) headings += text->text == "Lengths." ? "(lengths)\n" : "";
  }
  EXPECT_EQ(headings, "Quality\nCost\nLearning curves\n(lengths)\nHow it was measured\nRuns\nPublished elsewhere\n");
}

TEST(ComparisonPage, TellsHowItWasMeasured) {
  FakeComparison fake;
  fake.comparison.groups[1].runs[0].result.averaged = 2;
  fake.comparison.groups[1].runs[0].result.machine = "another";
  const std::string page = comparison_page(fake.comparison).markdown();
  EXPECT_TRUE(says(page, "Runs without a result: 1", "newest checkpoint of its training",
                   "where it left fewer: rope, seed 1: 2",
                   "and fakes. Machine: a machine; another (several:", "Scores are fake.", "arch = transformer_tiny"));
  EXPECT_EQ(page.find("position-encoding = sin"), page.npos) << "which the runs set";
}

TEST(ComparisonPage, OfNoFinishedRunSaysWhy) {
  FakeComparison fake;
  fake.comparison.groups.clear();
  EXPECT_TRUE(says(comparison_page(fake.comparison).markdown(), "No run is finished.", "failed: no power"));
}

TEST(CostTable, HasSpeedsWithRatiosToTheBaseline) {
  FakeComparison fake;
  fake.comparison.groups[1].runs[0].result.test_tokens_per_second = 20;
  EXPECT_EQ(csv(cost_table(fake.comparison)),
            "encoding,parameters,training tokens/s,ratio,faking tokens/s,ratio,training MB,faking MB\n"
            "sinusoidal,6,100,1.00,40,1.00,50,30\nrope,6,100,1.00,20,0.50,50,30\n");
}

TEST(RunTable, HasEveryRunAndWhyOneIsUnfinished) {
  const FakeComparison fake;
  EXPECT_TRUE(says(csv(run_table(fake.comparison)), "encoding,seed,state,Loss,twice,updates,last loss\n",
                   "sinusoidal,2,finished,5.0,10.00,20,4.000\n", "rope,2,failed: no power,,,,\n"));
}

}  // namespace
}  // namespace rotor
