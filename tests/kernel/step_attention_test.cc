#include "kernel/step_attention.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "kernel/attention.h"
#include "kernel/heads.h"
#include "kernel/products.h"
#include "kernel/rows.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

/// A block of keys and values a position, each of `rows` rows, and where the rows of a batch find theirs.
struct Cache {
  Cache(int64_t rows, int64_t heads, int64_t width, int64_t length) {
    for (int64_t t = 0; t < length; ++t) {
      blocks.push_back(random_tensor({rows, 2, heads, width}, 10 + t));  // keys and values side by side
      const float* data = blocks[t].data();
      const int64_t row = 2 * heads * width;
      positions.push_back({data, data + heads * width, row, width, row, width});
    }
    for (int64_t i = 0; i < rows * length; ++i) origins.push_back(static_cast<int32_t>((i * 7 + i / 3) % rows));
  }

  /// Keys (which = 0) or values (1) as one tensor [rows, H, length, d].
  Tensor whole(int64_t which) const {
    const int64_t rows = blocks[0].size(0), heads = blocks[0].size(2), width = blocks[0].size(3);
    const auto length = static_cast<int64_t>(blocks.size());
    const Tensor result({rows, heads, length, width});
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t t = 0; t < length; ++t) {
        const Tensor from = blocks[t].narrow(0, origins[r * length + t], 1).narrow(1, which, 1);  // [1, 1, H, d]
        result.narrow(0, r, 1).narrow(2, t, 1).copy_from(from.transpose(1, 2));
      }
    }
    return result;
  }

  CachedKeys keys(int64_t begin = 0) const { return {positions, origins, blocks[0].size(2), begin}; }

  std::vector<Tensor> blocks;
  std::vector<CachedPosition> positions;
  std::vector<int32_t> origins;
};

TEST(StepAttention, IsFusedAttentionOnGatheredKeys) {
  for (int64_t width : {5, 16, 32, 64}) {
    for (int64_t length : {1, 2, 17}) {
      const Cache cache(6, 3, width, length);
      const Tensor q = heads_tensor(6, 3, 1, width);
      q.copy_from(random_tensor({6, 3, 1, width}, 1));
      const Tensor context = step_attention(q, cache.keys());
      const Tensor expected = fused_attention(q, cache.whole(0), cache.whole(1), {}, {}, Tensor());
      golden::expect_near(context, expected, 1e-5, "context");
    }
  }
}

TEST(StepAttention, SeesThePositionsOfAWindowOnly) {
  const Cache cache(4, 2, 16, 21);
  const Tensor q = random_tensor({4, 2, 1, 16}, 1);
  for (int64_t begin : {0, 1, 8, 20}) {
    AttentionMask mask;
    mask.first_query = 20;
    mask.window = 21 - begin;
    const Tensor expected = fused_attention(q, cache.whole(0), cache.whole(1), mask, {}, Tensor());
    golden::expect_near(step_attention(q, cache.keys(begin)), expected, 1e-5, "context");
    const Tensor weights = masked_softmax(step_scores(q, cache.keys(begin)), {});
    EXPECT_EQ(weights.size(3), 21 - begin);
    golden::expect_near(step_context(weights, 16, cache.keys(begin)), expected, 1e-5, "context of the halves");
  }
}

TEST(StepAttention, OfGroupsOfHeadsIsThatOfRepeatedKeys) {
  for (int64_t width : {5, 32}) {
    const Cache cache(4, 2, width, 9);
    const Tensor q = random_tensor({4, 6, 1, width}, 1), weights = random_tensor({4, 6, 1, 9}, 2);
    const Tensor k = repeat_heads(cache.whole(0), 3), v = repeat_heads(cache.whole(1), 3);
    golden::expect_near(step_attention(q, cache.keys()), fused_attention(q, k, v, {}, {}, Tensor()), 1e-5, "context");
    golden::expect_near(step_scores(q, cache.keys()), matmul(q, k.transpose(2, 3)), 1e-5, "scores");
    golden::expect_near(step_context(weights, width, cache.keys()), matmul(weights, v), 1e-5, "sum of values");
  }
  const Cache cache(4, 2, 8, 3);
  EXPECT_THROW(step_attention(random_tensor({4, 3, 1, 8}, 1), cache.keys()), Error);
}

