#include "autograd/contextual.h"

#include "autograd/gradient_check.h"

namespace rotor {
namespace {

TEST(AddContextual, HasTheGradientsThatDifferencesShow) {
  for (const int64_t positions : {2, 20}) {  // of two, most sums are clipped
    expect_gradients([&](const Inputs& in) { return add_contextual(in[0], in[1], 2); },
                     {random_tensor({2, 2, 3, 6}, 1), random_tensor({2, 2, 3, positions}, 2)}, 5e-3);
  }
}

}  // namespace
}  // namespace rotor
