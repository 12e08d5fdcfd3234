#include "evaluate/prediction_lines.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/check.h"
#include "base/scratch.h"
#include "model/tiny_model.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

/// Models of random parameters that predict classes, numbers or candidates.
class PredictionLines : public testing::Test {
 protected:
  static TransformerOptions options_for(const std::string& task, std::vector<std::string> labels) {
    TransformerOptions options = tiny_options();
    options.task = task;
    options.arch = "bert_tiny";
    options.head.labels = std::move(labels);
    options.source_vocabulary = options.target_vocabulary = 30;
    return options;
  }

  /// What the model says of lines of standard input.
  std::string said(const TransformerOptions& options, const std::string& lines) const {
    const std::string bytes = train_vocabulary({folder_.file("text", "ab ba abba baab aab\nbba ab ba bab abab\n")},
                                               {.model_type = "char", .size = 30});
    TransformerOptions sized = options;
    sized.source_vocabulary = sized.target_vocabulary = Vocabulary::from_bytes(bytes).size();
    const auto model = make_model(sized);
    model->initialise(1);
    const VocabularyBytes vocabulary{bytes, bytes};
    SafeTensorsWriter writer;
    add_model(writer, *model, vocabulary);
    writer.write(folder_ / "model");
    std::istringstream in(lines);
    std::ostringstream out;
    predict_lines({}, open_model(folder_ / "model"), in, out);
    return out.str();
  }

  ScratchFolder folder_;
  TransformerOptions classes_ = options_for(kSentencePrediction, {"no", "yes"});
  TransformerOptions number_ = options_for(kSentencePrediction, {});
  TransformerOptions candidates_ = options_for(kSentenceRanking, {});
};

TEST_F(PredictionLines, NameTheBestAndGiveProbabilities) {
  const std::vector<float> scores = {0, std::log(3.f)};
  EXPECT_EQ(prediction_header(classes_, 2), "prediction\tno\tyes");
  EXPECT_EQ(prediction_line(classes_, scores), "yes\t0.250000\t0.750000");
  EXPECT_EQ(prediction_header(candidates_, 2), "prediction\t1\t2");
  EXPECT_EQ(prediction_line(candidates_, scores), "2\t0.250000\t0.750000");
  EXPECT_EQ(prediction_header(number_, 1), "prediction");
  EXPECT_EQ(prediction_line(number_, std::vector<float>{2.5f}), "2.500000");
}

TEST_F(PredictionLines, AreOneForEachLineOfInputWhateverStandsBesideIt) {
  std::string lines;
  for (int i = 0; i < 40; ++i) lines += i % 3 == 0 ? "ab\n" : "baab abba ab\n";  // more than one batch
  std::istringstream all(said(classes_, lines));
  const std::string first = said(classes_, "ab\n"), other = said(classes_, "baab abba ab\n");
  EXPECT_NE(first, other);
  int i = 0;
  for (std::string line; std::getline(all, line); ++i) EXPECT_EQ(line + '\n', i % 3 == 0 ? first : other) << i;
  EXPECT_EQ(i, 40);
  EXPECT_EQ(said(classes_, ""), "");
}

TEST_F(PredictionLines, ReadPairsAndCandidates) {
  EXPECT_NE(said(classes_, "ab\tba\n"), said(classes_, "ba\tab\n"));
  const std::string ranked = said(candidates_, "ab\tba\tbab\taab\n");
  EXPECT_EQ(std::count(ranked.begin(), ranked.end(), '\t'), 3);
}

TEST_F(PredictionLines, RefuseRowsThatFitNoModel) {
  const auto refusal = [&](const TransformerOptions& options, const std::string& lines) {
    return message_of<Error>([&] { said(options, lines); });
  };
  EXPECT_TRUE(says(refusal(classes_, "ab\nab\tba\n"), "standard input:2", "expected 1 texts", "got 2"));
  EXPECT_TRUE(says(refusal(classes_, "ab\n \n"), "standard input:2", "empty"));
  EXPECT_TRUE(says(refusal(classes_, "ab\tba\tab\n"), "standard input:1", "a pair", "got 3"));
  EXPECT_TRUE(says(refusal(candidates_, "ab\tba\n"), "standard input:1", "candidates", "got 2"));
}

}  // namespace
}  // namespace rotor
