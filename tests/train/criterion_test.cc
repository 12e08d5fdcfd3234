#include "train/criterion.h"

#include <gtest/gtest.h>

#include "model/encoder_golden.h"
#include "model/tiny_model.h"
#include "random_tensor.h"
#include "tensor/allocator.h"
#include "threads.h"
#include "train/adam.h"

namespace rotor {
namespace {

TransformerOptions small_options() {
  TransformerOptions o = tiny_options();
  o.encoder.embed_dim = o.decoder.embed_dim = 64;
  o.encoder.ffn_embed_dim = o.decoder.ffn_embed_dim = 128;
  o.encoder.attention_heads = o.decoder.attention_heads = 4;
  o.source_vocabulary = o.target_vocabulary = 500;
  o.dropout = o.attention.dropout = o.activation_dropout = 0.1;
  o.position.encoding = "rope";
  return o;
}

/// Sentences of `shortest` … `longest` tokens, as many as fit `rows`.
Batch batch_of(int64_t rows, int64_t shortest, int64_t longest, uint64_t seed) {
  std::vector<int64_t> lengths;
  for (int64_t row = 0; row < rows; ++row) lengths.push_back(shortest + row % (longest - shortest + 1));
  Batch batch;
  batch.source = random_tokens(lengths, 500, seed);
  batch.decoder_input = random_tokens(lengths, 500, seed + 1);
  batch.target = random_tokens(lengths, 500, seed + 2);
  return batch;
}

TEST(Criterion, LossAndGradientsHaveTheSameBitsForAnyThreads) {
  EncoderDecoder model(small_options());
  model.initialise(1);
  ParameterBuffer parameters(model);
  const Batch batch = batch_of(30, 12, 25, 1);
  expect_the_same_for_any_threads([&] {
    parameters.zero_gradients();
    seed_random_operators(3);
    const Loss loss = label_smoothed_cross_entropy(features_of(model), model.output(), batch, 0.1);
    backward(loss.loss);
    return std::vector{loss.loss.value(), parameters.gradients().clone(),
                       Tensor::full({}, static_cast<float>(loss.nll)),
                       Tensor::full({}, static_cast<float>(norm(parameters.gradients())))};
  });
}

/// The batch of a golden of a masked language model.
Batch batch_of(const EncoderGolden<MaskedLanguageModel>& golden) {
  Batch batch;
  batch.source = golden.input();
  batch.source_tokens = std::ssize(golden.input().packed());
  batch.places = golden.integers("input.places");
  batch.target = TokenBatch::of({golden.integers("input.targets")});
  return batch;
}

TEST(Criterion, OfAMaskedLanguageModelIsTransformers) {
  for (const char* name : {"bert_masked_lm", "roformer_masked_lm"}) {
    EncoderGolden<MaskedLanguageModel> golden(name);
    const Batch batch = batch_of(golden);
    const Features features = features_of(golden.model());
    golden.expect_gradients(training_loss(features, golden.model().output(), batch, {.label_smoothing = 0}).loss);
  }
}

TEST(Criterion, RDropOfTypedTokensComparesEqualPassesWithoutDropout) {
  const NoGrad no_grad;
  EncoderGolden<MaskedLanguageModel> golden("bert_masked_lm");
  const OptimizationOptions options{.label_smoothing = 0, .rdrop_alpha = 5};
  const Loss both = training_loss(features_of(golden.model()), golden.model().output(), batch_of(golden), options);
  EXPECT_NEAR(both.loss.value().item() / golden.file().tensor("output.loss").item(), 2, 1e-5);
}

TEST(Criterion, ANanParameterGivesANanLoss) {
  EncoderDecoder model(small_options());
  model.initialise(1);
  const Batch batch = batch_of(4, 5, 8, 1);
  for (const auto& [name, variable, initialiser] : model.parameters()) {
    const float kept = variable.value().data()[0];
    if (name.find("embed_tokens") != name.npos) continue;  // word 0 does not occur as input
    variable.value().data()[0] = NAN;
    EXPECT_TRUE(
        std::isnan(label_smoothed_cross_entropy(features_of(model), model.output(), batch, 0.1).loss.value().item()))
        << name;
    variable.value().data()[0] = kept;
  }
}

TEST(Criterion, RDropComparesTwoPassesUnderOtherDropout) {
  TransformerOptions quiet = small_options();
  quiet.dropout = quiet.attention.dropout = quiet.activation_dropout = 0;
  const Batch batch = batch_of(10, 3, 9, 1);
  auto losses = [&](const TransformerOptions& model_options) {
    EncoderDecoder model(model_options);
    model.initialise(1);
    std::vector<double> found;
    for (const double alpha : {0.0, 1e-6, 5.0}) {
      seed_random_operators(3);
      const Loss loss = training_loss(features_of(model), model.output(), batch, {.rdrop_alpha = alpha});
      found.push_back(loss.loss.value().item());
    }
    return found;
  };
  const auto same = losses(quiet), other = losses(small_options());
  EXPECT_NEAR(same[1] / same[0], 2, 1e-5);
  EXPECT_NEAR(same[2] / same[0], 2, 1e-5) << "no dropout, no disagreement";
  EXPECT_NEAR(other[1] / other[0], 2, 0.05);
  EXPECT_GT(other[2], other[1] * 1.0001);
}

TEST(Training, AsksTheSystemForNoMemoryInSteadyState) {
  EncoderDecoder model(small_options());
  model.initialise(1);
  ParameterBuffer parameters(model);
  Adam adam({}, parameters);
  const Batch batches[] = {batch_of(30, 12, 25, 1), batch_of(8, 60, 90, 4), batch_of(100, 3, 6, 7)};
  auto step = [&](const Batch& batch) {
    parameters.zero_gradients();
    backward(label_smoothed_cross_entropy(features_of(model), model.output(), batch, 0.1).loss);
    adam.step(1e-4, 1e-3f);
  };
  for (int i = 0; i < 6; ++i) step(batches[i % 3]);
  const int64_t before = allocator_statistics().slabs;
  for (int i = 0; i < 9; ++i) step(batches[i % 3]);
  EXPECT_EQ(allocator_statistics().slabs, before);
}

TEST(Norm, IsTheRootOfTheSumOfSquaresForAnyThreads) {
  const Tensor x = random_tensor({100000}, 1);
  double squares = 0;
  for (const float value : x.span()) squares += static_cast<double>(value) * value;
  const double alone = [&] {
    const Threads one(1);
    return norm(x);
  }();
  EXPECT_NEAR(alone, std::sqrt(squares), 1e-9);
  for (const int count : {2, 8}) {
    const Threads several(count);
    EXPECT_EQ(norm(x), alone) << count << " threads";
  }
  EXPECT_EQ(norm(Tensor::of({2}, {3, 4})), 5);
  x.data()[7] = NAN;
  EXPECT_TRUE(std::isnan(norm(x)));
}

}  // namespace
}  // namespace rotor
