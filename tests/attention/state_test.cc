#include "attention/state.h"

#include <gtest/gtest.h>

#include "autograd/elementwise.h"
#include "autograd/packing.h"
#include "golden.h"
#include "kernel/attention.h"
#include "random_tensor.h"

namespace rotor {
namespace {

constexpr int64_t kRows = 3, kHeads = 2, kWidth = 4;

/// What a state should hold after `lengths` blocks, as one tensor [rows, H, T, d].
class Filled {
 public:
  Variable keys(int64_t begin, int64_t length) const { return all_.narrow(2, begin, length); }
  Variable values(int64_t begin, int64_t length) const { return other_.narrow(2, begin, length); }

  void append_to(KeyValueState& state, int64_t length) const {
    const int64_t begin = state.length();
    state.append(keys(begin, length), values(begin, length));
  }

 private:
  Tensor all_ = random_tensor({kRows, kHeads, 200, kWidth}, 1), other_ = random_tensor({kRows, kHeads, 200, kWidth}, 2);
};

void expect_rows(const KeyValueState& state, const Filled& filled, const std::vector<int64_t>& rows) {
  const int64_t length = state.length();
  ASSERT_EQ(state.rows(), static_cast<int64_t>(rows.size()));
  for (size_t r = 0; r < rows.size(); ++r) {
    const auto row = static_cast<int64_t>(r);
    golden::expect_near(state.keys().value().narrow(0, row, 1), filled.keys(0, length).value().narrow(0, rows[r], 1), 0,
                        "keys");
    golden::expect_near(state.values().value().narrow(0, row, 1),
                        filled.values(0, length).value().narrow(0, rows[r], 1), 0, "values");
  }
}

TEST(KeyValueState, IsEmptyAtFirst) {
  KeyValueState state;
  EXPECT_EQ(state.length(), 0);
  EXPECT_EQ(state.rows(), 0);
  state.select(std::vector<int64_t>{0, 0});
  EXPECT_EQ(state.length(), 0);
}

TEST(KeyValueState, KeepsBlocksInOrderWhileItGrows) {
  const NoGrad no_grad;
  const Filled filled;
  KeyValueState state;
  for (int64_t length : {1, 1, 3, 10, 1, 1, 30, 1, 100, 52}) {
    filled.append_to(state, length);
    expect_rows(state, filled, {0, 1, 2});
  }
  EXPECT_EQ(state.length(), 200);
}

TEST(KeyValueState, AttendsToScatteredKeysAsToACopyOfThem) {
  const NoGrad no_grad;
  const Filled filled;
  KeyValueState state;
  const Tensor q = random_tensor({4, kHeads, 1, kWidth}, 3);
  for (int64_t length : {3, 1, 2}) filled.append_to(state, length);
  golden::expect_near(
      state.attend_step(q.narrow(0, 0, 3)),
      fused_attention(q.narrow(0, 0, 3), state.keys().value(), state.values().value(), {}, {}, Tensor()), 1e-6,
      "rows as they came");
  state.select(std::vector<int64_t>{2, 2, 0, 1});
  const Tensor next = random_tensor({4, kHeads, 1, kWidth}, 7);
  state.append(next, next);
  state.select(std::vector<int64_t>{3, 0, 1, 1});
  golden::expect_near(state.attend_step(q),
                      fused_attention(q, state.keys().value(), state.values().value(), {}, {}, Tensor()), 1e-6,
                      "rows selected");
}

TEST(KeyValueState, KeepsPackedTokensUntilSomebodyAsksForTheBatch) {
  const NoGrad no_grad;
  const Packing packing(3, {2, 3});
  const Variable k = random_tensor({5, kHeads * kWidth}, 1), v = random_tensor({5, kHeads * kWidth}, 2);
  KeyValueState packed, padded;
  packed.keep_packed(k, v, packing, kHeads);
  padded.append(split_heads(unpack(k, packing), kHeads), split_heads(unpack(v, packing), kHeads));
  EXPECT_EQ(packed.packed_keys().x.value().data(), k.value().data());
  EXPECT_TRUE(packed.packed_values().packing.active());
  for (KeyValueState* state : {&packed, &padded}) state->select(std::vector<int64_t>{1, 1, 0});
  EXPECT_FALSE(packed.packed_values().packing.active()) << "rows moved";
  EXPECT_EQ(packed.rows(), 3);
  golden::expect_near(packed.keys().value(), padded.keys().value(), 0, "keys");
  golden::expect_near(packed.values().value(), padded.values().value(), 0, "values");
  EXPECT_FALSE(packed.packed_keys().packing.active());
}

TEST(KeyValueState, SelectRepeatsDropsAndReordersRows) {
  const NoGrad no_grad;
  const Filled filled;
  for (const std::vector<int64_t>& rows : {std::vector<int64_t>{2, 0, 1}, {1, 1, 1}, {2}, {0, 0, 1, 1, 2, 2}}) {
    KeyValueState state;
    filled.append_to(state, 5);
    filled.append_to(state, 2);
    state.select(rows);
    expect_rows(state, filled, rows);
  }
}

TEST(KeyValueState, RepeatedRowsGoOnApart) {
  const NoGrad no_grad;
  const Filled filled;
  KeyValueState state;
  filled.append_to(state, 4);
  state.select(std::vector<int64_t>{1, 1});
  const Tensor next = random_tensor({2, kHeads, 1, kWidth}, 7);
  state.append(next, next);
  golden::expect_near(state.keys().value().narrow(2, 4, 1), next, 0, "a token each");
  state.select(std::vector<int64_t>{1, 0});
  golden::expect_near(state.keys().value().narrow(2, 4, 1).narrow(0, 0, 1), next.narrow(0, 1, 1), 0, "exchanged");
  golden::expect_near(state.keys().value().narrow(2, 0, 4).narrow(0, 1, 1), filled.keys(0, 4).value().narrow(0, 1, 1),
                      0, "before");
}

TEST(KeyValueState, TheFirstBlockKeepsItsGradientAndLaterOnesAreForDecoding) {
  const Variable k(random_tensor({1, 1, 2, 4}, 1), true);
  KeyValueState state;
  state.append(k, k);
  backward(sum(mul(state.keys(), state.values())));
  EXPECT_EQ(k.gradient().data()[0], 2 * k.value().data()[0]);
  EXPECT_THROW(state.append(k, k), Error);
}

}  // namespace
}  // namespace rotor
