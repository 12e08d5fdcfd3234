#include "autograd/linear_attention.h"

#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "golden.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(PositiveFeatures, AreOneMoreThanEluAndNeverZero) {
  const Tensor y = positive_features(Tensor::of({5}, {-80, -1, 0, 0.5, 3})).value();
  EXPECT_NEAR(y.data()[1], std::exp(-1), 1e-7);
  EXPECT_EQ(y.data()[2], 1);
  EXPECT_EQ(y.data()[3], 1.5);
  EXPECT_EQ(y.data()[4], 4);
  EXPECT_GT(y.data()[0], 0);
}

TEST(Gradient, OfPositiveFeatures) {
  const Function f = [](const Inputs& x) { return positive_features(x[0]); };
  expect_gradients(f, {random_away_from_zero({3, 5}, 1)});
  const Function view = [](const Inputs& x) { return positive_features(transpose(x[0], 0, 1)); };
  expect_gradients(view, {random_away_from_zero({3, 5}, 1)});
}

/// Positive inputs: small denominators would make differences inexact.
Tensor positive(Shape shape, uint64_t seed) {
  Tensor x = random_tensor(shape, seed);
  for (float& value : x.span()) value = 0.5f + std::abs(value);
  return x;
}

/// Inputs q, k, v, plain q, plain k for `queries` and `keys` positions.
std::vector<Tensor> inputs(int64_t queries, int64_t keys) {
  return {random_tensor({2, 2, queries, 4}, 1), random_tensor({2, 2, keys, 4}, 2), random_tensor({2, 2, keys, 3}, 3),
          positive({2, 2, queries, 4}, 4), positive({2, 2, keys, 4}, 5)};
}

Function attention(const AttentionMask& mask) {
  return [mask](const Inputs& x) { return linear_attention(x[0], x[1], x[2], x[3], x[4], mask, {}); };
}

TEST(Gradient, OfLinearAttentionWithPadding) {
  expect_gradients(attention({{4, 2}, {3, 1}}), inputs(3, 4));
}

/// 35 positions: two chunks.
TEST(Gradient, OfCausalLinearAttentionOverChunks) {
  expect_gradients(attention({{}, {35, 3}, true}), inputs(35, 35));
}

/// Log scales [2,2,length] that rise by `step` every 20 positions, and by as much from head to head.
Tensor rising_scales(int64_t length, float step) {
  Tensor scales({2, 2, length});
  for (int64_t i = 0; i < scales.elements(); ++i) {
    scales.data()[i] = step * static_cast<float>(i / length + i % length / 20);
  }
  return scales;
}

/// The context by loops in double; without scales they are undefined.
Tensor by_formula(const std::vector<Tensor>& x, int64_t length, bool causal, int64_t second_length,
                  const Tensor& scales) {
  Tensor expected = Tensor::zeros({2, 2, length, 3});
  auto dot = [&](const Tensor& a, const Tensor& b, int64_t bh, int64_t m, int64_t n) {
    double sum = 0;
    for (int64_t c = 0; c < 4; ++c) {
      sum += static_cast<double>(a.data()[(bh * length + m) * 4 + c]) * b.data()[(bh * length + n) * 4 + c];
    }
    return sum;
  };
  for (int64_t bh = 0; bh < 4; ++bh) {
    const int64_t real = bh < 2 ? length : second_length;
    for (int64_t m = 0; m < real; ++m) {
      double numerators[3] = {}, denominator = 0;
      for (int64_t n = 0; n < (causal ? m + 1 : real); ++n) {
        const double scale = scales.defined() ? std::exp(static_cast<double>(scales.data()[bh * length + n])) : 1;
        const double weight = scale * dot(x[0], x[1], bh, m, n);
        for (int64_t c = 0; c < 3; ++c) numerators[c] += weight * x[2].data()[(bh * length + n) * 3 + c];
        denominator += scale * dot(x[3], x[4], bh, m, n);
      }
      for (int64_t c = 0; c < 3; ++c) {
        expected.data()[(bh * length + m) * 3 + c] = static_cast<float>(numerators[c] / denominator);
      }
    }
  }
  return expected;
}

TEST(LinearAttention, FollowsItsFormula) {
  for (const bool causal : {false, true}) {
    const int64_t length = 75;  // three chunks
    const AttentionMask mask = causal ? AttentionMask{{}, {75, 34}, true} : AttentionMask{{75, 34}, {75, 34}};
    const auto x = inputs(length, length);
    const Tensor y = attention(mask)({x.begin(), x.end()}).value();
    golden::expect_near(y, by_formula(x, length, causal, 34, {}), 1e-5, causal ? "causal" : "both sides");
  }
}

TEST(LinearAttention, RefusesAWindow) {
  const auto x = inputs(4, 4);
  EXPECT_THROW(attention({{}, {}, true, 0, 2})({x.begin(), x.end()}), Error);
}

TEST(LinearAttention, WeighsKeysByTheirScales) {
  const int64_t length = 75;
  const auto x = inputs(length, length);
  for (const float step : {1.f, 60.f}) {  // e^60 leaves nothing of what came before
    const Tensor scales = rising_scales(length, step);
    const Tensor y = linear_attention(x[0], x[1], x[2], x[3], x[4], {{}, {75, 34}, true}, {}, scales).value();
    golden::expect_near(y, by_formula(x, length, true, 34, scales), 1e-5, fmt::format("steps of {}", step));
  }
}

TEST(Gradient, OfLinearAttentionWithScales) {
  const Tensor scales = rising_scales(45, 0.7f);
  const Function f = [&](const Inputs& x) {
    return linear_attention(x[0], x[1], x[2], x[3], x[4], {{}, {45, 25}, true}, {}, scales);
  };
  expect_gradients(f, inputs(45, 45));
}

TEST(LinearAttention, RefusesScalesThatFallOrThatNoMaskOrders) {
  const auto x = inputs(3, 3);
  auto attend = [&](const AttentionMask& mask, const Tensor& scales) {
    return linear_attention(x[0], x[1], x[2], x[3], x[4], mask, {}, scales);
  };
  EXPECT_NO_THROW(attend({{}, {}, true}, rising_scales(3, 1)));
  EXPECT_THROW(attend({{}, {}, false}, rising_scales(3, 1)), Error);
  EXPECT_THROW(attend({{}, {}, true}, rising_scales(4, 1)), Error);
  Tensor falling = Tensor::zeros({2, 2, 3});
  falling.data()[11] = -1;
  EXPECT_THROW(attend({{}, {}, true}, falling), Error);
  const NoGrad no_grad;
  LinearAttentionSums past;
  past.add_keys({x[0], x[1], x[2], x[3], x[4]});
  EXPECT_THROW(linear_attention(x[0], x[1], x[2], x[3], x[4], {{}, {}, true}, past, rising_scales(3, 1)), Error);
}

TEST(LinearAttention, GivesTheSameBitsForAnyNumberOfThreads) {
  expect_the_same_for_any_threads([] {
    Inputs x;
    for (const Tensor& tensor : inputs(70, 70)) x.emplace_back(tensor, true);
    const Variable y = attention({{}, {70, 41}, true})(x);
    backward(sum(mul(reshape(y, y.shape()), random_tensor(y.shape(), 9))));
    return std::vector<Tensor>{y.value(),       x[0].gradient(), x[1].gradient(),
                               x[2].gradient(), x[3].gradient(), x[4].gradient()};
  });
}

}  // namespace
}  // namespace rotor
