// The properties of FAVOR+: it estimates softmax attention without bias, step by step as in one pass, whatever the
// padding and the size of the numbers.
#include "autograd/favor.h"

#include "autograd/favor_attention.h"
#include "autograd/gradient_check.h"
#include "autograd/layers.h"
#include "golden.h"
#include "kernel/random_features.h"
#include "kernel/simd.h"
#include "threads.h"

namespace rotor {
namespace {

AttentionMask causal_mask(std::vector<int32_t> lengths = {}) {
  return {{}, std::move(lengths), true};
}

/// Random queries, keys [2,2,length,4] and values [2,2,length,3].
std::vector<Tensor> heads(int64_t length, uint64_t seed = 1) {
  return {random_tensor({2, 2, length, 4}, seed), random_tensor({2, 2, length, 4}, seed + 1),
          random_tensor({2, 2, length, 3}, seed + 2)};
}

/// The same, with keys whose norms are small at first and large later, in steps, so that the largest exponent rises
/// from about 0 to beyond 100, and with small exponents below −200 in between.
std::vector<Tensor> loud_heads(int64_t length) {
  auto x = heads(length);
  for (int64_t t = 0; t < length; ++t) {
    const int64_t level = 8 * t / length;
    x[1].narrow(2, t, 1).copy_from(
        random_tensor({2, 2, 1, 4}, 100 + t, level % 2 ? 2.0 * static_cast<double>(level) : 0.5));
  }
  return x;
}

FavorProjection projection_of(int64_t m, uint64_t seed, float scale = 1) {
  const Tensor w = random_features(m, 4, seed);
  for (float& value : w.span()) value *= scale;
  return FavorProjection(w);
}

TEST(Gradient, OfFavorWithPadding) {
  const Function f = [](const Inputs& x) { return attention(x, projection_of(7, 1), {{5, 3}, {5, 2}}, same); };
  expect_gradients(f, heads(5));
}

TEST(Gradient, OfCausalFavorOverChunks) {
  const Function f = [](const Inputs& x) { return attention(x, projection_of(7, 1), causal_mask({35, 3}), same); };
  expect_gradients(f, heads(35));
}

TEST(Favor, MapsTheLargestExponentTo1) {
  const FavorProjection projection = projection_of(9, 1);
  const auto x = loud_heads(20);
  const Tensor queries = favor_queries(x[0], projection, {}), keys = favor_keys(x[1], projection, {}, {}).features;
  for (int64_t row = 0; row < 80; ++row) EXPECT_NEAR(maximum(queries.contiguous().data() + 9 * row, 9), 1. / 3, 1e-6);
  for (int64_t n = 0; n < 4; ++n) EXPECT_NEAR(maximum(keys.contiguous().data() + 180 * n, 180), 1. / 3, 1e-6);
}

/// e^(q·k/√d) estimated by one draw: the features' product times what their shifts took away, for queries x[0] and keys
/// x[1], both [1,1,1,d].
double estimate(const Tensor& q, const Tensor& k, const FavorProjection& projection) {
  const Tensor of_q = favor_queries(q, projection, {}), of_k = favor_keys(k, projection, causal_mask(), {}).features;
  const Tensor shift_of_q = favor_keys(q, projection, causal_mask(), {}).log_scales;  // of one position: its largest
  const Tensor shift_of_k = favor_keys(k, projection, causal_mask(), {}).log_scales;
  double product = 0;
  for (int64_t j = 0; j < projection.features(); ++j) product += static_cast<double>(of_q.data()[j]) * of_k.data()[j];
  return product * std::exp(shift_of_q.item() + shift_of_k.item());
}

TEST(Favor, EstimatesTheExponentialKernelWithoutBias) {
  constexpr int kDraws = 4000;
  for (uint64_t pair = 0; pair < 3; ++pair) {
    const Tensor q = random_tensor({1, 1, 1, 4}, pair), k = random_tensor({1, 1, 1, 4}, 50 + pair);
    double dot = 0, sum = 0, squares = 0;
    for (int i = 0; i < 4; ++i) dot += static_cast<double>(q.data()[i]) * k.data()[i];
    for (int draw = 0; draw < kDraws; ++draw) {
      const double value = estimate(q, k, projection_of(6, 1000 + draw));
      sum += value;
      squares += value * value;
    }
    const double mean = sum / kDraws, error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
    EXPECT_LT(error, 0.05 * mean) << "the test can tell nothing: pair " << pair;
    EXPECT_NEAR(mean, std::exp(dot / 2), 4 * error + 1e-4 * mean) << "pair " << pair;  // √d = 2
  }
}

/// The error of FAVOR+ against softmax attention, as the root of its mean square over `draws` draws, and that of the
/// mean over the draws.
struct Errors {
  double single, of_mean;
};

Errors errors(int64_t m, int draws, const AttentionMask& mask) {
  const std::vector<Tensor> x{random_tensor({1, 2, 6, 4}, 1, 0.3), random_tensor({1, 2, 6, 4}, 2, 0.3),
                              random_tensor({1, 2, 6, 3}, 3)};               // large norms have large variances
  const Variable scores = scale(matmul(x[0], transpose(x[1], 2, 3)), 0.5f);  // 1/√d
  const Tensor exact = matmul(masked_softmax(scores, mask), x[2]).value();
  const Tensor mean = Tensor::zeros(exact.shape());
  double squares = 0, of_mean = 0;
  for (int draw = 0; draw < draws; ++draw) {
    const Tensor y = attention({x.begin(), x.end()}, projection_of(m, 10 * m + draw), mask, same).value().contiguous();
    for (int64_t i = 0; i < y.elements(); ++i) squares += std::pow(y.data()[i] - exact.data()[i], 2) / draws;
    mean.add(y, 1.f / static_cast<float>(draws));
  }
  for (int64_t i = 0; i < mean.elements(); ++i) of_mean += std::pow(mean.data()[i] - exact.data()[i], 2);
  return {std::sqrt(squares / exact.elements()), std::sqrt(of_mean / exact.elements())};
}

TEST(Favor, ApproachesSoftmaxAttentionAsOneOverTheRootOfTheFeatures) {
  for (const AttentionMask& mask : {AttentionMask{}, causal_mask()}) {
    constexpr int kDraws = 300;
    double before = 0;
    for (int64_t m : {16, 64, 256}) {
      const Errors found = errors(m, kDraws, mask);
      EXPECT_NEAR(before > 0 ? found.single / before : 0.5, 0.5, 0.1) << m << " features";
      EXPECT_LT(found.of_mean, 0.15 * found.single) << m << " features";  // 1/√300, and the ratio's bias of order 1/m
      before = found.single;
    }
  }
}

/// Decodes x in blocks of these sizes.
Tensor decode(const std::vector<Tensor>& x, const FavorProjection& projection, const std::vector<int64_t>& blocks) {
  const NoGrad no_grad;
  const AttentionMask mask = causal_mask();
  Tensor y(x[2].shape());
  LinearAttentionSums past;
  int64_t begin = 0;
  for (int64_t size : blocks) {
    const Tensor v = x[2].narrow(2, begin, size);
    const Variable queries = favor_queries(x[0].narrow(2, begin, size), projection, mask);
    const KeyFeatures keys = favor_keys(x[1].narrow(2, begin, size), projection, mask, past);
    const Tensor &f = keys.features.value(), &scales = keys.log_scales;
    const Variable context = linear_attention(queries, f, v, queries, f, mask, past, scales);
    y.narrow(2, begin, size).copy_from(context.value());
    past.add_keys({Tensor(), f, v, Tensor(), f, scales});
    begin += size;
  }
  return y;
}

TEST(Favor, DecodesATokenAtATimeAsInOnePass) {
  for (const float scale : {1.f, 4.f}) {
    const FavorProjection projection = projection_of(11, 1, scale);
    const auto x = loud_heads(70);
    const Tensor whole = attention({x.begin(), x.end()}, projection, causal_mask(), same).value();
    golden::expect_near(decode(x, projection, std::vector<int64_t>(70, 1)), whole, 1e-5, "token by token");
    golden::expect_near(decode(x, projection, {40, 1, 1, 28}), whole, 1e-5, "in blocks");
  }
}

TEST(Favor, DependsOnNeitherPaddingNorOtherRows) {
  const FavorProjection projection = projection_of(11, 1, 4);
  const auto x = loud_heads(40);
  for (const bool causal : {false, true}) {
    const AttentionMask mask = causal ? causal_mask({40, 23}) : AttentionMask{{40, 23}, {40, 23}};
    Inputs all, alone;
    for (const Tensor& tensor : x) {
      all.emplace_back(tensor, true);
      alone.emplace_back(tensor.narrow(0, 1, 1).narrow(2, 0, 23).clone(), true);
    }
    const Variable y = attention(all, projection, mask, same);
    const Variable own = attention(alone, projection, {{}, {}, causal}, same);
    expect_same_bits(y.value().narrow(0, 1, 1).narrow(2, 0, 23), own.value(), "output");
    const Tensor weights = random_tensor(y.shape(), 9);
    backward(y, weights);
    backward(own, weights.narrow(0, 1, 1).narrow(2, 0, 23).clone());
    for (int i = 0; i < 3; ++i) {
      const Tensor d = all[i].gradient().narrow(0, 1, 1), of_padding = d.narrow(2, 23, 17).clone();
      golden::expect_near(d.narrow(2, 0, 23), alone[i].gradient(), 1e-5, fmt::format("gradient {}", i));
      for (float value : of_padding.span()) EXPECT_EQ(value, 0);
    }
  }
}

TEST(Favor, DoesNotLookAhead) {
  const FavorProjection projection = projection_of(11, 1, 4);
  auto x = loud_heads(40);
  const Tensor before = attention({x.begin(), x.end()}, projection, causal_mask(), same).value();
  x[1].narrow(2, 20, 20).fill(30);
  const Tensor after = attention({x.begin(), x.end()}, projection, causal_mask(), same).value();
  expect_same_bits(after.narrow(2, 0, 20), before.narrow(2, 0, 20), "the first 20 positions");
}

TEST(Favor, GivesTheSameBitsForAnyNumberOfThreads) {
  expect_the_same_for_any_threads([] {
    Inputs x;
    for (const Tensor& tensor : loud_heads(70)) x.emplace_back(tensor, true);
    const Variable y = attention(x, projection_of(19, 1), causal_mask({70, 41}), same);
    backward(y, random_tensor(y.shape(), 9));
    return std::vector<Tensor>{y.value(), x[0].gradient(), x[1].gradient(), x[2].gradient()};
  });
}

/// Weights are positive and sum to 1, so no context exceeds the largest value.
TEST(Favor, SurvivesExponentsOfHundreds) {
  const FavorProjection projection = projection_of(16, 1, 12);
  for (const bool causal : {false, true}) {
    Inputs x;
    for (const Tensor& tensor : loud_heads(1500)) x.emplace_back(tensor, true);
    const Tensor scales = favor_keys(x[1].value(), projection, causal_mask(), {}).log_scales;
    ASSERT_GT(maximum(scales.data(), scales.elements()), 200);
    const Variable y = attention(x, projection, {{}, {}, causal}, same);
    const Tensor v = x[2].value();
    const float largest = maximum(v.data(), v.elements());
    const Tensor context = y.value().contiguous();
    EXPECT_LE(maximum(context.data(), context.elements()), largest);
    for (float value : context.span()) ASSERT_TRUE(std::isfinite(value));
    backward(y, random_tensor(y.shape(), 9));
    for (const Variable& input : x) {
      const Tensor gradient = input.gradient().contiguous();
      for (float value : gradient.span()) ASSERT_TRUE(std::isfinite(value));
    }
  }
}

TEST(Favor, ComputesFeaturesAgainAndHoldsNone) {
  const auto x = loud_heads(20);
  const Variable q(x[0], true), k(x[1], true);
  const Variable queries = favor_queries(q, projection_of(7, 1), causal_mask());
  const KeyFeatures keys = favor_keys(k, projection_of(7, 1), causal_mask(), {});
  const Variable y =
      linear_attention(queries, keys.features, x[2], queries, keys.features, causal_mask(), {}, keys.log_scales);
  for (const Variable* features : {&queries, &keys.features}) {
    EXPECT_FALSE(features->value().is_shared());
    expect_same_bits(features->kept().value(), features->value(), "computed again");
  }
}

TEST(Favor, RefusesHeadsOfAnotherWidth) {
  EXPECT_THROW(favor_queries(random_tensor({1, 1, 3, 5}, 1), projection_of(7, 1), {}), Error);
  EXPECT_THROW(favor_keys(random_tensor({1, 1, 3, 5}, 1), projection_of(7, 1), {}, {}), Error);
}

}  // namespace
}  // namespace rotor
