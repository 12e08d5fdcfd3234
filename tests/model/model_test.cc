#include "model/model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "base/scratch.h"
#include "golden.h"
#include "model/language_model.h"
#include "model/tiny_model.h"
#include "random_tensor.h"

namespace rotor {
namespace {

TransformerOptions tiny_language_options() {
  TransformerOptions options = tiny_options();
  options.task = kLanguageModeling;
  options.arch = "transformer_lm_tiny";
  return options;
}

TEST(MakeModel, MakesTheModelOfTheTask) {
  EXPECT_NE(dynamic_cast<EncoderDecoder*>(make_model(tiny_options()).get()), nullptr);
  const auto model = make_model(tiny_language_options());
  EXPECT_NE(dynamic_cast<LanguageModel*>(model.get()), nullptr);
  EXPECT_EQ(model->options().to_config(), tiny_language_options().to_config());
}

TEST(MakeModel, RefusesOptionsOfNoModelBeforeItMakesALayer) {
  TransformerOptions options = tiny_options();
  options.decoder.layers = 0;
  EXPECT_TRUE(says(message_of<UsageError>([&] { make_model(options); }), "--decoder-layers"));
  options = tiny_language_options();
  options.decoder.embed_dim = TransformerOptions::kMost;  // a layer takes more than any memory
  options.decoder.attention_heads = 3;
  EXPECT_TRUE(says(message_of<UsageError>([&] { make_model(options); }), "--decoder-embed-dim", "3 heads"));
}

/// A model of an embedding and an output alone.
class Words : public Model {
 public:
  explicit Words(const TransformerOptions& options)
      : Model(options), embedding_(make_embedding(options.target_vocabulary, options.decoder)) {
    part("embedding", *embedding_);
    set_output(embedding_->weight);
    initialise(1);
  }
  const Embedding& embedding() const { return *embedding_; }

 private:
  std::shared_ptr<Embedding> embedding_;
};

TEST(Model, ScalesTokenVectorsByTheRootOfTheirWidthUnlessToldNotTo) {
  TransformerOptions options = tiny_options();
  options.tokens.pad = 7;
  const std::vector<int32_t> ids = {5, 7, 9};
  for (const bool scaled : {true, false}) {
    options.scale_embedding = scaled;
    const Words words(options);
    const Tensor x = words.embedding()(ids).value();
    ASSERT_EQ(x.shape(), (Shape{3, 12}));
    const float factor = scaled ? std::sqrt(12.F) : 1;
    for (int64_t row = 0; row < 3; ++row) {
      for (int64_t c = 0; c < 12; ++c) {
        const float number = words.embedding().weight.value().data()[ids[row] * 12 + c];
        EXPECT_EQ(number == 0, ids[row] == 7) << "the padding's row alone is zero";
        EXPECT_EQ(x.data()[row * 12 + c], factor * number);
      }
    }
  }
}

TEST(Model, ScoresAllTokensBeforeAndAfterItsWeightsArePacked) {
  const NoGrad no_grad;
  Words words(tiny_options());
  const Variable x = random_tensor({4, 12}, 3);
  const Tensor before = words.output()(x).value().clone();
  ASSERT_EQ(before.shape(), (Shape{4, 30}));
  const Tensor matrix = words.embedding().weight.value();
  double expected = 0;
  for (int64_t c = 0; c < 12; ++c)
    expected += static_cast<double>(x.value().data()[12 + c]) * matrix.data()[5 * 12 + c];
  EXPECT_NEAR(before.data()[30 + 5], expected, 1e-5) << "row 1, token 5";
  words.prepare(WeightType::kFloat32);
  golden::expect_near(words.output()(x).value(), before, 1e-5, "prepared");
}

}  // namespace
}  // namespace rotor
