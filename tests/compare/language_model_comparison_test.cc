#include "compare/language_model_comparison.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "compare/compare.h"
#include "compare/compared.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

class LanguageModels : public testing::Test {
 protected:
  void run(const CompareOptions& options) const { compare(Plan(options, training_), folder_.commands()); }
  std::string refusal(const CompareOptions& options) const {
    return message_of<Error>([&] { run(options); });
  }
  std::string usage_error(const CompareOptions& options) const {
    return message_of<UsageError>([&] { Plan(options, training_); });
  }
  std::string report() const { return text_of(folder_.output() / "report.md"); }

  ComparedFolder folder_;
  TrainingOptions training_ = ComparedFolder::language_model_training();
};

TEST_F(LanguageModels, AreTrainedAveragedEvaluatedAndReported) {
  run(folder_.language_models("sinusoidal,rope", "1,2"));
  EXPECT_EQ(folder_.calls(),
            "train sinusoidal\naverage\nevaluate 12 --by-sample\ntrain rope\naverage\nevaluate 12 --by-sample\n"
            "train sinusoidal\naverage\nevaluate 12 --by-sample\ntrain rope\naverage\nevaluate 12 --by-sample\n");
  EXPECT_TRUE(says(text_of(folder_.output() / "quality.csv"),
                   "encoding,seeds,loss,loss sd,\"p against sinusoidal, loss\",\"Holm, loss\",perplexity,perplexity sd,"
                   "bits a character,bits a byte,best validation loss,loss at equal updates,loss at equal time\n",
                   "sinusoidal,2,3.000,0.000,,,8.00,0.00,1.5000,,4.000,4.000,4.000\n",
                   "rope,2,2.000,0.000,0.001,0.001,4.00,0.00,1.5000,,4.000,4.000,4.000\n"));
  EXPECT_TRUE(says(text_of(folder_.output() / "cost.csv"), "evaluation tokens/s", "rope,6,100,1.00,50,1.00,50,20\n"));
  EXPECT_TRUE(says(text_of(folder_.output() / "runs.csv"), "rope,2,finished,2.000,4.00,1.5000,,4.000,20,4.000\n"));
  EXPECT_TRUE(says(report(), "text of 240 training and 240 validation tokens", "(loss.svg)", "(loss_by_update.svg)",
                   "predicts the 240 tokens of the split \"test\" in samples of up to 12 tokens"));
  for (const char* word : {"BLEU", "translat", "beam", "encoder-layers"}) {
    EXPECT_EQ(report().find(word), std::string::npos) << word;
  }
}

TEST_F(LanguageModels, AreEvaluatedOnLongerSamplesThatTheirEncodingServes) {
  CompareOptions options = folder_.language_models("rope,learned");
  options.baseline = "rope";
  options.extrapolate = 5;
  training_.model.position.max_positions = 24;
  run(options);
  EXPECT_EQ(folder_.calls(),
            "train rope\naverage\nevaluate 12 --by-sample\nevaluate 24 --by-sample\nevaluate 48 --by-sample\n"
            "evaluate 60 --by-sample\ntrain learned\naverage\nevaluate 12 --by-sample\nevaluate 24 --by-sample\n");
  EXPECT_TRUE(
      says(text_of(folder_.output() / "extrapolation.csv"),
           "encoding,12 tokens,12 tokens sd,24 tokens,24 tokens sd,48 tokens,48 tokens sd,60 tokens,60 tokens sd",
           "rope,2.000,,2.000,,2.000,,2.000,\n", "learned,3.000,,3.000,,,,,\n"));
  EXPECT_TRUE(says(report(), "samples of 24, 48, 60", "for want of positions (--max-positions): learned from 48 tokens",
                   "(loss_by_length.svg)", "(loss_by_position.svg)"));
  run(options);
  EXPECT_EQ(folder_.calls(), "") << "what an encoding does not serve is not missing";
}

