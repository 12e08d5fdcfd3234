#include "nn/embedding.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(Embedding, ScalesByItsFactorAndStartsWithAZeroPad) {
  Embedding table(50, 16, 1, 4);
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
  Embedding table(20, 4, 1, 2);
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
  Embedding table(20, 4, 1, 2);
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

TEST(OutputLayer, PreparedOrNotItAddsItsBiasAndScoresTheTokensItIsLimitedToOrAskedFor) {
  const NoGrad no_grad;
  const Tensor weight = random_tensor({9, 4}, 1), bias = random_tensor({9}, 2), x = random_tensor({3, 4}, 3);
  OutputLayer plain(weight, bias), prepared(weight, bias), limited(weight, bias), none(weight, bias);
  prepared.prepare(WeightType::kFloat32, weight);
  limited.limit({2, 5});
  limited.prepare(WeightType::kFloat32, weight);
  none.limit({});
  none.prepare(WeightType::kFloat32, weight);
  EXPECT_EQ(none(x).value().shape(), Shape({3, 0}));
  const Tensor all = plain(x).value();
  golden::expect_near(all, linear(x, weight, bias).value(), 1e-6, "plain");
  golden::expect_near(prepared(x).value(), all, 1e-6, "prepared");
  for (const Tensor& some : {limited(x).value(), prepared.only({2, 5})(x), none.only({2, 5})(x)}) {
    ASSERT_EQ(some.shape(), Shape({3, 2}));
    for (int64_t row = 0; row < 3; ++row) {
      EXPECT_NEAR(some.data()[row * 2], all.data()[row * 9 + 2], 1e-6);
      EXPECT_NEAR(some.data()[row * 2 + 1], all.data()[row * 9 + 5], 1e-6);
    }
  }
  EXPECT_TRUE(prepared.tokens().empty());
  EXPECT_EQ(limited.tokens().size(), 2);
}

}  // namespace
}  // namespace rotor
