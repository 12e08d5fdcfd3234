#include "kernel/nonzeros.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace rotor {
namespace {

/// Numbers of which `share` are not zero, the first and the last among them.
Tensor numbers(int64_t count, double share) {
  Random random(static_cast<uint64_t>(count));
  const Tensor x({count});
  for (float& value : x.span()) value = random.uniform() < share ? static_cast<float>(random.uniform() - 0.5) : 0.f;
  if (count) x.data()[0] = x.data()[count - 1] = 7;
  return x;
}

TEST(NonZeros, GiveTheTensorAgain) {
  for (int64_t count : {0, 1, 31, 32, 33, 2047, 2048, 2049, 100'000}) {
    for (double share : {0., 0.1, 0.5, 1.}) {
      const Tensor x = numbers(count, share), again = NonZeros(x).dense();
      for (int64_t i = 0; i < count; ++i) ASSERT_EQ(again.data()[i], x.data()[i]) << i << " of " << count;
    }
  }
}

TEST(NonZeros, KeepTheShapeAndWhatIsNoNumber) {
  const Tensor x = Tensor::zeros({3, 50});
  x.data()[70] = NAN;
  x.data()[149] = -INFINITY;
  const Tensor again = NonZeros(x).dense();
  EXPECT_EQ(again.shape(), x.shape());
  EXPECT_TRUE(std::isnan(again.data()[70]));
  EXPECT_EQ(again.data()[149], -INFINITY);
}

TEST(NonZeros, MaskAnotherTensor) {
  const Tensor x = numbers(50'000, 0.5), y = numbers(50'000, 0.9), masked = y.clone();
  NonZeros(x).mask(masked);
  for (int64_t i = 0; i < 50'000; ++i) ASSERT_EQ(masked.data()[i], x.data()[i] != 0 ? y.data()[i] : 0);
}

}  // namespace
}  // namespace rotor
