#include "model/masked_language_model.h"

#include <gtest/gtest.h>

#include <numeric>

#include "autograd/losses.h"
#include "model/encoder_golden.h"
#include "model/tiny_encoder.h"

namespace rotor {
namespace {

using Golden = EncoderGolden<MaskedLanguageModel>;

class MaskedLanguageModelGolden : public testing::TestWithParam<std::string> {};

TEST_P(MaskedLanguageModelGolden, HasTheParametersOfTransformers) {
  Golden(GetParam()).expect_parameters();
}

TEST_P(MaskedLanguageModelGolden, ComputesTransformersLogitsOfHiddenTokens) {
  const NoGrad no_grad;
  Golden golden(GetParam());
  const Variable features = golden.model().features(golden.input(), golden.integers("input.places"));
  golden::expect_near(golden.model().output()(features).value(), golden.file().tensor("output.logits"), 1e-5, "logits");
}

TEST_P(MaskedLanguageModelGolden, ComputesTransformersLossAndEveryGradient) {
  for (const Activations activations : {Activations::kKept, Activations::kRecomputed}) {
    Golden golden(GetParam());
    const OutputLayer& output = golden.model().output();
    const Variable features = golden.model().features(golden.input(), golden.integers("input.places"), activations);
    golden.expect_gradients(
        projected_cross_entropy(features, output.weight, golden.integers("input.targets"), 0, output.bias).loss);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, MaskedLanguageModelGolden, testing::Values("bert_masked_lm", "roformer_masked_lm"),
                         [](const auto& info) { return info.param; });

TEST(MaskedLanguageModel, ProjectsOnlyThePlacesThatItIsGiven) {
  const NoGrad no_grad;
  MaskedLanguageModel model(tiny_encoder_options(kMaskedLm));
  model.initialise(1);
  const TokenBatch input = random_tokens({6, 2, 4}, 30, 1);
  std::vector<int32_t> all(12);
  std::iota(all.begin(), all.end(), 0);
  const Tensor every = model.features(input, all).value();
  const std::vector<int32_t> places = {11, 0, 7, 7};
  const Tensor some = model.features(input, places).value();
  ASSERT_EQ(some.shape(), Shape({4, 12}));
  for (size_t i = 0; i < places.size(); ++i) {
    golden::expect_near(some.narrow(0, static_cast<int64_t>(i), 1), every.narrow(0, places[i], 1), 1e-6, "a place");
  }
}

TEST(MaskedLanguageModel, PreparedForPredictionItSaysTheSame) {
  const NoGrad no_grad;
  Golden golden("bert_masked_lm");
  golden.model().prepare(WeightType::kFloat32);
  const Variable features = golden.model().features(golden.input(), golden.integers("input.places"));
  golden::expect_near(golden.model().output()(features).value(), golden.file().tensor("output.logits"), 1e-5, "logits");
}

}  // namespace
}  // namespace rotor
