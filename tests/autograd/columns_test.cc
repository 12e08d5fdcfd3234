#include "autograd/columns.h"

#include <cmath>

#include "autograd/elementwise.h"
#include "autograd/gradient_check.h"
#include "golden.h"
#include "random_tensor.h"

namespace rotor {
namespace {

TEST(Columns, AreJoinedAndTakenApartOnTheLastAxis) {
  const Tensor a = random_tensor({2, 3, 4}, 1), b = random_tensor({2, 3, 2}, 2);
  const Variable joined = join_columns(transpose(Variable(a.transpose(0, 1).clone()), 0, 1), b);
  ASSERT_EQ(joined.shape(), (Shape{2, 3, 6}));
  golden::expect_near(columns(joined, 0, 4).value().contiguous(), a, 0, "first");
  golden::expect_near(columns(joined, 4, 2).value().contiguous(), b, 0, "second");
}

TEST(Gradient, OfColumns) {
  expect_gradients([](const Inputs& x) { return join_columns(columns(x[0], 1, 2), mul(x[1], x[1])); },
                   {random_tensor({2, 3, 4}, 1), random_tensor({2, 3, 2}, 2)});
}

TEST(Gradient, OfForgetting) {
  for (const int64_t first : {0, 2, 4}) {
    expect_gradients([=](const Inputs& x) { return add_forgetting(x[0], x[1], first); },
                     {random_tensor({2, 2, 3, 7}, 1), random_tensor({2, 2, 7}, 2)});
  }
}

}  // namespace
}  // namespace rotor
