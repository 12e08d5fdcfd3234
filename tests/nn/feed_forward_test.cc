#include "nn/feed_forward.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "golden.h"
#include "random_tensor.h"

namespace rotor {
namespace {

TEST(FeedForward, IsTwoLinearLayersAroundItsActivation) {
  for (const std::string& name : activation_names()) {
    FeedForward layer(6, 10, activation(name), true, 0);
    layer.fc1.initialise(1);
    layer.fc2.initialise(2);
    const Variable x = random_tensor({4, 6}, 1);
    const auto& [_, apply, gate] = activation(name);
    EXPECT_EQ(gate != nullptr, layer.fc3 != nullptr);
    if (gate) layer.fc3->initialise(3);
    const Variable inner = gate ? gate(layer.fc1(x), (*layer.fc3)(x)) : apply(layer.fc1(x));
    golden::expect_near(layer(x).value(), layer.fc2(inner).value(), 1e-6, name);
  }
}

TEST(FeedForward, HasNoBiasesIfAskedForNone) {
  const FeedForward layer(6, 10, activation("relu"), false, 0);
  EXPECT_FALSE(layer.fc1.bias.defined() || layer.fc2.bias.defined());
}

TEST(Activations, NameTheChoicesWhenThereIsNoSuch) {
  EXPECT_TRUE(says(message_of<Error>([] { activation("tanh"); }), "'tanh'", "relu, gelu"));
}

}  // namespace
}  // namespace rotor
