#include "autograd/packing.h"

#include "autograd/gradient_check.h"
#include "golden.h"

namespace rotor {
namespace {

TEST(Packing, LaysSentencesEndToEnd) {
  const Packing packing(3, {2, 3, 0, 1});
  EXPECT_TRUE(packing.active());
  EXPECT_EQ(packing.tokens(), 6);
  const Tensor x = random_tensor({4, 3, 5}, 1);
  const Tensor y = pack(x, packing).value();
  ASSERT_EQ(y.shape(), (Shape{6, 5}));
  const std::pair<int64_t, int64_t> places[] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {1, 2}, {3, 0}};  // sentence, token
  for (int64_t n = 0; n < 6; ++n) {
    const float* token = x.data() + (places[n].first * 3 + places[n].second) * 5;
    EXPECT_TRUE(std::equal(token, token + 5, y.data() + n * 5)) << n;
  }
}

TEST(Packing, ComesBackWithZerosInThePadding) {
  const Packing packing(3, {2, 3});
  const Tensor x = random_tensor({2, 3, 5}, 1), back = unpack(pack(x, packing), packing).value();
  golden::expect_near(back.narrow(0, 1, 1), x.narrow(0, 1, 1), 0, "whole sentence");
  const Tensor padding = back.narrow(0, 0, 1).narrow(1, 2, 1).contiguous();
  for (float value : padding.span()) EXPECT_EQ(value, 0);
}

TEST(Packing, LeavesABatchWithoutPaddingAlone) {
  const Packing packing(3, {3, 3});
  EXPECT_FALSE(packing.active());
  const Variable x(random_tensor({2, 3, 5}, 1));
  EXPECT_EQ(pack(x, packing).value().data(), x.value().data());
  EXPECT_EQ(unpack(x, packing).value().data(), x.value().data());
}

TEST(Packing, PassesGradientsOn) {
  const Packing packing(3, {2, 3});
  expect_gradients([&](const Inputs& in) { return pack(in[0], packing); }, {random_tensor({2, 3, 4}, 1)});
  expect_gradients([&](const Inputs& in) { return unpack(in[0], packing); }, {random_tensor({5, 4}, 1)});
}

}  // namespace
}  // namespace rotor
