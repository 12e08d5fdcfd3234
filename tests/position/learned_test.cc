#include "position/learned.h"

#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "base/scratch.h"
#include "golden.h"

namespace rotor {
namespace {

std::unique_ptr<PositionEncoding> learned(int64_t max_positions, int64_t width) {
  PositionOptions options;
  options.max_positions = max_positions;
  auto encoding = make_learned(options, {width, 1, false});
  encoding->initialise(3);
  return encoding;
}

TEST(Learned, AddsTheRowsOfItsTable) {
  const auto encoding = learned(9, 4);
  const auto parameters = encoding->parameters("encoder.position.");
  ASSERT_EQ(parameters.size(), 1u);
  EXPECT_EQ(parameters[0].name, "encoder.position.weight");
  const Tensor table = parameters[0].variable.value(), x = random_tensor({2, 3, 4}, 1);
  const Tensor y = encoding->on_input(x, {5, 3}).value();
  for (int64_t b = 0; b < 2; ++b) {
    const Tensor expected = x.narrow(0, b, 1).clone();
    expected.add(table.narrow(0, 5, 3).reshape({1, 3, 4}));
    golden::expect_near(y.narrow(0, b, 1), expected, 1e-6, "sentence");
  }
}

TEST(Learned, GivesTheTableTheSumOverSentences) {
  const auto encoding = learned(9, 4);
  backward(sum(encoding->on_input(Tensor::zeros({2, 3, 4}), {5, 3})));
  const Tensor gradient = encoding->parameters()[0].variable.gradient();
  for (int64_t i = 0; i < 36; ++i) EXPECT_EQ(gradient.data()[i], i / 4 >= 5 && i / 4 < 8 ? 2 : 0) << i;
}

TEST(Learned, PositionsBeyondTheTableAreRefusedWithTheOptionToRaise) {
  const auto encoding = learned(9, 4);
  EXPECT_NO_THROW(encoding->on_input(Tensor::zeros({1, 9, 4}), {0, 9}));
  EXPECT_TRUE(says(message_of<Error>([&] {
                     encoding->on_input(Tensor::zeros({1, 1, 4}), {9, 1});
                   }),
                   "10 tokens", "9 learned", "--max-positions"));
}

}  // namespace
}  // namespace rotor
