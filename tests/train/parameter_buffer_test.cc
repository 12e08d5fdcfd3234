#include "train/parameter_buffer.h"

#include <gtest/gtest.h>

#include "model/tiny_model.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(ParameterBuffer, HoldsEveryParameterAtAMultipleOf16) {
  EncoderDecoder model(tiny_options());
  model.initialise(1);
  std::vector<Tensor> before;
  for (const auto& parameter : model.parameters()) before.push_back(parameter.variable.value().clone());
  ParameterBuffer buffer(model);
  for (size_t i = 0; i < before.size(); ++i) {
    const Variable& variable = buffer.parameters()[i].variable;
    expect_same_bits(variable.value(), before[i], buffer.parameters()[i].name);
    EXPECT_EQ(variable.value().data(), buffer.part(buffer.values(), i).data());
    EXPECT_EQ(variable.gradient().data(), buffer.part(buffer.gradients(), i).data());
    EXPECT_EQ((variable.value().data() - buffer.values().data()) % 16, 0);
  }
  buffer.values().fill(3);
  for (const auto& parameter : model.parameters()) EXPECT_EQ(parameter.variable.value().data()[0], 3);
}

}  // namespace
}  // namespace rotor
