#include "attention/training_keys.h"

#include <gtest/gtest.h>

#include "attention/heads.h"
#include "autograd/packing.h"
#include "golden.h"
#include "position/table.h"
#include "random_tensor.h"

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
