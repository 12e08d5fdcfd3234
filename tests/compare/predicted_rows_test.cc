#include "compare/predicted_rows.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "compare/compared.h"

namespace rotor {
namespace {

class PredictedRows : public testing::Test {
 protected:
  /// A file of a header and lines.
  std::filesystem::path file(const std::string& lines) const {
    return folder_.scratch().file("predictions", "prediction\tbad\tgood\n" + lines);
  }
  std::string refusal(const std::string& lines, int64_t choices = 2) const {
    return message_of<Error>([&] { read_predicted_rows(file(lines), corpus_, choices); });
  }
  static std::string repeated(const std::string& line, int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) lines += line + "\n";
    return lines;
  }

  ComparedFolder folder_;
  Corpus corpus_{split_path(folder_.scratch() / kSentencePrediction, "test")};
};

TEST_F(PredictedRows, AreReadBesideTheLabels) {
  const JudgedRows judged = read_predicted_rows(file("bad\t0.9\t0.1\n" + repeated("good\t0.4\t0.6", 23)), corpus_, 2);
  ASSERT_EQ(judged.size(), 24u);
  EXPECT_EQ(judged.predicted_classes()[0], 0);
  EXPECT_EQ(judged.predicted_classes()[23], 1);
  EXPECT_EQ(judged.true_classes()[0], 0);
  EXPECT_EQ(judged.true_classes()[1], 1);
}

TEST_F(PredictedRows, MayBeNumbers) {
  const JudgedRows judged = read_predicted_rows(file("-0.5\n" + repeated("1.25", 23)), corpus_, 0);
  EXPECT_EQ(judged.predicted_numbers()[0], -0.5);
  EXPECT_EQ(judged.predicted_numbers()[1], 1.25);
  EXPECT_EQ(judged.true_numbers()[1], 1);
}

TEST_F(PredictedRows, ThatDoNotFitTheCorpusAreRefused) {
  EXPECT_TRUE(says(refusal(repeated("good\t0\t1", 23)), "expected 24 predictions", "got 23"));
  EXPECT_TRUE(says(refusal(repeated("fair\t0\t1", 24)), "bad, good", "'fair'"));
  EXPECT_TRUE(says(refusal("good\t0\t1\n\n" + repeated("good\t0\t1", 22)), ":3", "prediction of each row"));
  EXPECT_TRUE(says(refusal(repeated("good", 24), 0), "a number", "'good'"));
}

}  // namespace
}  // namespace rotor
