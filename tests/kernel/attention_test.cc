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

TEST(FusedAttention, RefusesHeadsWithoutAContiguousLastAxis) {
  const Tensor q = random_tensor({1, 1, 4, 6}, 1);
  EXPECT_THROW(fused_attention(q, random_tensor({1, 1, 6, 4}, 1).transpose(2, 3), q, {}, {}, {}), Error);
  EXPECT_THROW(fused_attention(random_tensor({4, 6}, 1), q, q, {}, {}, {}), Error);
}

TEST(FusedAttention, GivesTheSameBitsForAnyThreads) {
  const Tensor q = random_tensor({6, 4, 25, 16}, 1), k = random_tensor({6, 4, 30, 16}, 2),
               v = random_tensor({6, 4, 30, 16}, 3);
  const Dropout dropout{0.2f, 77};
  expect_the_same_for_any_threads([&] {
    const Tensor log_sums({6, 4, 25}), context = fused_attention(q, k, v, {}, dropout, log_sums);
    const AttentionGradients d = fused_attention_backward(v.narrow(2, 0, 25), q, k, v, {}, dropout, log_sums);
    return std::vector{context, d.q, d.k, d.v};
  });
}

}  // namespace
}  // namespace rotor
