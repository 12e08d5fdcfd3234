#include "attention/fixed_memory.h"

#include <gtest/gtest.h>

#include "attention/heads.h"
#include "golden.h"
#include "random_tensor.h"

namespace rotor {
namespace {

constexpr int64_t kHeads = 2, kWidth = 4;

TEST(FixedMemory, ServesSeveralQueriesOfARowAsTrainingKeysServeOne) {
  const NoGrad no_grad;
  const auto kernel = make_kernel({}, {kHeads, kHeads, kWidth}, std::make_shared<PositionEncoding>());
  const Tensor k = random_tensor({2, kHeads, 9, kWidth}, 1), v = random_tensor({2, kHeads, 9, kWidth}, 2),
               q = random_tensor({6, kHeads, 2, kWidth}, 3);  // three rows of queries for each row of keys
  const auto memory = kernel->memory();
  absorb(*memory, k, v, {0, 9});
  const AttentionMask mask{{9, 4}, {}};
  const Tensor contexts = attend(*memory, q, {0, 2}, mask).value();
  for (int64_t row = 0; row < 6; ++row) {
    const auto alone = kernel->once({});
    absorb(*alone, k.narrow(0, row / 3, 1), v.narrow(0, row / 3, 1), {0, 9});
    const Tensor expected = attend(*alone, q.narrow(0, row, 1), {0, 2}, {{row < 3 ? 9 : 4}, {}}).value();
    golden::expect_near(contexts.narrow(0, row, 1), expected, 1e-5, fmt::format("row {}", row));
  }
}

TEST(FixedMemory, SelectedRowsServeAsBefore) {
  const NoGrad no_grad;
  const auto kernel = make_kernel({}, {kHeads, kHeads, kWidth}, std::make_shared<PositionEncoding>());
  const Tensor k = random_tensor({3, kHeads, 5, kWidth}, 1), q = random_tensor({3, kHeads, 1, kWidth}, 3);
  const auto memory = kernel->memory();
  absorb(*memory, k, k, {0, 5});
  const Tensor before = attend(*memory, q, {0, 1}, {{5, 5, 2}, {}}).value().clone();
  memory->select(std::vector<int64_t>{2});
  const Tensor after = attend(*memory, q.narrow(0, 2, 1), {0, 1}, {{2}, {}}).value();
  golden::expect_near(after, before.narrow(0, 2, 1), 0, "source 2");
}

}  // namespace
}  // namespace rotor
