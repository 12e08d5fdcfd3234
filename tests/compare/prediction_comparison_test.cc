#include "compare/prediction_comparison.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/json.h"
#include "base/option_text.h"
#include "compare/compare.h"
#include "compare/compared.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

class Predictions : public testing::Test {
 protected:
  CompareOptions options(const std::string& encodings, const std::string& seeds = "1,2") const {
    CompareOptions options = folder_.predictions(encodings, seeds);
    options.baseline = "learned";
    return options;
  }
  void run(const CompareOptions& options) const { compare(Plan(options, training_), folder_.commands()); }
  std::string refusal(const CompareOptions& options) const {
    return message_of<Error>([&] { run(options); });
  }
  std::string usage_error(const CompareOptions& options) const {
    return message_of<UsageError>([&] { Plan(options, training_); });
  }
  std::string report() const { return text_of(folder_.output() / "report.md"); }

  ComparedFolder folder_;
  TrainingOptions training_ = ComparedFolder::prediction_training();
};

TEST_F(Predictions, AreMadeByTheBestCheckpointAndReported) {
  run(options("learned,rope"));
  const std::string once = "train learned\naverage\nevaluate test\ntrain rope\naverage\nevaluate test\n";
  EXPECT_EQ(folder_.calls(), once + once);
  EXPECT_EQ(text_of(folder_.scratch() / "averaged"), "checkpoint_best\n");
  EXPECT_TRUE(
      says(text_of(folder_.output() / "quality.csv"),
           "encoding,seeds,accuracy,accuracy sd,accuracy 95 %,\"p against learned, accuracy\",\"Holm, accuracy\",f1,"
           "f1 sd,macro_f1,macro_f1 sd,mcc,mcc sd,loss,best validation accuracy,loss at equal updates",
           "learned,2,0.6250,0.0000,0.4167–0.7917,,,0.8000,0.0000,,,,,0.500,0.5000,4.000,",
           "rope,2,0.9167,0.0000,0.7917–1.0000,0.00", ",0.8000,0.0000,,,,,0.500,0.5000,4.000,"));
  EXPECT_TRUE(says(report(), "24 training and 24 validation rows, classes bad, good",
                   "the checkpoint of the best validation (accuracy) of its training and predicts the 24 rows of the "
                   "split \"test\"",
                   "95 %: the interval of the resamples", "(accuracy.svg)", "(accuracy_by_update.svg)",
                   "learned from its initial parameters; rope from its initial parameters"));
  EXPECT_TRUE(says(text_of(folder_.output() / "learning_curves.csv"), "smoothed loss,accuracy", "4.50000,0.50000\n"));
  EXPECT_TRUE(says(text_of(folder_.output() / "loss_by_update.svg"), "bits a row"));
  for (const char* word : {"BLEU", "translat", "a token", "by which they were chosen"}) {
    EXPECT_EQ(report().find(word), std::string::npos) << word;
  }
  run(options("learned,rope"));
  EXPECT_EQ(folder_.calls(), "");
}

TEST_F(Predictions, OfTheBestLearningRateAloneAreTested) {
  CompareOptions options = this->options("learned,rope", "1");
  options.learning_rates = "0.01,0.001,0.0001";
  run(options);
  std::string calls;
  for (const char* encoding : {"learned", "rope"}) {
    for (const char* rate : {"0.01", "0.001", "0.0001"}) calls += fmt::format("train {} {}\naverage\n", encoding, rate);
    calls += "evaluate test\n";
  }
  EXPECT_EQ(folder_.calls(), calls);
  EXPECT_TRUE(says(text_of(folder_.output() / "learning_rates.csv"),
                   "encoding,learning rate,validation accuracy,sd,chosen\n",
                   "rope,0.01,0.5000,,0\nrope,0.001,0.7500,,1\nrope,0.0001,0.5000,,0\n"));
  EXPECT_TRUE(says(text_of(folder_.output() / "runs.csv"), "learning rate,updates", ",0.001,20,"));
  EXPECT_TRUE(says(report(),
                   "of those with the learning rates 0.01,0.001,0.0001 the one whose best validation has the "
                   "highest accuracy"));
  options.learning_rates = "0.01,0.001";
  EXPECT_TRUE(says(refusal(options), "learning_rates was [0.01,0.001,0.0001] and is [0.01,0.001] now"));
}

