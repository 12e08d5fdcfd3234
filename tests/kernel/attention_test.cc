#include "kernel/attention.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "kernel/products.h"
#include "kernel/rows.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(FusedAttention, MergesHeadsAsAView) {
  const Tensor q = random_tensor({2, 3, 5, 8}, 1);
  const Tensor context = fused_attention(q, q, q, {}, {}, {});
  EXPECT_EQ(context.shape(), q.shape());
  EXPECT_TRUE(context.transpose(1, 2).is_contiguous());
}

TEST(FusedAttention, GivesZeroToPaddingQueriesAndToQueriesWithoutKeys) {
  const Tensor q = random_tensor({2, 1, 4, 6}, 1);
  const Tensor context = fused_attention(q, q, q, {{0, 3}, {4, 2}, false, 0}, {}, {}).contiguous();
  for (int64_t i = 0; i < 24; ++i) EXPECT_EQ(context.data()[i], 0) << "no key";
  EXPECT_NE(context.data()[24], 0);
  for (int64_t i = 36; i < 48; ++i) EXPECT_EQ(context.data()[i], 0) << "padding";
}

TEST(FusedAttention, NeverReadsPadding) {
  const Tensor q = random_tensor({1, 2, 5, 8}, 1), k = q.clone(), v = q.clone(), g = random_tensor({1, 2, 5, 8}, 2);
  for (const Tensor* x : {&q, &k, &v, &g}) x->narrow(2, 3, 2).fill(NAN);
  const AttentionMask mask{{3}, {3}, false, 0};
  const Tensor log_sums({1, 2, 5}), context = fused_attention(q, k, v, mask, {}, log_sums);
  const AttentionGradients d = fused_attention_backward(g, q, k, v, mask, {}, log_sums);
  for (const Tensor& x : {context, d.q, d.k, d.v}) {
    const Tensor numbers = x.contiguous();
    for (float value : numbers.span()) EXPECT_FALSE(std::isnan(value));
  }
}

TEST(FusedAttention, NanStaysNanSoThatALossShowsIt) {
  for (int64_t at : {0, 3, 18}) {
    const Tensor q = random_tensor({1, 1, 1, 8}, 1), k = random_tensor({1, 1, 19, 8}, 2);
    k.narrow(2, at, 1).fill(NAN);
    const Tensor context = fused_attention(q, k, Tensor::full(k.shape(), 1), {}, {}, {}).contiguous();
    for (float value : context.span()) EXPECT_TRUE(std::isnan(value)) << at;
  }
}

/// Everything that depends on q, k, v and the gradient g under a mask.
std::vector<Tensor> both_passes(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& g,
                                const AttentionMask& mask, float rate = 0) {
  const Dropout dropout{rate, 77};
  const Tensor log_sums({q.size(0), q.size(1), q.size(2)}), context = fused_attention(q, k, v, mask, dropout, log_sums);
  const AttentionGradients d = fused_attention_backward(g, q, k, v, mask, dropout, log_sums);
  return {context, d.q, d.k, d.v};
}

/// Each query sees its own key, so that its context and the gradient of its value are the factor of one weight.
TEST(FusedAttention, DropsOthersOfTheWeightsThatOneCounterDoesNotReach) {
  constexpr int64_t kLength = 65536;  // of which a head has 2^32 weights
  const Tensor ones = Tensor::full({1, 2, kLength, 4}, 1);
  const auto results = both_passes(ones, ones, ones, ones, {{}, {}, true, 0, 1}, 0.5f);
  golden::expect_near(results[3], results[0], 1e-5, "forward and backward");
  const Tensor context = results[0].contiguous();
  int64_t same = 0;
  for (int64_t i = 0; i < kLength; ++i) {
    same += (context.data()[i * 4] == 0) == (context.data()[(kLength + i) * 4] == 0);
  }
  EXPECT_NEAR(static_cast<double>(same), kLength / 2.0, 1500);
}

