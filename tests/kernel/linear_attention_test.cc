#include "kernel/linear_attention.h"

#include <gtest/gtest.h>

#include <cmath>

#include "golden.h"
#include "kernel/plain_linear_attention.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

struct Result {
  Tensor context, denominators;
};

Result attend(const LinearAttentionInputs& x, const AttentionMask& mask, const LinearAttentionSums& past = {}) {
  const Tensor denominators({x.q.size(0), x.q.size(1), x.q.size(2)});
  const Tensor context = linear_attention(x, mask, past, denominators);
  return {context, denominators};
}

void expect_plain(const LinearAttentionInputs& x, const AttentionMask& mask, const std::string& what) {
  const auto [context, denominators] = attend(x, mask);
  const PlainLinearAttention plain = plain_linear_attention(x, mask, Tensor::zeros(context.shape()));
  golden::expect_near(context, plain.context, 2e-4, what);
  golden::expect_near(denominators, plain.denominators, 1e-5, what + ", denominators");
  EXPECT_TRUE(context.transpose(1, 2).is_contiguous());
}

TEST(LinearAttention, IsTheRatioOfItsSumsOverTheKeysSeen) {
  for (const auto& [d, e] : std::vector<std::pair<int64_t, int64_t>>{{1, 1}, {7, 5}, {16, 33}}) {
    expect_plain(random_inputs(1, 1, d, e), {}, "one key");
    expect_plain(random_inputs(5, 37, d, e), {{37, 20}, {5, 2}}, "padding");
    expect_plain(random_inputs(5, 9, d, e), {{9, 0}, {}}, "no key");
    for (const int64_t length : {1, 31, 32, 33, 70}) {  // causal sums take 32 positions at a time
      const auto half = static_cast<int32_t>(length / 2), whole = static_cast<int32_t>(length);
      for (const bool scaled : {false, true}) {
        expect_plain(random_inputs(length, length, d, e, scaled), {{}, {}, true}, "causal");
        expect_plain(random_inputs(length, length, d, e, scaled), {{}, {half, whole}, true}, "causal, padding");
        expect_plain(random_inputs(length, length, d, e, scaled), {{whole, half}, {}, true}, "causal, padding of keys");
      }
    }
  }
}

TEST(LinearAttention, KeepsNanSoThatALossShowsIt) {
  const LinearAttentionInputs x = random_inputs(4, 4, 7, 5);
  x.plain_q.narrow(2, 1, 1).fill(NAN);
  for (const bool causal : {false, true}) {
    const Tensor context = attend(x, {{}, {}, causal}).context.contiguous();
    for (int64_t i = 0; i < context.elements(); ++i) {
      EXPECT_EQ(std::isnan(context.data()[i]), i / 5 % 4 == 1) << i;  // of the second query
    }
  }
}

TEST(LinearAttention, SumsOfNoKeysAreZero) {
  LinearAttentionInputs x = random_inputs(1, 3, 7, 5);
  for (const Tensor& keys : {x.k, x.plain_k}) keys.fill(0);
  x.log_scales = Tensor::full({x.k.size(0), x.k.size(1), 3}, -INFINITY);
  LinearAttentionSums sums;
  sums.add_keys(x);
  golden::expect_near(sums.plain, Tensor::zeros(sums.plain.shape()), 0, "plain");
  golden::expect_near(sums.products, Tensor::zeros(sums.products.shape()), 0, "products");
}

TEST(LinearAttention, NeverReadsPadding) {
  for (const bool causal : {false, true}) {
    const LinearAttentionInputs x = random_inputs(9, 9, 7, 5, causal);
    const AttentionMask mask{{6, 9}, {6, 8}, causal};
    const Result before = attend(x, mask);
    for (const Tensor& tensor : {x.q, x.k, x.v, x.plain_q, x.plain_k}) tensor.narrow(0, 0, 1).narrow(2, 6, 3).fill(NAN);
    const Result after = attend(x, mask);
    expect_same_bits(after.context, before.context, "context");
    expect_same_bits(after.denominators, before.denominators, "denominators");
  }
}

