#include "compare/runner.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "compare/compared.h"
#include "compare/run_record.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

/// The runs of two encodings of language models.
class Runs : public testing::Test {
 protected:
  ComparedFolder folder_;
  Plan plan_{folder_.language_models("sinusoidal,rope"), ComparedFolder::language_model_training()};
  std::unique_ptr<ComparisonKind> kind_ = comparison_kind(kLanguageModeling).make(plan_);
  Runner runner_{plan_, *kind_, folder_.commands()};
  std::vector<PlannedRun> runs_ = plan_.runs();
};

TEST_F(Runs, AreFinishedOnceEveryResultIsThere) {
  EXPECT_FALSE(runner_.finished(runs_[0]));
  EXPECT_EQ(runner_.execute(runs_[0]), "");
  EXPECT_TRUE(runner_.finished(runs_[0]));
  EXPECT_FALSE(runner_.finished(runs_[1]));
  EXPECT_TRUE(says(text_of(runs_[0].folder / "train.ini"), "position-encoding = sinusoidal", "tokens-per-sample = 12"));
  EXPECT_FALSE(fs::exists(runs_[0].folder / "checkpoints"));
  const RunResult result = RunResult::from_json(read_json(runs_[0].folder / "result.json"), "");
  EXPECT_EQ(result.test_tokens_per_second, 50);
  EXPECT_EQ(result.parameters, 6);
  fs::remove(runs_[0].folder / "test.positions.csv");
  EXPECT_FALSE(runner_.finished(runs_[0]));
}

TEST_F(Runs, ThatLackTestsAloneAreTestedAlone) {
  EXPECT_FALSE(runner_.trained(runs_[0]));
  EXPECT_EQ(runner_.execute(runs_[0]), "");
  folder_.calls();
  const std::string result = text_of(runs_[0].folder / "result.json");
  fs::remove(runs_[0].folder / "test.positions.csv");
  EXPECT_TRUE(runner_.trained(runs_[0]));
  folder_.scratch().file("speed", "300");
  EXPECT_EQ(runner_.execute(runs_[0]), "");
  EXPECT_EQ(folder_.calls(), "evaluate 12 --by-sample\n");
  EXPECT_TRUE(runner_.finished(runs_[0]));
  EXPECT_EQ(text_of(runs_[0].folder / "result.json"), result);
  fs::remove(runs_[0].folder / "test.positions.csv");
  fs::remove(runs_[0].folder / "model.safetensors");
  EXPECT_FALSE(runner_.trained(runs_[0])) << "no model to test";
}

TEST_F(Runs, ThatDifferInTheirTestsShareATraining) {
  const Plan plan(folder_.language_models("sinusoidal,rope,rope:test-rope-scaling=linear:test-rope-scaling-factor=2"),
                  ComparedFolder::language_model_training());
  const Runner runner(plan, *kind_, folder_.commands());
  const std::vector<PlannedRun> runs = plan.runs();
  EXPECT_EQ(runner.execute(runs[1]), "");
  folder_.calls();
  EXPECT_EQ(runner.execute(runs[2]), "");
  EXPECT_EQ(folder_.calls(), "evaluate 12 --by-sample linear\n");
  EXPECT_TRUE(runner.finished(runs[2]));
  EXPECT_EQ(RunResult::from_json(read_json(runs[2].folder / "result.json"), "").training.updates, 20);
  fs::remove_all(runs[2].folder);
  fs::remove(runs[1].folder / "model.safetensors");
  EXPECT_EQ(runner.execute(runs[2]), "");
  EXPECT_EQ(folder_.calls(), "train rope\naverage\nevaluate 12 --by-sample linear\n")
      << "the other's model is not here";
}

TEST_F(Runs, ThatDifferInTheirTestsShareATrainingInAnyOrder) {
  const std::string scaled = "rope:test-rope-scaling=linear:test-rope-scaling-factor=";
  const Plan plan(folder_.language_models("sinusoidal," + scaled + "2," + scaled + "4,rope", "1,2"),
                  ComparedFolder::language_model_training());
  const Runner runner(plan, *kind_, folder_.commands());
  const std::vector<PlannedRun> runs = plan.runs();
  for (const size_t i : {1, 2, 3}) EXPECT_EQ(runner.execute(runs[i]), "");
  EXPECT_EQ(folder_.calls(),
            "train rope\naverage\nevaluate 12 --by-sample linear\nevaluate 12 --by-sample linear\n"
            "evaluate 12 --by-sample\n");
  EXPECT_EQ(runner.execute(runs[7]), "");
  EXPECT_EQ(folder_.calls(), "train rope\naverage\nevaluate 12 --by-sample\n") << "another seed";
}

