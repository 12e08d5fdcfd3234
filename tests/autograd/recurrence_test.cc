#include "autograd/recurrence.h"

#include "autograd/gradient_check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(Gradient, OfGatedRecurrence) {
  const Packing packing(4, {3, 1, 4});
  expect_gradients([&](const Inputs& x) { return gated_recurrence(x[0], x[1], packing); },
                   {random_tensor({8, 3}, 1), random_tensor({8, 3}, 2)});
}

TEST(GatedRecurrence, HasGradientsFromZerosOnly) {
  const Packing packing(2, {2});
  const Variable z(random_tensor({2, 3}, 1), true), x(random_tensor({2, 3}, 2), true);
  const Variable cells = gated_recurrence(z, x, packing, random_tensor({1, 3}, 3));
  EXPECT_TRUE(says(message_of<Error>([&] { backward(sum(cells)); }), "decode under NoGrad"));
}

}  // namespace
}  // namespace rotor
