#include "kernel/favor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "golden.h"
#include "kernel/element.h"
#include "kernel/random_features.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

constexpr int64_t kBatch = 2, kHeads = 3;

/// h_j of row x[b, h, t].
double exponent(const Tensor& x, const Tensor& w, int64_t b, int64_t h, int64_t t, int64_t j) {
  const double root = std::pow(static_cast<double>(x.size(3)), -0.25);
  double sum = 0;
  for (int64_t c = 0; c < x.size(3); ++c) {
    const double scaled = root * element(x, b, h, t, c);
    sum += element(w, j, c) * scaled - scaled * scaled / 2;
  }
  return sum;
}

double largest_exponent(const Tensor& x, const Tensor& w, int64_t b, int64_t h, int64_t t) {
  double largest = -INFINITY;
  for (int64_t j = 0; j < w.size(0); ++j) largest = std::max(largest, exponent(x, w, b, h, t, j));
  return largest;
}

/// The features of x at shifts s [B,H,T], 0 from lengths[b] on.
Tensor features(const Tensor& x, const Tensor& w, const Tensor& s, const std::vector<int32_t>& lengths) {
  const int64_t length = x.size(2), m = w.size(0);
  const Tensor y = Tensor::zeros({kBatch, kHeads, length, m});
  for (int64_t i = 0; i < y.elements(); ++i) {
    const int64_t j = i % m, t = i / m % length, h = i / m / length % kHeads, b = i / m / length / kHeads;
    if (t >= lengths[b]) continue;
    const double value = std::exp(exponent(x, w, b, h, t, j) - element(s, b, h, t)) + kFavorEpsilon;
    y.data()[i] = static_cast<float>(value / std::sqrt(static_cast<double>(m)));
  }
  return y;
}

struct Case {
  int64_t length, d, m;
};
const Case kCases[] = {{1, 1, 1}, {5, 7, 13}, {50, 16, 33}};  // products take 48 rows at a time

/// Numbers of which those from lengths[b] on are not numbers: padding must not be read.
Tensor padded(const Case& c, const std::vector<int32_t>& lengths, uint64_t seed) {
  Tensor x = random_tensor({kBatch, kHeads, c.length, c.d}, seed);
  for (int64_t b = 0; b < kBatch; ++b) {
    x.narrow(0, b, 1).narrow(2, lengths[b], c.length - lengths[b]).fill(NAN);
  }
  return laid_out_as_transposed(x, 1, 2);
}

TEST(Favor, OfQueriesIsItsFormulaAtTheirLargestExponents) {
  for (const Case& c : kCases) {
    const Tensor w = random_features(c.m, c.d, 1);
    const std::vector<int32_t> lengths = {static_cast<int32_t>(c.length), static_cast<int32_t>(c.length / 2)};
    const Tensor q = padded(c, lengths, 2), s = Tensor::zeros({kBatch, kHeads, c.length});
    for (int64_t i = 0; i < s.elements(); ++i) {
      const int64_t n = i / c.length;
      s.data()[i] = static_cast<float>(largest_exponent(q, w, n / kHeads, n % kHeads, i % c.length));
    }
    const Tensor y = favor_queries(q, FavorProjection(w), {{}, lengths});
    golden::expect_near(y, features(q, w, s, lengths), 1e-5, "features");
    EXPECT_TRUE(y.transpose(1, 2).is_contiguous());
  }
}

TEST(Favor, OfKeysIsItsFormulaAtTheLargestExponentOfThoseSeen) {
  for (const Case& c : kCases) {
    for (const bool causal : {false, true}) {
      const Tensor w = random_features(c.m, c.d, 1), s({kBatch, kHeads, c.length});
      const std::vector<int32_t> lengths = {static_cast<int32_t>(c.length), static_cast<int32_t>((c.length + 1) / 2)};
      const Tensor k = padded(c, lengths, 2), past = random_tensor({kBatch, kHeads}, 3);
      for (int64_t n = 0; n < kBatch * kHeads; ++n) {
        double largest = causal ? past.data()[n] : -INFINITY;
        for (int64_t t = 0; t < c.length; ++t) {
          if (t < lengths[n / kHeads]) {
            largest = std::max(largest, largest_exponent(k, w, n / kHeads, n % kHeads, t));
          }
          s.data()[n * c.length + t] = static_cast<float>(largest);
        }
        if (!causal) s.narrow(0, n / kHeads, 1).narrow(1, n % kHeads, 1).fill(static_cast<float>(largest));
      }
      const AttentionMask mask{causal ? std::vector<int32_t>() : lengths, causal ? lengths : std::vector<int32_t>(),
                               causal};
      const FavorKeys keys = favor_keys(k, FavorProjection(w), mask, causal ? past : Tensor());
      golden::expect_near(keys.features, features(k, w, s, lengths), 1e-5, "features");
      EXPECT_EQ(keys.log_scales.defined(), causal);
      if (causal) golden::expect_near(keys.log_scales, s, 1e-6, "log scales");
    }
  }
}

