// Reading goldens: files that other implementations wrote (tests/golden/README.md).
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "format/safetensors.h"
#include "text/token_batch.h"

namespace rotor::golden {

inline SafeTensors open(const std::string& name) {
  return SafeTensors(std::string(ROTOR_GOLDEN "/") + name + ".safetensors");
}

inline std::vector<int32_t> integers(const SafeTensors& file, const std::string& name) {
  const auto values = file.elements<uint32_t>(name);
  return {values.begin(), values.end()};
}

inline TokenBatch tokens(const SafeTensors& file, const std::string& name, const std::string& lengths) {
  const auto& shape = file.at(name).shape;
  return {shape[0], shape[1], integers(file, name), integers(file, lengths), {}};
}

/// Every number of `actual` within `tolerance` of `expected`, relative to the largest number expected.
inline void expect_near(const Tensor& actual, const Tensor& expected, double tolerance, const std::string& what) {
  ASSERT_EQ(actual.shape(), expected.shape()) << what;
  const Tensor x = actual.contiguous(), y = expected.contiguous();
  double largest = 1e-6, worst = 0;
  for (float value : y.span()) largest = std::max<double>(largest, std::abs(value));
  for (int64_t i = 0; i < x.elements(); ++i) {
    const double difference = std::abs(x.data()[i] - y.data()[i]);
    worst = std::isnan(difference) ? INFINITY : std::max(worst, difference);
  }
  EXPECT_LE(worst / largest, tolerance) << what;
}

}  // namespace rotor::golden
