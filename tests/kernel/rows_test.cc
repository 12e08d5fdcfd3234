#include "kernel/rows.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

class LayerNormGolden : public testing::TestWithParam<const char*> {};

TEST_P(LayerNormGolden, AgreesForwardAndBackward) {
  const SafeTensors file = golden::open("operators");
  auto read = [&](const std::string& name) { return file.tensor(fmt::format("layer_norm.{}.{}", GetParam(), name)); };
  const Tensor x = read("x"), weight = read("weight");
  const Tensor statistics({2, x.size(0)}), d_weight = Tensor::zeros(weight.shape()),
                                           d_bias = Tensor::zeros(weight.shape());
  const float epsilon = GetParam() == std::string("eps") ? 0.5f : 1e-5f;
  golden::expect_near(layer_norm(x, weight, read("bias"), statistics, epsilon), read("output"), 1e-5, "output");
  golden::expect_near(layer_norm_backward(read("gradient.output"), x, weight, statistics, d_weight, d_bias),
                      read("gradient.x"), 1e-5, "x");
  golden::expect_near(d_weight, read("gradient.weight"), 1e-5, "weight");
  golden::expect_near(d_bias, read("gradient.bias"), 1e-5, "bias");
}

INSTANTIATE_TEST_SUITE_P(Widths, LayerNormGolden, testing::Values("6", "17", "33", "130", "eps"));

TEST(RmsNorm, AgreesWithTheGoldensForwardAndBackward) {
  const SafeTensors file = golden::open("operators");
  for (const auto& [name, epsilon] :
       std::vector<std::pair<std::string, float>>{{"6", 1e-5f}, {"17", 1e-6f}, {"130", 1e-5f}, {"eps", 0.5f}}) {
    auto read = [&](const std::string& part) { return file.tensor("rms_norm." + name + "." + part); };
    const Tensor x = read("x"), weight = read("weight"), scales({x.size(0)}),
                 d_weight = Tensor::full(weight.shape(), 2);
    golden::expect_near(rms_norm(x, weight, scales, epsilon), read("output"), 1e-5, name);
    golden::expect_near(rms_norm_backward(read("gradient.output"), x, weight, scales, d_weight), read("gradient.x"),
                        1e-5, name);
    d_weight.add(Tensor::full(weight.shape(), -2));
    golden::expect_near(d_weight, read("gradient.weight"), 1e-5, name);
  }
}

TEST(MaskedSoftmax, AgreesWithTheGoldensForwardAndBackward) {
  const SafeTensors file = golden::open("operators");
  for (const std::string name : {"padding", "causal", "causal_padding"}) {
    auto read = [&](const std::string& part) { return file.tensor("softmax." + name + "." + part); };
    const AttentionMask mask{golden::integers(file, "softmax." + name + ".key_lengths"), {}, name != "padding", 0};
    const Tensor weights = masked_softmax(read("x"), mask);
    golden::expect_near(weights, read("output"), 1e-5, name);
    golden::expect_near(softmax_backward(read("gradient.output"), weights), read("gradient.x"), 1e-5, name);
  }
}

TEST(MaskedSoftmax, GivesNothingToPaddingQueries) {
  const Tensor weights = masked_softmax(random_tensor({2, 1, 3, 4}, 1), {{4, 2}, {3, 1}, false, 0});
  const float* second = weights.data() + 12;
  EXPECT_NEAR(second[0] + second[1], 1, 1e-6);
  for (int i : {2, 3, 4, 5, 11}) EXPECT_EQ(second[i], 0) << i;
}

TEST(MaskedSoftmax, SeesTheKeysWithinTheWindow) {
  const int64_t queries = 40, keys = 90;
  const Tensor scores = random_tensor({2, 3, queries, keys}, 1, 3);
  for (const bool causal : {false, true}) {
    for (const int64_t window : {1, 7, 33, 200}) {
      const AttentionMask mask{{90, 60}, {40, 20}, causal, 20, window};
      const Tensor weights = masked_softmax(scores, mask);
      for (int64_t r = 0; r < 6 * queries; ++r) {
        const int64_t b = r / (3 * queries), own = 20 + r % queries;
        const auto sees = [&](int64_t j) {
          return r % queries < mask.query_lengths[b] && j < mask.key_lengths[b] && std::abs(own - j) < window &&
                 (!causal || j <= own);
        };
        const float* row = scores.data() + r * keys;
        double sum = 0;
        for (int64_t j = 0; j < keys; ++j) sum += sees(j) ? std::exp(static_cast<double>(row[j])) : 0;
        for (int64_t j = 0; j < keys; ++j) {
          const double expected = sees(j) ? std::exp(static_cast<double>(row[j])) / sum : 0;
          ASSERT_NEAR(weights.data()[r * keys + j], expected, sees(j) ? 1e-6 : 0) << r << " " << j << " " << window;
        }
      }
      expect_the_same_for_any_threads([&] { return std::vector{masked_softmax(scores, mask)}; });
    }
  }
}

