#include "model/sentence_encoder.h"

#include <gtest/gtest.h>

#include "autograd/elementwise.h"
#include "base/scratch.h"
#include "model/classifier.h"
#include "model/encoder_golden.h"
#include "model/masked_language_model.h"
#include "model/tiny_encoder.h"

namespace rotor {
namespace {

using Golden = EncoderGolden<SentenceEncoder>;

TEST(SentenceEncoderGolden, GivesTheVectorsOfSentenceTransformers) {
  Golden golden("bert_vectors");
  golden::expect_near(golden.model().vectors(golden.input()), golden.file().tensor("output.vectors"), 1e-5, "vectors");
}

/// The golden's loss weighs the columns of the means from −1 to 1.
TEST(SentenceEncoderGolden, HasTransformersGradients) {
  Golden golden("bert_vectors");
  const TokenBatch& input = golden.input();
  const Variable means =
      pooled(golden.model().encode(input), Packing(input.length, input.lengths), golden.model().options().head.pooling);
  const Tensor weights(means.shape());
  const int64_t width = means.size(1);
  for (int64_t i = 0; i < weights.elements(); ++i) {
    weights.data()[i] = -1 + 2 * static_cast<float>(i % width) / static_cast<float>(width - 1);
  }
  golden.expect_gradients(sum(mul(means, weights)));
}

TransformerOptions options_of(const std::string& pooling, bool normalize) {
  TransformerOptions o = tiny_encoder_options(kSentenceEncoding);
  o.head.pooling = pooling;
  o.head.normalize = normalize;
  return o;
}

TEST(SentenceEncoder, NormalisesIfItIsTold) {
  SentenceEncoder plain(options_of("mean", false)), normalised(options_of("mean", true));
  plain.initialise(1);
  normalised.initialise(1);
  const TokenBatch input = random_tokens({6, 1, 9}, 30, 1);
  const Tensor x = plain.vectors(input), y = normalised.vectors(input);
  for (int64_t row = 0; row < 3; ++row) {
    double product = 0, squares = 0, ones = 0;
    for (int64_t i = 0; i < x.size(1); ++i) {
      const double a = x.data()[row * x.size(1) + i], b = y.data()[row * x.size(1) + i];
      product += a * b;
      squares += a * a;
      ones += b * b;
    }
    EXPECT_NEAR(ones, 1, 1e-6);
    EXPECT_NEAR(product, std::sqrt(squares), 1e-5) << "they point the same way";
    EXPECT_GT(std::abs(squares - 1), 0.1);
  }
}

TEST(SentenceEncoder, IsHeldByEveryModelThatIsAnEncoder) {
  SentenceEncoder encoder(options_of("first", false));
  const MaskedLanguageModel predicts(tiny_encoder_options(kMaskedLm));
  const Classifier classifies(tiny_encoder_options(kSentencePrediction));
  for (const Module* model : {static_cast<const Module*>(&predicts), static_cast<const Module*>(&classifies)}) {
    const auto values = model->values();
    for (const auto& parameter : encoder.parameters()) {
      const auto found = std::find_if(values.begin(), values.end(),
                                      [&](const NamedTensor& value) { return value.name == parameter.name; });
      ASSERT_NE(found, values.end()) << parameter.name;
      EXPECT_EQ(found->value.shape(), parameter.variable.shape()) << parameter.name;
    }
  }
}

TEST(SentenceEncoder, IsWrittenAndReadBackWithItsOptions) {
  const ScratchFolder folder;
  SentenceEncoder model(options_of("first", true));
  model.initialise(1);
  const VocabularyBytes vocabulary{"vocabulary", "vocabulary"};
  SafeTensorsWriter writer;
  add_model(writer, model, vocabulary);
  writer.write(folder / "model.safetensors");
  const SafeTensors file = open_model(folder / "model.safetensors");
  const TokenBatch input = random_tokens({6, 1, 9}, 30, 1);
  golden::expect_near(load<SentenceEncoder>(file)->vectors(input), model.vectors(input), 1e-7, "vectors");
  golden::expect_near(load_prepared<SentenceEncoder>(file, WeightType::kFloat32)->vectors(input), model.vectors(input),
                      1e-5, "vectors of prepared weights");
  EXPECT_THROW(load<MaskedLanguageModel>(file), Error);
}

}  // namespace
}  // namespace rotor
