#include "autograd/turned_scores.h"

#include "autograd/gradient_check.h"

namespace rotor {
namespace {

TEST(TurnScores, HasTheGradientsThatDifferencesShow) {
  const FrequencyChanges changes{2, {{-0.1, 0.3}, {-0.2, 0.5}, {-0.4, 0.6}}, {1, 2}};
  for (const bool causal : {false, true}) {
    expect_gradients(
        [&](const Inputs& in) {
          return turn_scores(in[0], in[1], in[2], {1, 0, causal}, changes);
        },
        {random_tensor({2, 2, 4, 5}, 1), random_tensor({2, 2, 4, 5}, 2), random_tensor({2, 2, 5, 5}, 3)});
  }
}

}  // namespace
}  // namespace rotor
