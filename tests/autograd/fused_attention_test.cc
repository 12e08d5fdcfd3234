// fused_attention of autograd/layers.h against softmax(q kᵀ) v written with three operators.
#include <gtest/gtest.h>

#include "autograd/elementwise.h"
#include "autograd/gradient_check.h"
#include "autograd/layers.h"
#include "autograd/packing.h"
#include "golden.h"
#include "threads.h"

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

/// Packed tokens, and how many heads they have.
struct Side {
  Packing packing;
  int64_t heads, head_width;

  int64_t width() const { return heads * head_width; }
  /// The form that a batch without padding has.
  Variable split(const Variable& x) const {
    return split_heads(reshape(x, {packing.rows(), packing.length(), width()}), heads);
  }
  Variable input(const Variable& x) const { return packing.active() ? x : split(x); }
  Variable padded(const Variable& x) const {
    return packing.active() ? split_heads(unpack(x, packing), heads) : split(x);
  }
};

void expect_the_same_packed_and_padded(const Side& q, const Side& k, const AttentionMask& mask) {
  Inputs packed, whole;
  for (Inputs* inputs : {&packed, &whole}) {
    inputs->emplace_back(random_tensor({q.packing.tokens(), q.width()}, 1), true);
    for (uint64_t seed : {2, 3}) inputs->emplace_back(random_tensor({k.packing.tokens(), k.width()}, seed), true);
  }
  seed_random_operators(4);
  const Variable keys = k.input(packed[1]), values = k.input(packed[2]);
  const Variable actual = fused_attention({packed[0], q.packing, q.heads}, {keys, k.packing, k.heads},
                                          {values, k.packing, k.heads}, mask, 0.2f, 0.5f);
  seed_random_operators(4);
  const Variable padded = fused_attention(q.padded(whole[0]), k.padded(whole[1]), k.padded(whole[2]), mask, 0.2f, 0.5f);
  const Variable expected = pack(merge_heads(padded), q.packing);
  expect_same_bits(actual.value(), expected.value(), "context");
  const Tensor upstream = random_tensor(actual.shape(), 5);
  for (const Variable& y : {actual, expected}) backward(sum(mul(y, upstream)));
  for (int i : {0, 1, 2}) golden::expect_near(packed[i].gradient(), whole[i].gradient(), 0, "gradient");
}

/// Queries packed, keys packed or without padding: the same numbers and gradients as of the batch.
TEST_P(FusedAttention, OfPackedTokensIsThatOfTheBatch) {
  const Side queries{Packing(4, {2, 4, 3}), 4, GetParam()};
  for (const int64_t heads : {4, 2, 1}) {
    for (const int64_t window : {0, 2}) {
      expect_the_same_packed_and_padded(queries, {Packing(5, {5, 1, 3}), heads, GetParam()},
                                        {{5, 1, 3}, {2, 4, 3}, false, 0, window});
      expect_the_same_packed_and_padded(queries, {Packing(4, {4, 4, 4}), heads, GetParam()},
                                        {{}, {2, 4, 3}, true, 0, window});
    }
  }
}

/// Query heads in groups: keys and values repeated for each head give the same contexts, and their gradients add up.
TEST_P(FusedAttention, OfGroupsOfHeadsIsThatOfRepeatedKeys) {
  const AttentionMask mask{{70, 41}, {70, 60}, true};
  const std::vector<Tensor> start = {random_tensor({2, 6, 70, GetParam()}, 1), random_tensor({2, 2, 70, GetParam()}, 2),
                                     random_tensor({2, 2, 70, GetParam()}, 3)};
  Inputs grouped, repeated;
  for (const Tensor& x : start) {
    grouped.emplace_back(x, true);
    repeated.emplace_back(x, true);
  }
  seed_random_operators(4);
  const Variable actual = fused_attention(grouped[0], grouped[1], grouped[2], mask, 0.2f);
  seed_random_operators(4);
  const Variable expected =
      fused_attention(repeated[0], repeat_heads(repeated[1], 3), repeat_heads(repeated[2], 3), mask, 0.2f);
  expect_same_bits(actual.value(), expected.value(), "context");
  const Tensor upstream = random_tensor(actual.shape(), 5);
  for (const Variable& y : {actual, expected}) backward(y, upstream);
  for (int i : {0, 1, 2}) golden::expect_near(grouped[i].gradient(), repeated[i].gradient(), 1e-5, "gradient");
}

TEST(AttentionOfHeads, RefusesKeyHeadsThatDoNotDivideTheQueryHeads) {
  const Tensor q = random_tensor({1, 3, 4, 8}, 1), two = random_tensor({1, 2, 4, 8}, 2),
               one = random_tensor({1, 1, 4, 8}, 3);
  EXPECT_THROW(fused_attention(q, two, two, {}, 0), Error);
  EXPECT_THROW(fused_attention(q, one, q, {}, 0), Error) << "as many heads of values as of keys";
  const Packing packing(3, {2, 3});
  const Variable tokens = random_tensor({5, 9}, 4);
  EXPECT_THROW(fused_attention({tokens, packing, 2}, {tokens, packing, 3}, {tokens, packing, 3}, {}, 0, 1), Error);
}

TEST(AttentionOfHeads, AgreesWithTheGoldensForwardAndBackward) {
  const SafeTensors file = golden::open("operators");
  for (const std::string name :
       {"window", "window_causal", "window_later", "grouped", "grouped_causal", "grouped_window"}) {
    auto read = [&](const std::string& part) { return file.tensor("heads_attention." + name + "." + part); };
    auto number = [&](const std::string& part) { return golden::integers(file, "heads_attention." + name + part)[0]; };
    const AttentionMask mask{golden::integers(file, "heads_attention." + name + ".key_lengths"),
                             {},
                             name.ends_with("causal") || name == "grouped_window",
                             number(".first_query"),
                             number(".window")};
    for (const bool fused : {true, false}) {
      Inputs x;
      for (const char* part : {"q", "k", "v"}) x.emplace_back(read(part), true);
      const float root = 1 / std::sqrt(static_cast<float>(x[0].size(3)));
      const int64_t group = x[0].size(1) / x[1].size(1);
      const Variable scores = scale(matmul(x[0], transpose(repeat_heads(x[1], group), 2, 3)), root);
      const Variable y = fused ? fused_attention(x[0], x[1], x[2], mask, 0, root)
                               : matmul(masked_softmax(scores, mask), repeat_heads(x[2], group));
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
