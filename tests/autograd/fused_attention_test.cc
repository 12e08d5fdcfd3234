// fused_attention of autograd/layers.h against softmax(q kᵀ) v written with three operators.
#include <gtest/gtest.h>

#include "autograd/elementwise.h"
#include "autograd/gradient_check.h"
#include "autograd/layers.h"
#include "autograd/packing.h"
#include "golden.h"

namespace rotor {
namespace {

struct Case {
  int64_t queries, keys;
  AttentionMask mask;
  float dropout;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& [queries, keys] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 1}, {1, 7}, {2, 2}, {5, 16}, {17, 17}, {33, 20}, {48, 48}, {49, 100}, {97, 33}, {100, 100}}) {
    const auto q = static_cast<int32_t>(queries), k = static_cast<int32_t>(keys);
    all.push_back({queries, keys, {}, 0});
    all.push_back({queries, keys, {{k, std::max(k / 2, 1)}, {}, false, 0}, 0});
    all.push_back({queries, keys, {{0, k}, {q, (q + 1) / 2}, false, 0}, 0.3f});
    all.push_back({queries, keys, {{}, {}, true, 0}, 0.3f});
    all.push_back({queries, keys, {{k, (k + 2) / 3}, {q, q / 2}, true, std::max<int64_t>(keys - queries, 0)}, 0});
    all.push_back({queries, keys, {{}, {}, true, keys / 2}, 0});
    all.push_back({queries, keys, {{k, (k + 2) / 3}, {q, q / 2}, false, 0, 6}, 0});
    all.push_back({queries, keys, {{k, (k + 2) / 3}, {}, true, keys / 3, 20}, 0.3f});
    all.push_back({queries, keys, {{}, {}, true, 0, 1}, 0});
  }
  return all;
}

/// q, k and v as leaves [B, T, H·d], so that heads lie within tokens as in the model.
Inputs leaves(const Case& c, int64_t heads, int64_t width) {
  return {{random_tensor({2, c.queries, heads * width}, 1), true},
          {random_tensor({2, c.keys, heads * width}, 2), true},
          {random_tensor({2, c.keys, heads * width}, 3), true}};
}

/// As golden::expect_near, but relative to 1 at least: the gradient of a softmax over one key is zero but for rounding.
void expect_close(const Tensor& actual, const Tensor& expected, const std::string& what) {
  ASSERT_EQ(actual.shape(), expected.shape()) << what;
  const Tensor x = actual.contiguous(), y = expected.contiguous();
  double largest = 1, worst = 0;
  for (int64_t i = 0; i < x.elements(); ++i) {
    largest = std::max<double>(largest, std::abs(y.data()[i]));
    worst = std::max<double>(worst, std::abs(x.data()[i] - y.data()[i]));
    ASSERT_FALSE(std::isnan(x.data()[i])) << what;
  }
  EXPECT_LE(worst / largest, 1e-5) << what;
}

class FusedAttention : public testing::TestWithParam<int64_t> {};

TEST_P(FusedAttention, IsSoftmaxOfProductsForwardAndBackward) {
  constexpr int64_t kHeads = 3;
  const int64_t width = GetParam();
  for (const Case& c : cases()) {
    const std::string what = fmt::format("{} queries, {} keys, causal {}, from {}, window {}, dropout {}", c.queries,
                                         c.keys, c.mask.causal, c.mask.first_query, c.mask.window, c.dropout);
    const Inputs fused = leaves(c, kHeads, width), plain = leaves(c, kHeads, width);
    auto heads = [](const Variable& x) { return split_heads(x, kHeads); };
    const float root = 1 / std::sqrt(static_cast<float>(width));
    seed_random_operators(4);
    const Variable actual =
        merge_heads(fused_attention(heads(fused[0]), heads(fused[1]), heads(fused[2]), c.mask, c.dropout, root));
    seed_random_operators(4);
    const Variable scores = matmul(scale(heads(plain[0]), root), transpose(heads(plain[1]), 2, 3));
    const Variable expected = merge_heads(matmul(dropout(masked_softmax(scores, c.mask), c.dropout), heads(plain[2])));
    expect_close(actual.value(), expected.value(), what);
    const Tensor upstream = random_tensor(actual.shape(), 5);
    for (const Variable& y : {actual, expected}) backward(sum(mul(y, upstream)));
    for (int i : {0, 1, 2}) expect_close(fused[i].gradient(), plain[i].gradient(), what);
  }
}