TEST(StepAttention, IsTheSameForAnyThreads) {
  const Cache cache(40, 4, 64, 30);
  const Tensor q = random_tensor({40, 4, 1, 64}, 1);
  expect_the_same_for_any_threads([&] { return std::vector{step_attention(q, cache.keys())}; });
}

TEST(StepAttention, RefusesOriginsOfAnotherSize) {
  const Cache cache(2, 1, 8, 3);
  const std::span<const int32_t> few(cache.origins.data(), 5);
  const Tensor q = random_tensor({2, 1, 1, 8}, 1);
  EXPECT_THROW(step_attention(q, {cache.positions, few, 1}), Error);
  EXPECT_THROW(step_attention(q, cache.keys(3)), Error) << "no position to see";
  EXPECT_THROW(step_context(random_tensor({2, 1, 1, 3}, 1), 8, cache.keys(1)), Error) << "weights of all positions";
}

TEST(MemoryAttention, IsFusedAttentionOnTheRowsAskedFor) {
  for (int64_t queries : {1, 4, 5}) {
    for (int64_t width : {5, 32}) {
      const Tensor k = random_tensor({5, 3, 19, width}, 1), v = random_tensor({5, 3, 19, width}, 2);
      const Tensor q = random_tensor({4, 3, queries, width}, 3);
      const std::vector<int32_t> origins = {4, 0, 0, 2}, lengths = {19, 1, 16, 17};
      const Tensor context = memory_attention(q, transposed_keys(k), v, origins, lengths);
      const Tensor keys({4, 3, 19, width}), values({4, 3, 19, width});
      for (int64_t b = 0; b < 4; ++b) {
        keys.narrow(0, b, 1).copy_from(k.narrow(0, origins[b], 1));
        values.narrow(0, b, 1).copy_from(v.narrow(0, origins[b], 1));
      }
      const AttentionMask mask{lengths, {}};
      golden::expect_near(context, fused_attention(q, keys, values, mask, {}, Tensor()), 1e-5, "context");

      const Tensor grouped = random_tensor({4, 6, queries, width}, 4);
      golden::expect_near(memory_attention(grouped, transposed_keys(k), v, origins, lengths),
                          fused_attention(grouped, keys, values, mask, {}, Tensor()), 1e-5, "context of groups");
      expect_same_bits(memory_weights(grouped, transposed_keys(k), origins, lengths, 19),
                       memory_weights(grouped, transposed_keys(repeat_heads(k, 2)), origins, lengths, 19),
                       "weights of groups");
    }
  }
}

TEST(MemoryAttention, RefusesLengthsAndLayoutsThatItCannotRead) {
  const Tensor k = random_tensor({2, 3, 7, 5}, 1), v = random_tensor({2, 3, 7, 5}, 2),
               q = random_tensor({2, 3, 1, 5}, 3);
  const Tensor keys = transposed_keys(k);
  const std::vector<int32_t> origins = {0, 1}, lengths = {7, 3}, longer = {7, 8}, few = {7};
  EXPECT_NO_THROW(memory_attention(q, keys, v, origins, lengths));
  EXPECT_THROW(memory_attention(q, keys, v, origins, longer), Error);
  EXPECT_THROW(memory_attention(q, keys, v, origins, few), Error);
  EXPECT_THROW(memory_attention(q, keys, laid_out_as_transposed(v, 2, 3), origins, lengths), Error);
  EXPECT_THROW(memory_attention(laid_out_as_transposed(q, 1, 3), keys, v, origins, lengths), Error);
  EXPECT_NO_THROW(memory_weights(q, keys, origins, lengths, 7));
  EXPECT_THROW(memory_weights(q, keys, origins, longer, 7), Error);
  EXPECT_THROW(memory_weights(q, keys, origins, std::vector<int32_t>{7, 30}, 30), Error) << "more than there are keys";
  EXPECT_THROW(memory_weights(q, keys, few, lengths, 7), Error);
  EXPECT_THROW(memory_weights(laid_out_as_transposed(q, 1, 3), keys, origins, lengths, 7), Error);
}

}  // namespace
}  // namespace rotor
