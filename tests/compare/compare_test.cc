#include "compare/compare.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/json.h"
#include "compare/compared.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

class Compare : public testing::Test {
 protected:
  void run(const CompareOptions& options) const { compare(Plan(options, training_), folder_.commands()); }

  std::string refusal(const CompareOptions& options) const {
    return message_of<Error>([&] { run(options); });
  }

  std::string report() const { return text_of(folder_.output() / "report.md"); }

  ComparedFolder folder_;
  TrainingOptions training_ = ComparedFolder::training();
};

TEST_F(Compare, TrainsAveragesTranslatesAndReports) {
  run(folder_.options("sinusoidal,rope", "1,2"));
  EXPECT_EQ(folder_.calls(),
            "train sinusoidal\naverage\ngenerate\ntrain rope\naverage\ngenerate\n"
            "train sinusoidal\naverage\ngenerate\ntrain rope\naverage\ngenerate\n");
  EXPECT_TRUE(says(report(), "| sinusoidal | 2 | ", "| rope | 2 | **100.00** | 0.00 | ≤ 0.001 | ≤ 0.001 | **100.00** |",
                   "tok:13a"));
  EXPECT_EQ(report().find("Published"), report().npos) << "no file of published scores is given";
  EXPECT_TRUE(says(text_of(folder_.output() / "report.html"), "<svg", "rope"));
  EXPECT_TRUE(says(report(), "standard deviation over seeds, where there are several", "(bleu.svg)"));
  EXPECT_TRUE(says(text_of(folder_.output() / "quality.csv"), "rope,2,100.00,0.00,0.001,0.001,100.00,"));
  EXPECT_TRUE(says(text_of(folder_.output() / "quality.tex"), "rope & 2 & \\textbf{100.00} & 0.00 & $\\leq$ 0.001 &"));
  for (const char* figure : {"bleu", "loss_by_update", "loss_by_time", "bleu_by_length"}) {
    EXPECT_TRUE(text_of(folder_.output() / (figure + std::string(".pdf"))).starts_with("%PDF-")) << figure;
  }
  EXPECT_TRUE(says(text_of(folder_.output() / "cost.csv"), "rope,6,100,1.00,50,1.00,50,20\n"));
  EXPECT_TRUE(says(text_of(folder_.output() / "learning_curves.csv"), "rope,2,20,2,0.067,4.00000,4.50000\n"));
  const fs::path run = folder_.output() / "runs" / "rope" / "seed-2";
  EXPECT_TRUE(fs::exists(run / "train.jsonl") && fs::exists(run / "model.safetensors"));
  EXPECT_FALSE(fs::exists(run / "checkpoints"));
}

TEST_F(Compare, ShowsPublishedScoresLabelledAsSuch) {
  CompareOptions options = folder_.options("sinusoidal");
  options.published = folder_.scratch().file("published.csv", "source,encoding,BLEU\nSu et al. 2021,rope,27.5\n");
  run(options);
  EXPECT_TRUE(says(report(), "Published elsewhere", "not measured here", "| Su et al. 2021 | rope | 27.5 |"));
  folder_.calls();
  options.published = folder_.scratch() / "absent.csv";
  options.seeds = "1,2";
  EXPECT_TRUE(says(refusal(options), "absent.csv"));
  EXPECT_EQ(folder_.calls(), "") << "the file is read before the first training";
}

TEST_F(Compare, AveragesAllCheckpointsThereAreIfTheyAreFewerAndTheLastOneIfThereAreNone) {
  CompareOptions options = folder_.options("sinusoidal");
  for (const auto& [average, epochs, averaged] : {std::tuple{2, "1 2 3", "checkpoint_2\ncheckpoint_3\n"},
                                                  {5, "1 2 3", "checkpoint_1\ncheckpoint_2\ncheckpoint_3\n"},
                                                  {5, "", "checkpoint_last\n"}}) {
    folder_.scratch().file("epochs", epochs);
    options.average = average;
    run(options);
    EXPECT_EQ(text_of(folder_.scratch() / "averaged"), averaged);
    fs::remove_all(folder_.output());
  }
}