/// Queries packed, keys packed or without padding: the same numbers and gradients as of the batch.
TEST_P(FusedAttention, OfPackedTokensIsThatOfTheBatch) {
  constexpr int64_t kHeads = 2;
  const int64_t width = kHeads * GetParam();
  const Packing queries(4, {2, 4, 3});
  for (const Packing& keys : {Packing(5, {5, 1, 3}), Packing(4, {4, 4, 4})}) {
    const std::vector<int32_t> key_lengths = keys.active() ? std::vector{5, 1, 3} : std::vector<int32_t>{};
    for (int64_t window : {0, 2}) {
      const AttentionMask mask{key_lengths, {2, 4, 3}, !keys.active(), 0, window};
      const auto input = [&](const Variable& x, const Packing& packing) {
        return packing.active() ? x : split_heads(reshape(x, {packing.rows(), packing.length(), width}), kHeads);
      };
      const auto padded = [&](const Variable& x, const Packing& packing) {
        return packing.active() ? split_heads(unpack(x, packing), kHeads) : input(x, packing);
      };
      Inputs packed, whole;
      for (Inputs* inputs : {&packed, &whole}) {
        inputs->emplace_back(random_tensor({queries.tokens(), width}, 1), true);
        for (uint64_t seed : {2, 3}) inputs->emplace_back(random_tensor({keys.tokens(), width}, seed), true);
      }
      seed_random_operators(4);
      const Variable k = input(packed[1], keys), v = input(packed[2], keys);
      const Variable actual = fused_attention({packed[0], queries}, {k, keys}, {v, keys}, kHeads, mask, 0.2f, 0.5f);
      seed_random_operators(4);
      const Variable expected = pack(merge_heads(fused_attention(padded(whole[0], queries), padded(whole[1], keys),
                                                                 padded(whole[2], keys), mask, 0.2f, 0.5f)),
                                     queries);
      golden::expect_near(actual.value(), expected.value(), 0, "context");
      const Tensor upstream = random_tensor(actual.shape(), 5);
      for (const Variable& y : {actual, expected}) backward(sum(mul(y, upstream)));
      for (int i : {0, 1, 2}) golden::expect_near(packed[i].gradient(), whole[i].gradient(), 0, "gradient");
    }
  }
}

TEST(HeadsAttention, AgreesWithTheGoldensForwardAndBackward) {
  const SafeTensors file = golden::open("operators");
  for (const std::string name : {"window", "window_causal", "window_later"}) {
    auto read = [&](const std::string& part) { return file.tensor("heads_attention." + name + "." + part); };
    auto number = [&](const std::string& part) { return golden::integers(file, "heads_attention." + name + part)[0]; };
    const AttentionMask mask{golden::integers(file, "heads_attention." + name + ".key_lengths"),
                             {},
                             name.ends_with("causal"),
                             number(".first_query"),
                             number(".window")};
    for (const bool fused : {true, false}) {
      Inputs x;
      for (const char* part : {"q", "k", "v"}) x.emplace_back(read(part), true);
      const float root = 1 / std::sqrt(static_cast<float>(x[0].size(3)));
      const Variable scores = scale(matmul(x[0], transpose(x[1], 2, 3)), root);
      const Variable y =
          fused ? fused_attention(x[0], x[1], x[2], mask, 0, root) : matmul(masked_softmax(scores, mask), x[2]);
      golden::expect_near(y.value(), read("output"), 1e-5, name);
      backward(y, read("gradient.output"));
      golden::expect_near(x[0].gradient(), read("gradient.q"), 1e-5, name);
      golden::expect_near(x[1].gradient(), read("gradient.k"), 1e-5, name);
      golden::expect_near(x[2].gradient(), read("gradient.v"), 1e-5, name);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(HeadWidths, FusedAttention, testing::Values(4, 6, 8, 32, 64));

}  // namespace
}  // namespace rotor