TEST(FusedAttention, AWindowAsLongAsTheSentenceIsNone) {
  const Tensor q = random_tensor({2, 3, 130, 16}, 1), k = random_tensor({2, 3, 130, 16}, 2),
               v = random_tensor({2, 3, 130, 16}, 3), g = random_tensor({2, 3, 130, 16}, 4);
  for (const bool causal : {false, true}) {
    AttentionMask mask{{130, 75}, {130, 75}, causal};
    const auto expected = both_passes(q, k, v, g, mask, 0.2f);
    for (int64_t window : {130, 131, 1000}) {
      mask.window = window;
      const auto actual = both_passes(q, k, v, g, mask, 0.2f);
      for (size_t i = 0; i < actual.size(); ++i) expect_same_bits(actual[i], expected[i], fmt::format("result {}", i));
    }
  }
}

TEST(FusedAttention, NeverComputesKeysBeyondTheWindowsOfABlockOfQueries) {
  const Tensor q = random_tensor({1, 1, 300, 8}, 1), k = random_tensor({1, 1, 300, 8}, 2), v = k.clone(), g = q.clone();
  for (const bool causal : {false, true}) {
    const AttentionMask mask{{}, {}, causal, 0, 20};
    for (const Tensor* x : {&k, &v}) {
      x->narrow(2, 0, 40).fill(NAN);
      x->narrow(2, 250, 50).fill(NAN);
    }
    const auto results = both_passes(q, k, v, g, mask);
    for (size_t i = 0; i < results.size(); ++i) {
      const Tensor middle = results[i].narrow(2, 120, 40).contiguous();
      for (float value : middle.span()) ASSERT_FALSE(std::isnan(value)) << "result " << i;
    }
  }
}

TEST(FusedAttention, OfAQueryDependsNeitherOnTheQueriesBesideItNorOnPadding) {
  const Tensor q = random_tensor({1, 2, 200, 16}, 1), k = random_tensor({1, 2, 200, 16}, 2),
               v = random_tensor({1, 2, 200, 16}, 3);
  for (const bool causal : {false, true}) {
    for (int64_t window : {0, 1, 7, 33, 90}) {
      const AttentionMask mask{{170}, {170}, causal, 0, window}, cut{{}, {}, causal, 0, window};
      const Tensor all = fused_attention(q, k, v, mask, {}, {});
      for (int64_t first : {5, 61, 140}) {
        const AttentionMask part{{170}, {}, causal, first, window};
        expect_same_bits(fused_attention(q.narrow(2, first, 30), k, v, part, {}, {}), all.narrow(2, first, 30),
                         fmt::format("queries from {}, window {}", first, window));
      }
      expect_same_bits(fused_attention(q.narrow(2, 0, 170), k.narrow(2, 0, 170), v.narrow(2, 0, 170), cut, {}, {}),
                       all.narrow(2, 0, 170), fmt::format("without padding, window {}", window));
    }
  }
}

TEST(FusedAttention, RefusesHeadsWithoutAContiguousLastAxis) {
  const Tensor q = random_tensor({1, 1, 4, 6}, 1);
  EXPECT_THROW(fused_attention(q, random_tensor({1, 1, 6, 4}, 1).transpose(2, 3), q, {}, {}, {}), Error);
  EXPECT_THROW(fused_attention(random_tensor({4, 6}, 1), q, q, {}, {}, {}), Error);
}

TEST(FusedAttention, GivesTheSameBitsForAnyThreads) {
  const Tensor q = random_tensor({6, 4, 25, 16}, 1), k = random_tensor({6, 4, 30, 16}, 2),
               v = random_tensor({6, 4, 30, 16}, 3);
  for (int64_t window : {0, 4}) {
    const AttentionMask mask{{}, {}, false, 2, window};
    expect_the_same_for_any_threads([&] { return both_passes(q, k, v, v.narrow(2, 0, 25), mask, 0.2f); });
    const Tensor two = k.narrow(1, 0, 2), others = v.narrow(1, 2, 2);
    expect_the_same_for_any_threads([&] { return both_passes(q, two, others, v.narrow(2, 0, 25), mask, 0.2f); });
  }
}

}  // namespace
}  // namespace rotor
