#include "compare/masked_lm_comparison.h"

#include <gtest/gtest.h>

#include "base/check.h"
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

TEST_F(MaskedLms, RefuseTestsOfLengths) {
  CompareOptions options = this->options("rope");
  options.baseline = "rope";
  options.extrapolate = 4;
  EXPECT_TRUE(says(message_of<UsageError>([&] { Plan(options, training_); }), "--extrapolate", "leave it out"));
}

}  // namespace
}  // namespace rotor
