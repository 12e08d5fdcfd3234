#include "attention/training_keys.h"

#include <gtest/gtest.h>

#include "attention/heads.h"
#include "autograd/packing.h"
#include "golden.h"
#include "position/table.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

constexpr int64_t kHeads = 2, kWidth = 4;

TEST(TrainingKeys, AttendToPackedTokensAsToTheBatch) {
  const Packing packing(3, {2, 3});
  const AttentionMask mask{{2, 3}, {2, 3}};
  for (const char* name : {"none", "rope", "shaw"}) {  // the first stays packed
    std::shared_ptr<PositionEncoding> position = position_encoding(name).make({}, {kHeads * kWidth, kHeads, false});
    position->initialise(1);
    const auto kernel = make_kernel({}, {kHeads, kHeads, kWidth}, position);
    const Variable q = random_tensor({5, kHeads * kWidth}, 1), k = random_tensor({5, kHeads * kWidth}, 2),
                   v = random_tensor({5, kHeads * kWidth}, 3);
    const auto packed = kernel->once({}), padded = kernel->once({});
    packed->absorb(k, v, {0, 3}, packing);
    padded->absorb(unpack(k, packing), unpack(v, packing), {0, 3}, Packing());
    const Variable expected = padded->attend(unpack(q, packing), {0, 3}, mask, Packing());
    golden::expect_near(packed->attend(q, {0, 3}, mask, packing).value(), pack(expected, packing).value(), 1e-6, name);
    EXPECT_EQ(packed->rows(), 2);
  }
}

/// What is fused is computed again, its dropout too, from the form in which a linear layer gets it.
TEST(TrainingKeys, GiveContextsThatLinearLayersNeedNotHold) {
  for (const bool pads : {false, true}) {
    const Packing packing(3, {pads ? 2 : 3, 3});
    const Shape shape = pads ? Shape{5, kHeads * kWidth} : Shape{2, 3, kHeads * kWidth};
    for (const char* name : {"none", "rope", "shaw"}) {
      std::shared_ptr<PositionEncoding> position = position_encoding(name).make({}, {kHeads * kWidth, kHeads, true});
      position->initialise(1);
      const auto kernel = make_kernel({.dropout = 0.3}, {kHeads, kHeads, kWidth}, position);
      const auto state = kernel->once({});
      state->absorb(random_tensor(shape, 2), random_tensor(shape, 3), {0, 3}, packing);
      const Variable context = state->attend(random_tensor(shape, 1), {0, 3}, {}, packing);
      const Tensor kept = context.kept().value();
      EXPECT_EQ(kept.data() == context.value().data(), std::string(name) == "shaw") << name;
      expect_same_bits(kept, context.value(), name);
    }
  }
}

TEST(TrainingKeys, ComeInOneBlockAndStayInTheirRows) {
  const auto kernel = make_kernel({}, {kHeads, kHeads, kWidth}, std::make_shared<PositionEncoding>());
  const Tensor k = random_tensor({1, kHeads, 2, kWidth}, 1);
  const auto state = kernel->once({});
  absorb(*state, k, k, {0, 2});
  EXPECT_THROW(absorb(*state, k, k, {2, 2}), Error);
  EXPECT_THROW(state->select(std::vector<int64_t>{0}), Error);
}

}  // namespace
}  // namespace rotor