TEST_F(Compare, RepeatsNoFinishedRunAndKeepsThoseOfEarlierCalls) {
  run(folder_.options("sinusoidal,rope"));
  folder_.calls();
  run(folder_.options("sinusoidal,rope"));
  EXPECT_EQ(folder_.calls(), "");
  run(folder_.options("sinusoidal,t5"));
  EXPECT_EQ(folder_.calls(), "train t5\naverage\ngenerate\n");
  EXPECT_TRUE(says(report(), "| sinusoidal | 1 |", "| t5 | 1 |", "| rope | 1 |"));
}

TEST_F(Compare, TakesTheBaselineFromAnEarlierCall) {
  run(folder_.options("sinusoidal"));
  folder_.calls();
  run(folder_.options("rope"));
  EXPECT_EQ(folder_.calls(), "train rope\naverage\ngenerate\n");
  EXPECT_TRUE(says(report(), "p against sinusoidal, BLEU", "| rope | 1 | **100.00** | – | ≤ 0.001 | ≤ 0.001 |"));
}

TEST_F(Compare, CorrectsThePValuesForTheNumberOfEncodings) {
  run(folder_.options("sinusoidal,rope,t5,none"));
  EXPECT_TRUE(says(report(), "corrected for the 3 tests", "| rope | 1 | **100.00** | – | ≤ 0.001 | ≤ 0.003 |",
                   "| 1.000 | 1.000 |"));
}

TEST_F(Compare, AFailedRunIsReportedWithTheLastLineOfItsLogAndTheRestGoOn) {
  folder_.scratch().file("broken", "rope\n");
  EXPECT_TRUE(says(refusal(folder_.options("rope,sinusoidal")), "1 of 2 runs failed"));
  EXPECT_TRUE(says(report(), "| sinusoidal | 1 | finished |", "| rope | 1 | failed: ", "the machine is on fire"));
  folder_.calls();
  folder_.scratch().file("broken", "");
  run(folder_.options("rope,sinusoidal"));
  EXPECT_EQ(folder_.calls(), "train rope\naverage\ngenerate\n");
  EXPECT_TRUE(says(report(), "| rope | 1 | finished |"));
}

TEST_F(Compare, ReportsEvenIfNothingIsFinished) {
  folder_.scratch().file("broken", "sinusoidal\n");
  EXPECT_TRUE(says(refusal(folder_.options("sinusoidal")), "1 of 1 runs failed"));
  EXPECT_TRUE(says(report(), "No run is finished", "the machine is on fire"));
}

TEST_F(Compare, AnUnfinishedRunIsDoneAgainInItsFolder) {
  run(folder_.options("sinusoidal"));
  folder_.calls();
  fs::remove(folder_.output() / "runs" / "sinusoidal" / "seed-1" / "result.json");
  run(folder_.options("sinusoidal"));
  EXPECT_EQ(folder_.calls(), "train sinusoidal\naverage\ngenerate\n");
}

TEST_F(Compare, RefusesAnotherConfigurationNamingTheDifference) {
  run(folder_.options("sinusoidal"));
  folder_.calls();
  training_.trainer.optimization.schedule.lr = 0.25;
  EXPECT_TRUE(says(refusal(folder_.options("sinusoidal,rope")), "lr was 0.0005 and is 0.25 now", "run.json"));
  EXPECT_TRUE(says(refusal(folder_.options("rope:lr=0.5", "7")), "lr was 0.0005 and is 0.25 now")) << "the baseline";
  training_ = ComparedFolder::training();
  CompareOptions options = folder_.options("sinusoidal");
  options.search.beam = 2;
  EXPECT_TRUE(says(refusal(options), "beam was 5 and is 2 now"));
  folder_.scratch().file("test.de", text_of(folder_.scratch() / "test.de") + "mehr\n");
  folder_.scratch().file("test.en", text_of(folder_.scratch() / "test.en") + "more\n");
  EXPECT_TRUE(says(refusal(folder_.options("sinusoidal")), "test_source was"));
  EXPECT_EQ(folder_.calls(), "");
}

