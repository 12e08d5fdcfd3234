#include "compare/run_result.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "base/json.h"
#include "base/scratch.h"
#include "format/safetensors_writer.h"

namespace rotor {
namespace {

constexpr const char* kReports = R"({"update":10,"epoch":1,"seconds":2.0,"tokens_per_second":100,"memory_mb":50}
{"update":15,"epoch":1,"valid_loss":5.5,"valid_nll_loss":5.0,"valid_ppl":32}
{"update":20,"epoch":1,"seconds":30.0,"tokens_per_second":7,"memory_mb":60}
{"update":30,"epoch":2,"seconds":3.0,"tokens_per_second":80,"memory_mb":60}
{"update":30,"epoch":2,"valid_loss":4.5,"valid_nll_loss":4.0,"valid_ppl":16}
)";

TEST(ReadTrainingLog, TakesMediansSoThatOneSlowIntervalDoesNotCount) {
  const ScratchFolder folder;
  const TrainingLog log = read_training_log(folder.file("train.jsonl", kReports));
  EXPECT_EQ(log.updates, 30);
  EXPECT_EQ(log.tokens_per_second, 80);
  EXPECT_EQ(log.seconds_per_update, 0.3);
  EXPECT_EQ(log.memory_mb, 60);
  ASSERT_EQ(log.validations.size(), 2u);
  EXPECT_EQ(log.validations[1].update, 30);
  EXPECT_EQ(log.validations[1].epoch, 2);
  EXPECT_EQ(log.validations[1].nll, 4.0);
  EXPECT_EQ(log.validations[1].loss, 4.5);
  EXPECT_EQ(log.validations[1].scores, (std::map<std::string, double>{{"ppl", 16}}));
}

TEST(BestOf, IsTheHighestScoreOrTheLowestLoss) {
  TrainingLog log;
  log.validations = {{10, 1, 5, 5.5, {{"accuracy", 0.5}}}, {20, 1, 4, 4.5, {{"accuracy", 0.75}}}, {30, 2, 6, 6.5}};
  EXPECT_EQ(best_of(log, "accuracy"), 0.75);
  EXPECT_EQ(best_of(log, "loss"), 4.5);
  EXPECT_TRUE(std::isnan(best_of(log, "mcc")));
}

TEST(ReadTrainingLog, RefusesATrainingWithoutValidations) {
  const ScratchFolder folder;
  const std::string reports = kReports;
  const auto file = folder.file("train.jsonl", reports.substr(0, reports.find('\n') + 1));
  EXPECT_TRUE(says(message_of<Error>([&] { read_training_log(file); }), "validations", "train.jsonl"));
  EXPECT_TRUE(says(message_of<Error>([&] { read_training_log(folder / "absent"); }), "reports", "absent"));
}

TEST(ReadTrainingLog, KeepsValidationsThatAreNotFinite) {
  const ScratchFolder folder;
  const std::string diverged = R"({"update":40,"epoch":3,"valid_loss":null,"valid_nll_loss":null})";
  RunResult result;
  result.training = read_training_log(folder.file("train.jsonl", kReports + diverged));
  result.rates = {{0.1, best_of(result.training, "mcc")}};
  const RunResult again = RunResult::from_json(result.to_json(), "result.json");
  ASSERT_EQ(again.training.validations.size(), 3u);
  EXPECT_TRUE(std::isnan(again.training.validations[2].loss));
  EXPECT_TRUE(std::isnan(again.training.validations[2].nll));
  EXPECT_TRUE(std::isnan(again.rates[0].best));
  EXPECT_EQ(best_of(again.training, "loss"), 4.5);
  const auto damaged = folder.file("damaged.jsonl", std::string(kReports) + R"({"update":"x"})");
  EXPECT_TRUE(says(message_of<Error>([&] { read_training_log(damaged); }), "damaged.jsonl: expected reports"));
}

TEST(RunResult, ComesBackFromJsonAsItWas) {
  const ScratchFolder folder;
  RunResult result;
  result.training = read_training_log(folder.file("train.jsonl", kReports));
  result.parameters = 123;
  result.machine = "a machine";
  result.averaged = 5;
  result.test_tokens_per_second = 2.5;
  result.test_memory_mb = 9;
  result.rates = {{0.1, 0.5}, {0.01, 0.75}};
  result.lr = 0.01;
  const RunResult again = RunResult::from_json(result.to_json(), "result.json");
  EXPECT_EQ(again.to_json(), result.to_json());
  EXPECT_EQ(again.training.validations.size(), 2u);
  EXPECT_EQ(again.training.validations[1].scores.at("ppl"), 16);
  EXPECT_EQ(again.lr, 0.01);
  EXPECT_EQ(again.rates.at(1).best, 0.75);
  EXPECT_TRUE(says(message_of<Error>([] {
                     RunResult::from_json({{"parameters", 1}}, "x/result.json");
                   }),
                   "x/result.json", "machine"));
}

TEST(CountParameters, LeavesOutVocabularyOptimizerAndSteps) {
  const ScratchFolder folder;
  SafeTensorsWriter writer;
  const Tensor weights = Tensor::zeros({3, 4});
  writer.add("encoder.weight", weights);
  writer.add("optimizer.first_moment.encoder.weight", weights);
  writer.add("vocabulary", DataType::kU8, {2}, "ab");
  writer.add("encoder.weight.scales", Tensor::zeros({3}));
  writer.write(folder / "model.safetensors");
  EXPECT_EQ(count_parameters(folder / "model.safetensors"), 12);
}

}  // namespace
}  // namespace rotor
