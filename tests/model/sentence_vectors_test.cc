#include "model/sentence_vectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "model/masked_language_model.h"
#include "model/tiny_encoder.h"

namespace rotor {
namespace {

/// Of random parameters.
class SentenceVectors : public testing::Test {
 protected:
  SentenceVectors() { model_.initialise(1); }

  MaskedLanguageModel model_{tiny_encoder_options(kMaskedLm)};
  const TokenBatch input_ = random_tokens({6, 1, 9}, 30, 1);
};

TEST_F(SentenceVectors, AreTheMeanOrTheFirstOfTheFeatures) {
  const Tensor features = model_.encode(input_).value(), mean = sentence_vectors(model_, input_, "mean", false),
               first = sentence_vectors(model_, input_, "first", false);
  const int64_t width = features.size(-1);
  for (int64_t row = 0, begin = 0; row < 3; begin += input_.lengths[row++]) {
    for (int64_t i = 0; i < width; ++i) {
      double sum = 0;
      for (int64_t t = 0; t < input_.lengths[row]; ++t) sum += features.data()[(begin + t) * width + i];
      EXPECT_NEAR(mean.data()[row * width + i], sum / input_.lengths[row], 1e-6);
      EXPECT_EQ(first.data()[row * width + i], features.data()[begin * width + i]);
    }
  }
}

TEST_F(SentenceVectors, HaveLengthOneIfTheyAreNormalised) {
  const Tensor plain = sentence_vectors(model_, input_, "mean", false),
               unit = sentence_vectors(model_, input_, "mean", true);
  const int64_t width = plain.size(-1);
  for (int64_t row = 0; row < 3; ++row) {
    double squares = 0, ones = 0, product = 0;
    for (int64_t i = row * width; i < (row + 1) * width; ++i) {
      squares += plain.data()[i] * plain.data()[i];
      ones += unit.data()[i] * unit.data()[i];
      product += plain.data()[i] * unit.data()[i];
    }
    EXPECT_NEAR(ones, 1, 1e-5);
    EXPECT_NEAR(product, std::sqrt(squares), 1e-5) << "they point the same way";
  }
}

TEST_F(SentenceVectors, OfARowDependOnNoOtherAndNoPadding) {
  for (const char* pooling : {"mean", "first"}) {
    const Tensor all = sentence_vectors(model_, input_, pooling, true);
    for (int64_t row = 0; row < 3; ++row) {
      const Tensor one = sentence_vectors(model_, alone(input_, row), pooling, true);
      const auto together = all.narrow(0, row, 1).span();
      for (size_t i = 0; i < together.size(); ++i) EXPECT_NEAR(one.span()[i], together[i], 1e-6) << pooling << row;
    }
  }
}

}  // namespace
}  // namespace rotor
