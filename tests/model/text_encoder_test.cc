// What all models that are an encoder have in common, for every row of the table of position encodings.
#include "model/text_encoder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "autograd/losses.h"
#include "autograd/prediction_losses.h"
#include "base/check.h"
#include "base/scratch.h"
#include "golden.h"
#include "model/classifier.h"
#include "model/masked_language_model.h"
#include "model/tiny_encoder.h"
#include "position/table.h"
#include "test_name.h"

namespace rotor {
namespace {

class EncoderEncoding : public testing::TestWithParam<std::string> {
 protected:
  static TransformerOptions options(const std::string& task) {
    TransformerOptions o = tiny_encoder_options(task);
    o.position.encoding = GetParam();
    if (task == kSentencePrediction) o.head.labels = {"a", "b"};
    return o;
  }
};

/// The loss of a model's hidden tokens, or of its rows' classes.
Variable loss_of(const MaskedLanguageModel& model, const TokenBatch& input) {
  const std::vector<int32_t> places = {1, 4, 9}, targets = {7, 20, 11};
  return projected_cross_entropy(model.features(input, places), model.output().weight, targets, 0, model.output().bias)
      .loss;
}
Variable loss_of(const Classifier& model, const TokenBatch& input) {
  return cross_entropy(model.scores(input), std::vector<int32_t>{1, 0, 1}).loss;
}

/// A step against the gradient, after which the loss must be less by about the step times the gradient's square.
template <typename M>
void expect_step_to_lower_the_loss(M& model) {
  model.initialise(1);
  const TokenBatch input = with_types(random_tokens({6, 2, 9}, 30, 1));
  seed_random_operators(1);
  const Variable before = loss_of(model, input);
  backward(before);
  constexpr float kStep = 1e-4f;
  double squares = 0;
  for (const auto& parameter : model.parameters()) {
    ASSERT_TRUE(parameter.variable.gradient().defined()) << parameter.name;
    const Tensor gradient = parameter.variable.gradient().contiguous();
    const auto to = parameter.variable.value().span();
    for (size_t i = 0; i < to.size(); ++i) {
      to[i] -= kStep * gradient.span()[i];
      squares += static_cast<double>(gradient.span()[i]) * gradient.span()[i];
    }
  }
  seed_random_operators(1);  // shifts are those of training, and the same
  const double lower = static_cast<double>(before.value().item()) - loss_of(model, input).value().item();
  EXPECT_NEAR(lower / (kStep * squares), 1, 0.1);
}

TEST_P(EncoderEncoding, TrainsEveryParameterOfAMaskedLanguageModel) {
  MaskedLanguageModel model(options(kMaskedLm));
  expect_step_to_lower_the_loss(model);
}

TEST_P(EncoderEncoding, TrainsEveryParameterOfAClassifier) {
  Classifier model(options(kSentencePrediction));
  expect_step_to_lower_the_loss(model);
}

TEST_P(EncoderEncoding, ATextDoesNotDependOnItsNeighboursOrPadding) {
  const NoGrad no_grad;
  Classifier model(options(kSentencePrediction));
  model.initialise(1);
  const TokenBatch input = with_types(random_tokens({3, 9, 1, 5}, 30, 1));
  const Tensor together = model.encode(input).value();
  int64_t begin = 0;
  for (int64_t row = 0; row < input.rows; ++row) {
    golden::expect_near(model.encode(alone(input, row)).value(), together.narrow(0, begin, input.lengths[row]), 1e-5,
                        "row");
    begin += input.lengths[row];
  }
}

TEST_P(EncoderEncoding, EveryTokenSeesTheLast) {
  const NoGrad no_grad;
  Classifier model(options(kSentencePrediction));
  model.initialise(1);
  TokenBatch input = random_tokens({8}, 30, 1);
  const Tensor before = model.encode(input).value();
  input.ids[7] = input.ids[7] == 9 ? 10 : 9;
  const Tensor after = model.encode(input).value();
  for (int64_t token = 0; token < 8; ++token) {
    double largest = 0;
    for (int64_t i = 0; i < 12; ++i) {
      largest = std::max<double>(largest, std::abs(before.data()[token * 12 + i] - after.data()[token * 12 + i]));
    }
    EXPECT_GT(largest, 1e-4) << token;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, EncoderEncoding, testing::ValuesIn(position_encoding_names()), test_name);

TEST(TextEncoder, WithoutTypesAllTokensAreOfTheFirst) {
  const NoGrad no_grad;
  Classifier model(tiny_encoder_options(kSentencePrediction));
  model.initialise(1);
  const TokenBatch input = random_tokens({6, 2, 9}, 30, 1);
  TokenBatch first = input;
  first.types.assign(input.ids.size(), 0);
  golden::expect_near(model.encode(input).value(), model.encode(first).value(), 0, "the first type");
  const Tensor plain = model.encode(input).value(), typed = model.encode(with_types(input)).value();
  double largest = 0;
  for (int64_t i = 0; i < plain.elements(); ++i) {
    largest = std::max<double>(largest, std::abs(plain.data()[i] - typed.data()[i]));
  }
  EXPECT_GT(largest, 1e-2) << "another type changes the features";
}

/// Numbers of a normal distribution of that deviation, those of <pad> zero; biases zero, norms one.
TEST(TextEncoder, InitialDeviationIsThatOfAllMatrices) {
  TransformerOptions o = tiny_encoder_options(kMaskedLm);
  o.initial_deviation = 0.02;
  o.encoder.embed_dim = o.encoder.ffn_embed_dim = 64;
  o.source_vocabulary = o.target_vocabulary = 100;
  MaskedLanguageModel model(o);
  model.initialise(1);
  for (const auto& [name, variable, initialiser] : model.parameters()) {
    double mean = 0, squares = 0;
    const auto values = variable.value().span();
    for (const float value : values) mean += value / static_cast<double>(values.size());
    for (const float value : values) squares += std::pow(value - mean, 2) / static_cast<double>(values.size());
    if (name.ends_with("bias")) {
      EXPECT_EQ(std::abs(mean) + squares, 0) << name;
    } else if (name.find("norm") != std::string::npos) {
      EXPECT_TRUE(mean == 1 && squares == 0) << name;
    } else {
      const double error = 1 / std::sqrt(static_cast<double>(values.size()));
      EXPECT_NEAR(mean / 0.02, 0, 5 * error) << name;
      EXPECT_NEAR(std::sqrt(squares) / 0.02, 1, 4 * error + 0.01) << name;
    }
    if (name == "encoder.embed_tokens.weight") {
      for (const float value : variable.value().narrow(0, o.tokens.pad, 1).span()) EXPECT_EQ(value, 0);
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
