#include "nn/layers.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(Residual, NormsLastOrFirstAsAsked) {
  Residual last(6, false, 0), first(6, true, 0);
  for (Residual* residual : {&last, &first}) residual->initialise(1);
  const Variable x = random_tensor({4, 6}, 1);
  auto sublayer = [](const Variable& in) { return scale(in, 3); };
  const LayerNorm& norm = last;
  golden::expect_near(last(x, sublayer).value(), norm(scale(x, 4)).value(), 1e-6, "LN(x + f(x))");
  golden::expect_near(first(x, sublayer).value(), add(x, scale(norm(x), 3)).value(), 1e-6, "x + f(LN(x))");
}

TEST(Residual, DropsTheSublayersOutputOnly) {
  Residual residual(1, true, 0.5f);
  residual.initialise(1);
  seed_random_operators(1);
  const Tensor y = residual(Tensor::full({1000, 1}, 1), [](const Variable&) {
                     return Tensor::full({1000, 1}, 1);
                   }).value();
  for (float value : y.span()) EXPECT_TRUE(value == 1 || value == 3) << value;
}

TEST(FeedForward, IsTwoLinearLayersAroundItsActivation) {
  for (Activation activation : {Activation::kRelu, Activation::kGelu}) {
    FeedForward layer(6, 10, activation, 0);
    for (const Linear* part : {&layer.fc1, &layer.fc2}) const_cast<Linear*>(part)->initialise(1);
    const Variable x = random_tensor({4, 6}, 1), inner = layer.fc1(x);
    const Variable expected = layer.fc2(activation == Activation::kRelu ? relu(inner) : gelu(inner));
    golden::expect_near(layer(x).value(), expected.value(), 1e-6, "feed-forward");
  }
}

TEST(Embedding, ScalesByTheRootOfItsWidthAndStartsWithAZeroPad) {
  Embedding table(50, 16, 1);
  table.initialise(1);
  const Tensor weight = table.weight.value();
  for (float value : weight.narrow(0, 1, 1).span()) EXPECT_EQ(value, 0);
  const Tensor row = table(std::vector<int32_t>{7}).value();
  for (int64_t i = 0; i < 16; ++i) EXPECT_EQ(row.data()[i], 4 * weight.data()[7 * 16 + i]);
  double squares = 0;
  for (float value : weight.span()) squares += static_cast<double>(value) * value;
  EXPECT_NEAR(squares / (49 * 16), 1.0 / 16, 0.01) << "N(0, 1/√D)";
}

TEST(Embedding, DropsWholeWordsInTrainingOnly) {
  Embedding table(20, 4, 1);
  table.initialise(1);
  std::vector<int32_t> ids;
  for (int32_t i = 0; i < 4000; ++i) ids.push_back(2 + i % 18);
  const Tensor plain = table(ids).value();
  seed_random_operators(3);
  const Variable dropped = table(ids, 0.25f);
  int64_t zeros = 0;
  for (int64_t row = 0; row < 4000; ++row) {
    const float* values = dropped.value().data() + row * 4;
    const bool zero = values[0] == 0;
    zeros += zero ? 1 : 0;
    for (int64_t c = 0; c < 4; ++c) {
      EXPECT_FLOAT_EQ(values[c], zero ? 0 : plain.data()[row * 4 + c] / 0.75f) << row;
    }
  }
  EXPECT_NEAR(static_cast<double>(zeros), 1000, 80);
  const NoGrad no_grad;
  expect_same_bits(table(ids, 0.25f).value(), plain, "without training");
}

TEST(Embedding, DroppedWordsGetNoGradientAndTheOthersTheirShare) {
  Embedding table(20, 4, 1);
  table.initialise(1);
  const std::vector<int32_t> ids = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  seed_random_operators(3);
  const Variable words = table(ids, 0.5f);
  backward(sum(words));
  for (size_t i = 0; i < ids.size(); ++i) {
    const bool zero = words.value().data()[i * 4] == 0;
    EXPECT_FLOAT_EQ(table.weight.gradient().data()[ids[i] * 4], zero ? 0 : 2 * 2) << "√4 / (1 − 0.5)";
  }
}

}  // namespace
}  // namespace rotor