TEST_F(Compare, RunsOfEarlierCallsMustFitToo) {
  run(folder_.options("sinusoidal,rope"));
  training_.trainer.optimization.schedule.lr = 0.25;
  CompareOptions options = folder_.options("t5");
  options.baseline = "t5";
  EXPECT_TRUE(says(refusal(options), "lr was 0.0005 and is 0.25 now"));
}

TEST_F(Compare, ThreadsAndReportIntervalsMayChange) {
  run(folder_.options("sinusoidal"));
  folder_.calls();
  training_.threads = 2;
  training_.trainer.checkpoints.log_interval = 7;
  run(folder_.options("sinusoidal"));
  EXPECT_EQ(folder_.calls(), "");
}

TEST_F(Compare, TakesPackedTranslations) {
  run(folder_.options("sinusoidal"));
  folder_.calls();
  const fs::path out = folder_.output() / "runs" / "sinusoidal" / "seed-1" / "test.out";
  ASSERT_EQ(std::system(("gzip " + out.string()).c_str()), 0);
  run(folder_.options("sinusoidal"));
  EXPECT_EQ(folder_.calls(), "");
}

TEST_F(Compare, ReportOnlyTrainsNothing) {
  run(folder_.options("sinusoidal"));
  folder_.calls();
  CompareOptions options = folder_.options("sinusoidal,rope");
  options.report_only = true;
  run(options);
  EXPECT_EQ(folder_.calls(), "");
  EXPECT_TRUE(says(report(), "| rope | 1 | not run yet |"));
}

TEST_F(Compare, TestsLengthsOnJoinedSentences) {
  CompareOptions options = folder_.options("sinusoidal,rope");
  options.extrapolate = 3;
  options.length_buckets = "4,8";
  run(options);
  EXPECT_TRUE(says(report(), "at most 3 words", "BLEU, single, up to 3 words", "BLEU, 4 joined",
                   "| rope | **100.00** | 0.902 |"));
  EXPECT_TRUE(says(text_of(folder_.output() / "extrapolation_bleu.csv"), "encoding,up to 3,4,5-8,over 8\nsentences,"));
  EXPECT_TRUE(fs::exists(folder_.output() / "extrapolation_loss.svg"));
  EXPECT_EQ(text_of(folder_.output() / "runs" / "rope" / "seed-1" / "joined-2.out"),
            text_of(folder_.output() / "joined" / "joined-2.reference"));
}

TEST_F(Compare, TestsLengthsThatAreAskedForLater) {
  CompareOptions options = folder_.options("sinusoidal,rope");
  run(options);
  folder_.calls();
  options.extrapolate = 3;
  options.report_only = true;
  run(options);
  EXPECT_TRUE(says(report(), "| rope | 1 | not tested yet |"));
  options.report_only = false;
  run(options);
  std::string tests;
  for (int i = 0; i < 2 * (1 + 3 * 2); ++i) tests += "generate\n";  // scores of the test; both of three joined ones
  EXPECT_EQ(folder_.calls(), tests);
  EXPECT_TRUE(says(report(), "BLEU, 4 joined", "| rope | **100.00** |"));
}

TEST_F(Compare, RefusesFoldersItCannotWriteAndCommandsThatAreMissing) {
  CompareOptions options = folder_.options("sinusoidal");
  options.output = folder_.scratch() / "test.en";
  EXPECT_TRUE(says(refusal(options), "test.en", "--output"));
  fs::remove(folder_.commands() / "rotor-average");
  EXPECT_TRUE(says(refusal(folder_.options("sinusoidal")), "rotor-average", "one folder"));
  EXPECT_EQ(folder_.calls(), "");
}

}  // namespace
}  // namespace rotor