TEST(LinearAttention, ContinuesFromTheSumsOfTheKeysBefore) {
  for (const bool scaled : {false, true}) {
    const LinearAttentionInputs x = random_inputs(70, 70, 7, 5, scaled);
    const AttentionMask mask{{}, {}, true};
    const Result whole = attend(x, mask);
    LinearAttentionSums past;
    for (const auto& [begin, count] : std::vector<std::pair<int64_t, int64_t>>{{0, 3}, {3, 1}, {4, 40}, {44, 26}}) {
      const auto part = [&, begin = begin, count = count](const Tensor& t) { return t.narrow(2, begin, count); };
      LinearAttentionInputs next{part(x.q), part(x.k), part(x.v), part(x.plain_q), part(x.plain_k)};
      if (scaled) next.log_scales = part(x.log_scales).contiguous();
      const Result result = attend(next, mask, past);
      golden::expect_near(result.context, part(whole.context), 2e-4, "context");
      golden::expect_near(result.denominators, part(whole.denominators), 1e-5, "denominators");
      past.add_keys(next);
    }
    EXPECT_EQ(past.log_scales.defined(), scaled);
    for (int64_t n = 0; n < 6 && scaled; ++n) {
      EXPECT_EQ(past.log_scales.data()[n], x.log_scales.data()[n * 70 + 69]);
    }
  }
}

/// Scales whose exponentials are beyond float32: only their ratios count.
TEST(LinearAttention, OfHugeScalesIsThatOfTheirRatios) {
  LinearAttentionInputs x = random_inputs(40, 40, 7, 5, true);
  const Result before = attend(x, {{}, {}, true});
  x.log_scales.add(Tensor::full(x.log_scales.shape(), 500));
  const Result after = attend(x, {{}, {}, true});
  golden::expect_near(after.context, before.context, 1e-3, "context");
  golden::expect_near(after.denominators, before.denominators, 1e-3, "denominators");
}

TEST(LinearAttention, GivesTheSameBitsForAnyThreads) {
  const LinearAttentionInputs x = random_inputs(70, 70, 16, 33), scaled = random_inputs(70, 70, 48, 65, true);
  expect_the_same_for_any_threads([&] {
    const Result all = attend(x, {}), causal = attend(scaled, {{}, {}, true});
    LinearAttentionSums sums;
    sums.add_keys(scaled);
    return std::vector{all.context, all.denominators, causal.context, causal.denominators, sums.products, sums.plain};
  });
}

TEST(LinearAttention, RefusesWhatItCannotSum) {
  const LinearAttentionInputs x = random_inputs(4, 4, 3, 3), scaled = random_inputs(4, 4, 3, 3, true);
  const AttentionMask causal{{}, {}, true};
  EXPECT_THROW(attend(x, {{}, {}, true, 0, 2}), Error) << "a window";
  EXPECT_THROW(attend(random_inputs(3, 4, 3, 3), causal), Error) << "fewer queries than keys";
  EXPECT_THROW(attend(scaled, {}), Error) << "scales without a causal mask";
  LinearAttentionInputs bad = x;
  bad.k = laid_out_as_transposed(x.k, 2, 3);
  EXPECT_THROW(attend(bad, {}), Error) << "rows that are not contiguous";
  LinearAttentionSums past;
  past.add_keys(x);
  EXPECT_THROW(attend(scaled, causal, past), Error) << "a past without scales";
  LinearAttentionSums scaled_past;
  scaled_past.add_keys(scaled);
  EXPECT_NO_THROW(attend(scaled, causal));
  scaled_past.log_scales.fill(1000);
  EXPECT_THROW(attend(scaled, causal, scaled_past), Error) << "scales below those of the past";
  scaled.log_scales.data()[3] = scaled.log_scales.data()[2] - 1;
  EXPECT_THROW(attend(scaled, causal), Error) << "scales that fall";
}

}  // namespace
}  // namespace rotor