TEST_F(Runs, GoOnWithoutALearningRateThatFails) {
  CompareOptions options = folder_.language_models("sinusoidal,rope");
  options.learning_rates = "0.1,0.01";
  const Plan plan(options, ComparedFolder::language_model_training());
  const Runner runner(plan, *kind_, folder_.commands());
  const PlannedRun run = plan.runs()[1];
  folder_.scratch().file("broken", "rope 0.1\n");
  EXPECT_EQ(runner.execute(run), "");
  const RunResult result = RunResult::from_json(read_json(run.folder / "result.json"), "");
  ASSERT_EQ(result.rates.size(), 2u);
  EXPECT_TRUE(std::isnan(result.rates[0].best));
  EXPECT_EQ(result.rates[1].best, 4.5);
  EXPECT_EQ(result.lr, 0.01);
  EXPECT_FALSE(fs::exists(run.folder / "lr-0.1/checkpoints"));
  fs::remove_all(run.folder);
  folder_.scratch().file("broken", "rope\n");
  EXPECT_TRUE(says(runner.execute(run), "expected a learning rate", "rope, --lr 0.01, seed 1", "on fire"));
  EXPECT_FALSE(runner.finished(run));
}

TEST_F(Runs, ThatTryLearningRatesShareTheBestModelToo) {
  CompareOptions options =
      folder_.language_models("sinusoidal,rope,rope:test-rope-scaling=linear:test-rope-scaling-factor=2");
  options.learning_rates = "0.1,0.01";
  const Plan plan(options, ComparedFolder::language_model_training());
  const Runner runner(plan, *kind_, folder_.commands());
  EXPECT_EQ(runner.execute(plan.runs()[1]), "");
  folder_.calls();
  EXPECT_EQ(runner.execute(plan.runs()[2]), "");
  EXPECT_EQ(folder_.calls(), "evaluate 12 --by-sample linear\n");
  const RunResult result = RunResult::from_json(read_json(plan.runs()[2].folder / "result.json"), "");
  EXPECT_EQ(result.rates.size(), 2u);
  EXPECT_EQ(result.lr, 0.1);
}

TEST_F(Runs, ThatFailSayWhy) {
  folder_.scratch().file("broken", "rope\n");
  EXPECT_TRUE(says(runner_.execute(runs_[1]), "rotor-train ended with exit code 1", "the machine is on fire"));
  EXPECT_FALSE(runner_.finished(runs_[1]));
}

TEST_F(Runs, OfEarlierCallsAreFoundInTheirFolder) {
  EXPECT_EQ(runner_.execute(runs_[1]), "");
  const std::vector<PlannedRun> found = runner_.others({runs_[0]});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].label, "rope");
  EXPECT_TRUE(runner_.others(runs_).empty());
  fs::remove(runs_[1].folder / "test.json");
  EXPECT_TRUE(runner_.others({runs_[0]}).empty()) << "it lacks a test";
}

TEST_F(Runs, AreTimedWithoutAChange) {
  EXPECT_EQ(runner_.execute(runs_[0]), "");
  const std::string result = text_of(runs_[0].folder / "result.json");
  folder_.scratch().file("speed", "300");
  EXPECT_EQ(runner_.trial(runs_[0]).training.tokens_per_second, 300);
  EXPECT_EQ(text_of(runs_[0].folder / "result.json"), result);
  EXPECT_FALSE(fs::exists(runs_[0].folder / "timing"));
}

TEST(PlainOrPacked, PrefersThePlainFile) {
  const ScratchFolder folder;
  EXPECT_EQ(plain_or_packed(folder / "a"), folder / "a");
  folder.file("a.gz", "");
  EXPECT_EQ(plain_or_packed(folder / "a"), folder / "a.gz");
  folder.file("a", "");
  EXPECT_EQ(plain_or_packed(folder / "a"), folder / "a");
}

}  // namespace
}  // namespace rotor