TEST_F(LanguageModels, AreEvaluatedOnLengthsThatAreAskedForLater) {
  CompareOptions options = folder_.language_models("sinusoidal,rope");
  run(options);
  EXPECT_EQ(report().find("samples of 24"), std::string::npos);
  folder_.calls();
  options.extrapolate = 3;
  run(options);
  const std::string longer = "evaluate 24 --by-sample\nevaluate 36 --by-sample\n";
  EXPECT_EQ(folder_.calls(), longer + longer) << "nothing is trained again";
  EXPECT_TRUE(says(text_of(folder_.output() / "extrapolation.csv"), "rope,2.000,,2.000,,2.000,\n"));
  options.extrapolate = 2;
  run(options);
  options.extrapolate = 0;
  run(options);
  EXPECT_EQ(folder_.calls(), "");
  EXPECT_FALSE(fs::exists(folder_.output() / "loss_by_length.svg")) << "the report has it no more";
  EXPECT_TRUE(fs::exists(folder_.output() / "loss_by_update.svg"));
}

TEST_F(LanguageModels, AreTestedOnTheDocumentsIfThereAreEnough) {
  const auto with_documents = [&](int64_t count) {
    const fs::path corpus = folder_.scratch() / kLanguageModeling;
    const Vocabulary vocabulary = read_vocabularies(corpus).source;
    CorpusWriter writer(split_path(corpus, "test"), corpus_task(kLanguageModeling),
                        {describe_column("text", "en", vocabulary)});
    for (int64_t i = 0; i < count; ++i) {
      writer.add({std::vector<int32_t>(5, 7)}, {"A dog"});
      writer.end_document();
    }
    writer.finish();
    run(folder_.language_models("sinusoidal"));
    fs::remove_all(folder_.output());
    return folder_.calls();
  };
  EXPECT_TRUE(says(with_documents(20), "evaluate 12 --by-document\n"));
  EXPECT_TRUE(says(with_documents(19), "evaluate 12 --by-sample\n"));
}

TEST_F(LanguageModels, OfOtherEvaluationsAreRefused) {
  run(folder_.language_models("sinusoidal"));
  CompareOptions options = folder_.language_models("sinusoidal");
  options.context_window = 4;
  EXPECT_TRUE(says(refusal(options), "context_window was 0 and is 4 now"));
}

TEST_F(LanguageModels, RefuseWhatCannotBeEvaluated) {
  CompareOptions options = folder_.language_models("sinusoidal");
  options.gen_subset = "test7";
  EXPECT_TRUE(says(refusal(options), "test7", "valid"));
  options = folder_.language_models("sinusoidal");
  options.extrapolate = 64;
  EXPECT_TRUE(says(refusal(options), "at least 768 tokens", "--extrapolate 64", "got 240"));
  options.extrapolate = 1;
  EXPECT_TRUE(says(usage_error(options), "--extrapolate 1", "2 or more"));
  options.extrapolate = 2;
  training_.batches.sample_break_mode = "eos";
  EXPECT_TRUE(says(usage_error(options), "--sample-break-mode eos"));
  options = folder_.language_models("sinusoidal");
  options.context_window = 12;
  EXPECT_TRUE(says(usage_error(options), "--context-window below --tokens-per-sample 12, got 12"));
  fs::remove(folder_.commands() / "rotor-evaluate");
  options.context_window = 0;
  EXPECT_TRUE(says(refusal(options), "rotor-evaluate", "one folder"));
  EXPECT_EQ(folder_.calls(), "");
}

TEST_F(LanguageModels, RefuseResultsThatAreNoLosses) {
  run(folder_.language_models("sinusoidal"));
  const fs::path file = folder_.output() / "runs/sinusoidal/seed-1/test.parts.csv";
  folder_.scratch().file("out/runs/sinusoidal/seed-1/test.parts.csv", "sample,tokens,loss\n1,many,3\n");
  EXPECT_TRUE(says(refusal(folder_.language_models("sinusoidal")), file.string(), "got '1,many,3'"));
}

}  // namespace
}  // namespace rotor
