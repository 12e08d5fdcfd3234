#include "kernel/log_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "random_tensor.h"

namespace rotor {
namespace {

TEST(LogSum, IsTheNormaliserAndTheMaximaOfBlocks) {
  for (int64_t size : {1, 15, 16, 63, 64, 65, 640, 10001}) {
    const Tensor x = random_tensor({size}, size, 20);
    std::vector<float> maxima;
    const float found = log_sum(x.span(), maxima);
    const double largest = *std::max_element(x.data(), x.data() + size);
    double sum = 0;
    for (int64_t i = 0; i < size; ++i) sum += std::exp(x.data()[i] - largest);
    EXPECT_NEAR(found, largest + std::log(sum), 1e-5 * std::max(1., std::fabs(largest))) << size;
    ASSERT_EQ(std::ssize(maxima), (size + 63) / 64);
    for (int64_t b = 0; b < std::ssize(maxima); ++b) {
      const float* block = x.data() + b * 64;
      EXPECT_EQ(maxima[b], *std::max_element(block, block + std::min<int64_t>(64, size - b * 64)));
    }
  }
}

TEST(LogSum, KeepsWhatIsNotFinite) {
  std::vector<float> maxima;
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(log_sum(Tensor::full({100}, -infinity).span(), maxima), -infinity);
  EXPECT_FLOAT_EQ(log_sum(Tensor::of({3}, {-infinity, 2, -infinity}).span(), maxima), 2);
  EXPECT_TRUE(std::isnan(log_sum(Tensor::of({3}, {1, NAN, 2}).span(), maxima)));
  const Tensor x = Tensor::full({130}, 1);
  for (const int64_t count : {1, 64, 128}) {  // blocks that have no largest number come first
    x.narrow(0, 0, count).fill(NAN);
    EXPECT_TRUE(std::isnan(log_sum(x.span(), maxima))) << count;
    x.narrow(0, 0, count).fill(-infinity);
    EXPECT_FLOAT_EQ(log_sum(x.span(), maxima), 1 + std::log(130.f - static_cast<float>(count)));
  }
  EXPECT_TRUE(std::isnan(log_sum(Tensor::full({1}, NAN).span(), maxima)));
}

}  // namespace
}  // namespace rotor