TEST(CrossEntropy, AgreesWithTheGolden) {
  const SafeTensors file = golden::open("operators");
  auto read = [&](const std::string& name) { return file.tensor("label_smoothed_cross_entropy." + name); };
  const Tensor all = read("logits"), gradients = read("gradient.logits");
  const std::vector<int32_t> targets = golden::integers(file, "label_smoothed_cross_entropy.target");
  const float upstream = read("gradient.output").item();
  CrossEntropy total;
  for (int64_t row = 0; row < all.size(0); ++row) {
    if (targets[row] == kPad) continue;
    const Tensor logits = all.narrow(0, row, 1).clone();
    const CrossEntropy sums = cross_entropy_in_place(logits, std::span(&targets[row], 1), 0.1f);
    total.loss += sums.loss;
    total.nll += sums.nll;
    const Tensor scaled = Tensor::zeros(logits.shape());
    scaled.add(logits, upstream);
    golden::expect_near(scaled, gradients.narrow(0, row, 1), 1e-5, "gradient");
  }
  EXPECT_NEAR(total.loss / read("output").item(), 1, 1e-5);
  EXPECT_NEAR(total.nll / read("nll_loss").item(), 1, 1e-5);
}

TEST(CrossEntropy, WithoutSmoothingAllowsImpossibleTokens) {
  const Tensor logits = Tensor::of({1, 3}, {1, -std::numeric_limits<float>::infinity(), 2});
  const std::vector<int32_t> target = {0};
  const CrossEntropy sums = cross_entropy_in_place(logits, target, 0);
  EXPECT_NEAR(sums.loss, std::log(1 + std::exp(1.)), 1e-6);
  EXPECT_EQ(sums.nll, sums.loss);
  EXPECT_NEAR(logits.data()[0], 1 / (1 + std::exp(1.)) - 1, 1e-6);
  EXPECT_NEAR(logits.data()[1], 0, 1e-37);
}

TEST(LogSoftmax, IsTheLogarithmOfSoftmax) {
  const Tensor x = random_tensor({4, 37}, 2, 3), y = log_softmax(x);
  for (int64_t row = 0; row < 4; ++row) {
    double sum = 0;
    for (int64_t i = 0; i < 37; ++i) sum += std::exp(static_cast<double>(x.data()[row * 37 + i]));
    for (int64_t i = 0; i < 37; ++i) EXPECT_NEAR(y.data()[row * 37 + i], x.data()[row * 37 + i] - std::log(sum), 1e-5);
  }
}

TEST(Rows, NanStaysNanSoThatALossShowsIt) {
  for (int64_t at : {0, 5, 36}) {
    const Tensor x = random_tensor({1, 37}, 1);
    x.data()[at] = NAN;
    const Tensor normal = layer_norm(x, Tensor::full({37}, 1), Tensor::zeros({37}), Tensor({2, 1}));
    for (float value : normal.span()) EXPECT_TRUE(std::isnan(value));
    const Tensor scaled = rms_norm(x, Tensor::full({37}, 1), Tensor({1}), 1e-5f);
    for (float value : scaled.span()) EXPECT_TRUE(std::isnan(value));
    const Tensor weights = masked_softmax(x.reshape({1, 1, 1, 37}), {}), logarithms = log_softmax(x);
    for (float value : weights.span()) EXPECT_TRUE(std::isnan(value));
    for (float value : logarithms.span()) EXPECT_TRUE(std::isnan(value));
    const std::vector<int32_t> target = {3};
    EXPECT_TRUE(std::isnan(cross_entropy_in_place(x.clone(), target, 0.1f).loss));
    EXPECT_TRUE(std::isnan(cross_entropy_in_place(x.clone(), target, 0.1f).nll));
  }
}

TEST(SumRows, MatchesThePlainLoopsForFewAndManyRows) {
  for (const auto& [rows, width] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 17}, {5, 17}, {31, 17}, {32, 17}, {33, 17}, {1000, 17}, {3, 1025}, {40, 3000}}) {
    const Tensor x = random_tensor({rows, width}, 1), sums = Tensor::full({width}, NAN),
                 added = Tensor::full({width}, 2);
    sum_rows(x, sums, 0);
    sum_rows(x, added, 1);
    for (int64_t i = 0; i < width; ++i) {
      double expected = 0;
      for (int64_t row = 0; row < rows; ++row) expected += x.data()[row * width + i];
      EXPECT_NEAR(sums.data()[i], expected, 1e-4);
      EXPECT_NEAR(added.data()[i], 2 + expected, 1e-4);
    }
  }
}

TEST(Rows, GiveTheSameBitsForAnyThreads) {
  const Tensor x = random_tensor({777, 130}, 1), g = random_tensor({777, 130}, 2), weight = random_tensor({130}, 3);
  const Tensor wide = random_tensor({40, 3000}, 4);
  const std::vector<int32_t> targets(777, 5);
  expect_the_same_for_any_threads([&] {
    const Tensor sums({130}), statistics({2, 777}), d_weight = Tensor::zeros({130}), d_bias = Tensor::zeros({130});
    const Tensor wide_sums({3000});
    sum_rows(x, sums, 0);
    sum_rows(wide, wide_sums, 0);
    const Tensor y = layer_norm(x, weight, weight, statistics), logits = x.clone();
    const Tensor d_x = layer_norm_backward(g, x, weight, statistics, d_weight, d_bias);
    const Tensor scales({777}), d_scale = Tensor::zeros({130}), z = rms_norm(x, weight, scales, 1e-6f);
    const Tensor d_z = rms_norm_backward(g, x, weight, scales, d_scale);
    const CrossEntropy loss = cross_entropy_in_place(logits, targets, 0.1f);
    return std::vector{z,
                       d_z,
                       d_scale,
                       sums,
                       wide_sums,
                       y,
                       d_x,
                       d_weight,
                       d_bias,
                       logits,
                       log_softmax(x),
                       Tensor::full({}, static_cast<float>(loss.loss)),
                       masked_softmax(x.reshape({7, 3, 37, 130}), {{}, {}, true, 50})};
  });
}

}  // namespace
}  // namespace rotor