TEST_F(Predictions, OfLearningRatesThatAreDoneAreNotTrainedAgain) {
  CompareOptions options = this->options("learned", "1");
  options.learning_rates = "0.01,0.001";
  const fs::path command = folder_.commands() / "rotor-evaluate", away = folder_.commands() / "away";
  fs::rename(command, away);
  fs::permissions(folder_.scratch().file("bin/rotor-evaluate", "#!/bin/sh\nexit 1\n"), fs::perms::owner_all);
  EXPECT_TRUE(says(refusal(options), "1 of 1 runs failed"));
  EXPECT_EQ(folder_.calls(), "train learned 0.01\naverage\ntrain learned 0.001\naverage\n");
  const fs::path run_folder = folder_.output() / "runs/learned/seed-1";
  fs::remove(run_folder / "lr-0.001/train.jsonl");
  fs::rename(away, command);
  run(options);
  EXPECT_EQ(folder_.calls(), "train learned 0.001\naverage\nevaluate test\n");
  EXPECT_FALSE(fs::exists(run_folder / "lr-0.001/model.safetensors")) << "the run has the chosen one";
  EXPECT_TRUE(fs::exists(run_folder / "lr-0.001/run.log"));
}

TEST_F(Predictions, WithoutATestAreThoseOfTheValidationRows) {
  CompareOptions options = this->options("learned");
  options.gen_subset = "valid";
  run(options);
  EXPECT_TRUE(says(report(), "the split \"valid\"", "tested on the validation rows by which they were chosen"));
}

TEST_F(Predictions, AreFittedToTheCorpus) {
  CompareOptions options = this->options("learned");
  TrainingOptions training = training_;
  CommandLine given("rotor-compare", "", "");
  options.describe(given);
  training.describe(given);
  training.trainer.checkpoints.best_checkpoint_metric = "loss";
  fit_prediction_comparison(options, training, given);
  EXPECT_EQ(options.gen_subset, "test");
  EXPECT_EQ(training.trainer.checkpoints.best_checkpoint_metric, "accuracy");
  EXPECT_TRUE(training.trainer.checkpoints.no_epoch_checkpoints);
  fs::remove(split_path(options.corpus, "test"));
  fit_prediction_comparison(options, training, given);
  EXPECT_EQ(options.gen_subset, "valid");
}

TEST_F(Predictions, AreOfRowsAsLongAsThoseOfTraining) {
  training_.max_source_positions = 300;
  run(options("learned,rope:max-tokens=9000:max-source-positions=8000", "1"));
  EXPECT_TRUE(says(text_of(folder_.scratch() / "arguments"),
                   "--max-source-positions 300 --truncate longest --max-tokens 4096 ",
                   "--max-source-positions 8000 --truncate longest --max-tokens 8000 "));
}

TEST_F(Predictions, RefuseWhatIsNotForThem) {
  CompareOptions options = this->options("learned");
  options.extrapolate = 4;
  EXPECT_TRUE(says(usage_error(options), "--extrapolate", "leave it out"));
  options = this->options("learned");
  options.average = 2;
  EXPECT_TRUE(says(usage_error(options), "--average", "best validation"));
  options = this->options("learned");
  training_.batches.truncate = "none";
  EXPECT_TRUE(says(usage_error(options), "--truncate none", "longest"));
  training_ = ComparedFolder::prediction_training();
  training_.trainer.checkpoints.best_checkpoint_metric = "spearman";
  EXPECT_TRUE(says(refusal(options), "'spearman' is not of predictions of 2 classes", "accuracy"));
  EXPECT_EQ(folder_.calls(), "");
}

}  // namespace
}  // namespace rotor
