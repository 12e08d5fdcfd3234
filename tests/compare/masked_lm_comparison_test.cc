#include "compare/masked_lm_comparison.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/json.h"
#include "base/option_text.h"
#include "compare/compare.h"
#include "compare/compared.h"

namespace rotor {
namespace {

class MaskedLms : public testing::Test {
 protected:
  CompareOptions options(const std::string& encodings) const {
    return folder_.language_models(encodings, "1,2", kMaskedLm);
  }

  ComparedFolder folder_;
  TrainingOptions training_ = ComparedFolder::masked_lm_training();
};

TEST_F(MaskedLms, AreTrainedAveragedEvaluatedAndReported) {
  CompareOptions options = this->options("learned,rope");
  options.baseline = "learned";
  compare(Plan(options, training_), folder_.commands());
  EXPECT_EQ(
      folder_.calls(),
      "train learned\naverage\nevaluate 12 --by-sample 0.15\ntrain rope\naverage\nevaluate 12 --by-sample 0.15\n"
      "train learned\naverage\nevaluate 12 --by-sample 0.15\ntrain rope\naverage\nevaluate 12 --by-sample 0.15\n");
  EXPECT_TRUE(says(text_of(folder_.output() / "quality.csv"),
                   "encoding,seeds,loss,loss sd,\"p against learned, loss\",\"Holm, loss\",\"loss, nats\",perplexity,"
                   "accuracy,accuracy sd,best validation loss",
                   "learned,2,3.000,0.000,,,1.250,8.00,0.3000,0.0000,4.000",
                   "rope,2,2.000,0.000,0.001,0.001,1.250,4.00,0.2000,0.0000,4.000"));
  const std::string report = text_of(folder_.output() / "report.md");
  EXPECT_TRUE(says(report, "text of 240 training and 240 validation tokens", "predicts the hidden tokens, 15 % of all",
                   "in samples of up to 12 tokens", "bits a hidden token"));
  for (const char* word : {"BLEU", "translat", "beam"}) EXPECT_EQ(report.find(word), std::string::npos) << word;
}

TEST_F(MaskedLms, AreTestedOnTheSameHiddenTokensHoweverTheyWereTrained) {
  CompareOptions options = this->options("rope,rope:mask-prob=0.4:tokens-per-sample=24");
  options.baseline = "rope";
  options.seeds = "1";
  compare(Plan(options, training_), folder_.commands());
  const std::string each = "train rope\naverage\nevaluate 12 --by-sample 0.15\n";
  EXPECT_EQ(folder_.calls(), each + each);
}

TEST_F(MaskedLms, AreTestedAsTheyAreTrainedAndValidated) {
  CompareOptions options = this->options("rope,rope:mask-whole-words=true,rope:max-tokens=9000");
  options.baseline = "rope";
  options.seeds = "1";
  compare(Plan(options, training_), folder_.commands());
  const std::string arguments = text_of(folder_.scratch() / "arguments");
  EXPECT_TRUE(says(arguments,
                   "--max-tokens 4096 --mask-prob 0.15 --leave-unmasked-prob 0.1 --random-token-prob 0.1 "
                   "--mask-whole-words false"));
  for (const char* own : {"--mask-whole-words true", "--max-tokens 9000"}) {
    EXPECT_FALSE(says(arguments, own)) << "an entry changes no test";
  }
  training_.batches.mask = {.prob = 0.2, .leave_unmasked = 0, .random_token = 0.05, .whole_words = true};
  training_.batches.max_tokens = 8192;
  options.encodings = "rope";
  options.output = folder_.scratch() / "other";
  compare(Plan(options, training_), folder_.commands());
  EXPECT_TRUE(says(text_of(folder_.scratch() / "arguments"),
                   "--max-tokens 4096 --mask-prob 0.2 --leave-unmasked-prob 0 --random-token-prob 0.05 "
                   "--mask-whole-words true"));
  EXPECT_TRUE(says(text_of(folder_.scratch() / "other/report.md"), "20 % of all, in whole words, of the split"));
}

TEST_F(MaskedLms, AreTestedOnSamplesAsLongAsThoseOfTrainings) {
  CompareOptions options = this->options("rope");
  options.baseline = "rope";
  const auto arguments = [&](int64_t tokens_per_sample, int64_t positions) {
    training_.batches.tokens_per_sample = tokens_per_sample;
    training_.max_source_positions = positions;
    const Plan plan(options, training_);
    const PlannedRun run = plan.runs().front();
    std::filesystem::create_directories(run.folder);
    MaskedLmComparison(plan).test(run, ComparisonKind::Tests::kAll, RunCommands(folder_.commands()));
    return text_of(folder_.scratch() / "arguments");
  };
  EXPECT_TRUE(says(arguments(5000, 5000), "--tokens-per-sample 5000", "--max-tokens 5000 "));
  EXPECT_TRUE(says(arguments(512, 6000), "--tokens-per-sample 512", "--max-tokens 6000 ")) << "for long lines";
}

TEST_F(MaskedLms, RecordOptionsOfMaskingThatAreUnusual) {
  CompareOptions options = this->options("rope");
  options.baseline = "rope";
  const auto settings = [&] {
    const Plan plan(options, training_);
    return MaskedLmComparison(plan).settings().second;
  };
  const auto usual = settings();
  EXPECT_EQ(usual.dump(), R"({"gen_subset":"test","average":1})") << "as before they were handed to tests";
  training_.batches.mask.whole_words = true;
  EXPECT_EQ(settings()["mask_whole_words"], true);
  training_.batches.mask = {.leave_unmasked = 0, .random_token = 0.2};
  EXPECT_EQ(settings()["leave_unmasked_prob"], 0);
  EXPECT_EQ(settings()["random_token_prob"], 0.2);
}

TEST_F(MaskedLms, RefuseTestsOfLengths) {
  CompareOptions options = this->options("rope");
  options.baseline = "rope";
  options.extrapolate = 4;
  EXPECT_TRUE(says(message_of<UsageError>([&] { Plan(options, training_); }), "--extrapolate", "leave it out"));
}

}  // namespace
}  // namespace rotor