TEST(Favor, DependsNotOnHowManyPositionsCameInOneCall) {
  const FavorProjection projection(random_features(33, 16, 1));
  const Tensor x = random_tensor({kBatch, kHeads, 50, 16}, 2);
  const AttentionMask mask{{}, {}, true};
  const FavorKeys whole = favor_keys(x, projection, mask, {});
  const Tensor queries = favor_queries(x, projection, mask);
  Tensor past;
  for (const auto& [begin, count] : std::vector<std::pair<int64_t, int64_t>>{{0, 1}, {1, 30}, {31, 19}}) {
    const Tensor part = x.narrow(2, begin, count);
    const FavorKeys keys = favor_keys(part, projection, mask, past);
    expect_same_bits(keys.features, whole.features.narrow(2, begin, count), "keys");
    expect_same_bits(keys.log_scales, whole.log_scales.narrow(2, begin, count), "log scales");
    expect_same_bits(favor_queries(part, projection, mask), queries.narrow(2, begin, count), "queries");
    past = keys.log_scales.narrow(2, count - 1, 1).clone().reshape({kBatch, kHeads});
  }
}

/// φ(q) · φ(k) e^s of two keys are in the ratio of e^(q·k/√d).
TEST(Favor, EstimatesTheWeightsOfSoftmax) {
  const Tensor q = Tensor::of({1, 1, 1, 4}, {0.6, -0.3, 0.2, 0.5});
  const Tensor k = Tensor::of({1, 1, 2, 4}, {0.5, -0.4, 0.1, 0.3, -0.4, 0.3, 0.1, -0.2});
  const FavorProjection projection(random_features(80000, 4, 3));
  const Tensor of_q = favor_queries(q, projection, {});
  const FavorKeys keys = favor_keys(k, projection, {{}, {}, true}, {});
  double estimate[2] = {}, scores[2] = {};
  for (int64_t n : {0, 1}) {
    for (int64_t j = 0; j < 80000; ++j) estimate[n] += element(of_q, 0, 0, 0, j) * element(keys.features, 0, 0, n, j);
    estimate[n] *= std::exp(element(keys.log_scales, 0, 0, n));
    for (int64_t c = 0; c < 4; ++c) scores[n] += element(q, 0, 0, 0, c) * element(k, 0, 0, n, c) / 2;
  }
  EXPECT_NEAR(std::log(estimate[0] / estimate[1]), scores[0] - scores[1], 0.02);
}

TEST(Favor, GivesTheGradientWithTheShiftHeld) {
  for (const Case& c : kCases) {
    const Tensor w = random_features(c.m, c.d, 1), x = random_tensor({kBatch, kHeads, c.length, c.d}, 2);
    const std::vector<int32_t> lengths = {static_cast<int32_t>(c.length), static_cast<int32_t>(c.length / 2)};
    const FavorProjection projection(w, 0.01f);
    const Tensor y = favor_queries(x, projection, {{}, lengths}), g = random_tensor(y.shape(), 3);
    const double root = std::pow(static_cast<double>(c.d), -0.25);
    const double added = static_cast<double>(projection.epsilon) / std::sqrt(static_cast<double>(c.m));
    const Tensor expected = Tensor::zeros(x.shape());
    for (int64_t i = 0; i < expected.elements(); ++i) {
      const int64_t n = i / c.d / c.length, b = n / kHeads, h = n % kHeads, t = i / c.d % c.length, at = i % c.d;
      double sum = 0;
      for (int64_t j = 0; j < c.m && t < lengths[b]; ++j) {
        const double slope = root * element(w, j, at) - root * root * element(x, b, h, t, at);
        sum += element(g, b, h, t, j) * (element(y, b, h, t, j) - added) * slope;
      }
      expected.data()[i] = static_cast<float>(sum);
    }
    golden::expect_near(favor_backward(g, x, y, projection), expected, 1e-5, "gradient");
    golden::expect_near(favor_backward(laid_out_as_transposed(g, 2, 3), laid_out_as_transposed(x, 2, 3), y, projection),
                        expected, 1e-5, "gradient of transposed heads");
  }
}

TEST(Favor, GivesTheSameBitsForAnyThreads) {
  const FavorProjection projection(random_features(33, 16, 1));
  const Tensor x = random_tensor({kBatch, kHeads, 50, 16}, 2), g = random_tensor({kBatch, kHeads, 50, 33}, 3);
  expect_the_same_for_any_threads([&] {
    const Tensor y = favor_queries(x, projection, {});
    const FavorKeys keys = favor_keys(x, projection, {{}, {}, true}, {});
    return std::vector{y, keys.features, keys.log_scales, favor_backward(g, x, y, projection)};
  });
}

TEST(Favor, RefusesVectorsOfAnotherWidthAndNone) {
  const FavorProjection projection(random_features(6, 4, 1));
  const Tensor wide = random_tensor({1, 1, 2, 5}, 1);
  EXPECT_THROW(favor_queries(wide, projection, {}), Error);
  EXPECT_THROW(favor_keys(wide, projection, {}, {}), Error);
  EXPECT_THROW(favor_queries(random_tensor({2, 4}, 1), projection, {}), Error);
  EXPECT_THROW(FavorProjection(Tensor({0, 4})), Error);
  EXPECT_THROW(FavorProjection(Tensor::zeros({4})), Error);
}

}  // namespace
}  // namespace rotor
