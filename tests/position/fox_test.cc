#include "position/fox.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "kernel/forgetting.h"
#include "position/formula.h"
#include "random_tensor.h"

namespace rotor {
namespace {

TEST(Fox, MakesAGateForEachHeadOfKeysOfTheLayersInput) {
  const auto fox = make_fox({}, {12, 4, true, 2});
  fox->initialise(1);
  const auto parameters = fox->parameters();
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0].name, "gate.weight");
  EXPECT_EQ(parameters[0].variable.shape(), (Shape{2, 12}));
  EXPECT_EQ(parameters[1].name, "gate.bias");
  EXPECT_EQ(fox->touches().key_columns, 1);
  EXPECT_EQ(fox->key_columns(random_tensor({3, 5, 12}, 1)).shape(), (Shape{3, 5, 2}));
  EXPECT_EQ(make_fox({}, {12, 4, false})->key_columns(random_tensor({7, 12}, 1)).shape(), (Shape{7, 4}));
}

TEST(Fox, ForgetsByTheKeysLastColumn) {
  const auto fox = make_fox({}, {12, 2, true});
  const Tensor q = random_tensor({2, 2, 3, 7}, 1), k = random_tensor({2, 2, 9, 7}, 2),
               scores = random_tensor({2, 2, 3, 9}, 3);
  const Tensor gates = k.narrow(3, 6, 1).contiguous().reshape({2, 2, 9});
  golden::expect_near(fox->on_scores(scores, q, k, {5, 3}, {0, 9}).value(), add_forgetting(scores, gates, 5), 0,
                      "all keys");
  const Tensor near = gates.narrow(2, 4, 5).contiguous();
  golden::expect_near(fox->on_scores(scores.narrow(3, 4, 5).contiguous(), q, k.narrow(2, 4, 5), {5, 3}, {4, 5}).value(),
                      add_forgetting(scores.narrow(3, 4, 5).contiguous(), near, 1), 0, "the keys of a window");
}

}  // namespace
}  // namespace rotor
