#include "model/sentence_vectors.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/scratch.h"
#include "model/masked_language_model.h"
#include "model/tiny_model.h"

namespace rotor {
namespace {

MaskedLanguageModel tiny_encoder() {
  TransformerOptions options = tiny_options();
  options.task = kMaskedLm;
  MaskedLanguageModel model(options);
  model.initialise(1);
  return model;
}

TEST(SentenceVectors, AreTheMeanOrTheFirstOfTheFeatures) {
  const MaskedLanguageModel model = tiny_encoder();
  const TokenBatch input = random_tokens({6, 1, 9}, 30, 1);
  const Tensor features = model.encode(input).value(), mean = sentence_vectors(model, input, "mean", false),
               first = sentence_vectors(model, input, "first", false);
  const int64_t width = features.size(-1);
  for (int64_t row = 0, begin = 0; row < 3; begin += input.lengths[row++]) {
    for (int64_t i = 0; i < width; ++i) {
      double sum = 0;
      for (int64_t t = 0; t < input.lengths[row]; ++t) sum += features.data()[(begin + t) * width + i];
      EXPECT_NEAR(mean.data()[row * width + i], sum / input.lengths[row], 1e-6);
      EXPECT_EQ(first.data()[row * width + i], features.data()[begin * width + i]);
    }
  }
}

TEST(SentenceVectors, HaveLengthOneIfTheyAreNormalised) {
  const MaskedLanguageModel model = tiny_encoder();
  const TokenBatch input = random_tokens({6, 1, 9}, 30, 1);
  const Tensor plain = sentence_vectors(model, input, "mean", false),
               unit = sentence_vectors(model, input, "mean", true);
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

TEST(SentenceVectors, OfARowDependOnNoOtherAndNoPadding) {
  const MaskedLanguageModel model = tiny_encoder();
  const TokenBatch input = random_tokens({6, 1, 9}, 30, 1);
  for (const char* pooling : {"mean", "first"}) {
    const Tensor all = sentence_vectors(model, input, pooling, true);
    for (int64_t row = 0; row < 3; ++row) {
      const Tensor one = sentence_vectors(model, alone(input, row), pooling, true);
      EXPECT_TRUE(std::ranges::equal(one.span(), all.narrow(0, row, 1).span())) << pooling << ' ' << row;
    }
  }
}

TEST(LoadTextEncoder, RefusesATranslationModel) {
  EXPECT_TRUE(says(message_of<Error>([] {
                     load_text_encoder(SafeTensors(std::filesystem::path(ROTOR_GOLDEN) / "fairseq_model.safetensors"),
                                       {});
                   }),
                   "fairseq_model", "an encoder", "translation"));
}

}  // namespace
}  // namespace rotor
