#include "model/classifier.h"

#include <gtest/gtest.h>

#include "autograd/prediction_losses.h"
#include "model/encoder_golden.h"
#include "model/tiny_encoder.h"

namespace rotor {
namespace {

using Golden = EncoderGolden<Classifier>;

/// BERT's head and RoFormer's; "bert_regression" predicts a number, the others classes.
class ClassifierGolden : public testing::TestWithParam<std::string> {};

TEST_P(ClassifierGolden, HasTheParametersOfTransformers) {
  Golden(GetParam()).expect_parameters();
}

TEST_P(ClassifierGolden, ComputesTransformersScores) {
  const NoGrad no_grad;
  Golden golden(GetParam());
  golden::expect_near(golden.model().scores(golden.input()).value(), golden.file().tensor("output.logits"), 1e-5,
                      "scores");
  golden.model().prepare(WeightType::kFloat32);
  golden::expect_near(golden.model().scores(golden.input()).value(), golden.file().tensor("output.logits"), 1e-5,
                      "scores of prepared weights");
}

TEST_P(ClassifierGolden, ComputesTransformersLossAndEveryGradient) {
  for (const Activations activations : {Activations::kKept, Activations::kRecomputed}) {
    Golden golden(GetParam());
    const Variable scores = golden.model().scores(golden.input(), activations);
    if (golden.model().options().head.labels.empty()) {
      golden.expect_gradients(squared_error(scores, golden.file().tensor("input.targets").span()).loss);
    } else {
      golden.expect_gradients(cross_entropy(scores, golden.integers("input.targets")).loss);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ClassifierGolden,
                         testing::Values("bert_classes", "bert_regression", "roformer_classes"),
                         [](const auto& info) { return info.param; });

TransformerOptions options_of(const std::string& head, const std::string& pooling) {
  TransformerOptions o = tiny_encoder_options(kSentencePrediction);
  o.head = {.kind = head, .pooling = pooling, .labels = {"a", "b", "c"}};
  return o;
}

TEST(Classifier, OfEveryHeadAndPoolingDoesNotSeeNeighboursOrPadding) {
  const NoGrad no_grad;
  const TokenBatch input = with_types(random_tokens({6, 1, 9, 4}, 30, 1));
  for (const std::string& head : head_names()) {
    for (const std::string pooling : {"first", "mean"}) {
      Classifier model(options_of(head, pooling));
      model.initialise(1);
      const Tensor together = model.scores(input).value();
      ASSERT_EQ(together.shape(), Shape({4, 3}));
      for (int64_t row = 0; row < input.rows; ++row) {
        golden::expect_near(model.scores(alone(input, row)).value(), together.narrow(0, row, 1), 1e-5, head + pooling);
      }
    }
  }
}

TEST(Classifier, OfAnyHeadTrainsAllItsParameters) {
  const TokenBatch input = with_types(random_tokens({6, 1, 9, 4}, 30, 1));
  for (const std::string& head : head_names()) {
    Classifier model(options_of(head, "mean"));
    model.initialise(1);
    backward(cross_entropy(model.scores(input), std::vector<int32_t>{0, 2, 1, 1}).loss);
    for (const auto& parameter : model.parameters()) {
      EXPECT_TRUE(parameter.variable.gradient().defined()) << head << ' ' << parameter.name;
    }
  }
}

/// Its inner layer passes on what it gets, so that zeros show what was dropped before it and after it.
TEST(Classifier, DropsBeforeItsLayersAsItsHeadDoesAndInTrainingAlone) {
  const TokenBatch input = random_tokens(std::vector<int64_t>(50, 3), 30, 1);
  for (const auto& [head, share] : {std::pair{"linear", 0.5}, std::pair{"bert", 0.5}, std::pair{"roformer", 0.75}}) {
    TransformerOptions o = options_of(head, "first");
    o.dropout = 0.5;
    Classifier model(o);
    model.initialise(1);
    for (const auto& parameter : model.parameters()) {
      const Tensor value = parameter.variable.value();
      if (parameter.name == "head.dense.bias") value.fill(0);
      if (parameter.name != "head.dense.weight") continue;
      value.fill(0);
      for (int64_t i = 0; i < value.size(0); ++i) value.data()[i * value.size(0) + i] = 1;
    }
    const auto features = [&](uint64_t seed) {
      seed_random_operators(seed);
      const Tensor x = model.features(input).value().contiguous();
      return std::vector<float>(x.span().begin(), x.span().end());
    };
    const auto zeros = [](const std::vector<float>& x) { return std::count(x.begin(), x.end(), 0.F); };
    EXPECT_NEAR(static_cast<double>(zeros(features(1))) / (50 * 12), share, 0.08) << head;
    EXPECT_NE(features(1), features(2)) << head;
    const NoGrad no_grad;
    EXPECT_EQ(zeros(features(1)), 0) << head;
    EXPECT_EQ(features(1), features(2)) << head;
  }
}

TEST(Classifier, WithoutLabelsGivesOneNumber) {
  const NoGrad no_grad;
  TransformerOptions o = options_of("linear", "first");
  o.head.labels.clear();
  Classifier model(o);
  model.initialise(1);
  EXPECT_EQ(model.scores(random_tokens({3, 5}, 30, 1)).value().shape(), Shape({2, 1}));
}

TEST(Pooled, MeansAreThoseOfEachRowsTokensAlone) {
  const std::vector<float> values = {1, 10, 3, 30, 8, 80, -1, 5, 4, 2, 3, -1};  // six tokens of width 2
  const Variable features(Tensor::of({6, 2}, values));
  const Packing packing(3, {3, 1, 2});
  golden::expect_near(pooled(features, packing, "mean").value(), Tensor::of({3, 2}, {4, 40, -1, 5, 3.5, 0.5}), 1e-7,
                      "means");
  golden::expect_near(pooled(features, packing, "first").value(), Tensor::of({3, 2}, {1, 10, -1, 5, 4, 2}), 1e-7,
                      "first");
}

}  // namespace
}  // namespace rotor
