#include "nn/norm.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "random_tensor.h"

namespace rotor {
namespace {

TEST(Residual, NormsLastOrFirstAsAsked) {
  Residual last(6, {}, false, 0), first(6, {}, true, 0);
  for (Residual* residual : {&last, &first}) residual->initialise(1);
  const Variable x = random_tensor({4, 6}, 1);
  auto sublayer = [](const Variable& in) { return scale(in, 3); };
  const Norm& norm = last;
  golden::expect_near(last(x, sublayer).value(), norm(scale(x, 4)).value(), 1e-6, "LN(x + f(x))");
  golden::expect_near(first(x, sublayer).value(), add(x, scale(norm(x), 3)).value(), 1e-6, "x + f(LN(x))");
}

TEST(Residual, DropsTheSublayersOutputOnly) {
  Residual residual(1, {}, true, 0.5f);
  residual.initialise(1);
  seed_random_operators(1);
  const Tensor y = residual(Tensor::full({1000, 1}, 1), [](const Variable&) {
                     return Tensor::full({1000, 1}, 1);
                   }).value();
  for (float value : y.span()) EXPECT_TRUE(value == 1 || value == 3) << value;
}

}  // namespace
}  // namespace rotor
