#include "train/validations.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "base/json.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// A validator that measures what a test says.
class ToldValidator : public Validator {
 public:
  Scores operator()(Workers& /*workers*/) const override {
    ++calls;
    if (look) look();
    return scores;
  }
  int64_t batches() const override { return 1; }
  int64_t skipped() const override { return 0; }
  const Samples& samples() const override { fail("nobody asks for them"); }

  Scores scores;
  std::function<void()> look;
  mutable int calls = 0;
};

class ValidationsTest : public testing::Test {
 protected:
  Validations validations(RunFolder* folder = nullptr, Ema* ema = nullptr, int64_t validated_at = -1) {
    return {validator_, options_, state_, folder, ema, alone(), validated_at};
  }

  /// Validates a loss after one more update.
  std::vector<std::string> validate(Validations& validations, double loss) {
    ++state_.updates;
    validator_.scores = {{"loss", loss}};
    return validations.validate();
  }

  std::vector<nlohmann::json> reports() const {
    std::vector<nlohmann::json> all;
    std::istringstream lines(text_of(folder_ / "train.jsonl"));
    for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }

  ScratchFolder folder_;
  ToldValidator validator_;
  CheckpointOptions options_;
  TrainerState state_{.next_batch = 1, .best = BestScores({"loss", "bleu"})};
};

using Names = std::vector<std::string>;

TEST_F(ValidationsTest, CountForPatienceAndNameTheBest) {
  Validations validations = this->validations();
  EXPECT_EQ(validate(validations, 4), Names{"best"});
  EXPECT_EQ(validate(validations, 5), Names{});
  EXPECT_EQ(validate(validations, NAN), Names{});
  EXPECT_EQ(state_.validations_without_gain, 2);
  EXPECT_EQ(state_.best.of("loss"), 4);
  EXPECT_EQ(validate(validations, 3), Names{"best"});
  EXPECT_EQ(state_.validations_without_gain, 0);
  EXPECT_EQ(state_.best.of("loss"), 3);
}

TEST_F(ValidationsTest, AreDecidedByTheMetricOfTheOptions) {
  options_.best_checkpoint_metric = "bleu";
  Validations validations = this->validations();
  validator_.scores = {{"loss", 4}, {"bleu", 10}};
  EXPECT_EQ(validations.validate(), Names{"best"});
  validator_.scores = {{"loss", 5}, {"bleu", 11}};
  EXPECT_EQ(validations.validate(), Names{"best"});
  validator_.scores = {{"loss", 3}, {"bleu", 9}};
  EXPECT_EQ(validations.validate(), Names{});
  EXPECT_EQ(state_.validations_without_gain, 1);
  EXPECT_EQ(state_.best.of("loss"), 3) << "which counts if a later run decides by it";
}

TEST_F(ValidationsTest, AreReportedAndNamedAmongTheBestOfTheFolder) {
  options_.save_dir = folder_.path();
  options_.keep_best_checkpoints = 2;
  RunFolder folder(options_);
  folder.resume_reports(0);
  Validations validations = this->validations(&folder);
  state_.epoch = 3;
  EXPECT_EQ(validate(validations, 4.25), (Names{"best_loss_4.2500_1", "best"}));
  const auto all = reports();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0], nlohmann::json::parse(R"({"update": 1, "epoch": 3, "valid_loss": 4.25})"));
}

TEST_F(ValidationsTest, AtTheEndOfARunLeaveTheStateAsItWas) {
  options_.save_dir = folder_.path();
  RunFolder folder(options_);
  folder.resume_reports(0);
  Validations validations = this->validations(&folder);
  validate(validations, 4);
  const std::string before = (state_.updates = 5, state_.to_json());
  std::optional<double> saved;
  const auto save = [&] { saved = state_.best.of("loss"); };
  validator_.scores = {{"loss", 3}};
  validations.validate_end(save);
  EXPECT_EQ(saved, 3) << "the best checkpoint knows its score";
  EXPECT_EQ(state_.to_json(), before);
  EXPECT_EQ(reports().back()["final"], true);
  EXPECT_EQ(validator_.calls, 2);
  validations.validate_end(save);
  EXPECT_EQ(validator_.calls, 2) << "what is validated is not validated again";
  state_.updates = 6;
  saved.reset();
  validator_.scores = {{"loss", 4.5}};
  validations.validate_end(save);
  EXPECT_EQ(validator_.calls, 3);
  EXPECT_EQ(saved, std::nullopt) << "it is not the best";
}

TEST_F(ValidationsTest, OfAResumedRunAreNotRepeatedAtItsEnd) {
  state_.updates = 7;
  validator_.scores = {{"loss", 4}};
  validations(nullptr, nullptr, 7).validate_end([] { fail("validated at 7"); });
  EXPECT_EQ(validator_.calls, 0);
}

/// A module of one number.
struct OneNumber : Module {
  Variable number = parameter("number", {1}, ones());
};

TEST_F(ValidationsTest, MeasureTheAverageOfTheWeightsWhereThereIsOne) {
  OneNumber module;
  module.initialise(1);
  ParameterBuffer parameters(module);
  Ema average({.ema_decay = 0.5}, parameters);
  parameters.values().data()[0] = 3;
  float seen = 0;
  validator_.look = [&] { seen = module.number.value().data()[0]; };
  validator_.scores = {{"loss", 4}};
  validations(nullptr, &average).validate();
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(module.number.value().data()[0], 3) << "training goes on from the weights";
}

}  // namespace
}  // namespace rotor
