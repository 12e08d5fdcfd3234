#include "position/sinusoidal.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "golden.h"
#include "random_tensor.h"

namespace rotor {
namespace {

/// The positions that are added to an input of width `width`: [T, width].
Tensor positions(const PositionOptions& options, int64_t width, Range at) {
  return make_sinusoidal(options, {width, 1, false})->on_input(Tensor::zeros({1, at.size, width}), at).value();
}

TEST(Sinusoidal, InterleavesSinesAndCosinesAtOneFrequencyAPair) {
  const Tensor p = positions({}, 10, {4, 6});
  for (int64_t i = 0; i < 6; ++i) {
    for (int64_t t = 0; t < 5; ++t) {
      const double angle = static_cast<double>(4 + i) / std::pow(10000.0, 2.0 * static_cast<double>(t) / 10);
      EXPECT_NEAR(p.data()[i * 10 + 2 * t], std::sin(angle), 1e-6);
      EXPECT_NEAR(p.data()[i * 10 + 2 * t + 1], std::cos(angle), 1e-6);
    }
  }
}

TEST(Sinusoidal, ConcatenatesAllSinesAndAllCosinesAsFairseq) {
  PositionOptions options;
  options.sinusoidal_layout = "concatenated";
  const Tensor p = positions(options, 10, {4, 6});
  for (int64_t i = 0; i < 6; ++i) {
    for (int64_t t = 0; t < 5; ++t) {
      const double angle = static_cast<double>(4 + i) * std::exp(-static_cast<double>(t) * std::log(10000.0) / 4);
      EXPECT_NEAR(p.data()[i * 10 + t], std::sin(angle), 1e-6);
      EXPECT_NEAR(p.data()[i * 10 + 5 + t], std::cos(angle), 1e-6);
    }
  }
}

TEST(Sinusoidal, ConcatenatesTheInterleavedAnglesAsHuggingFacesMarian) {
  PositionOptions options;
  options.sinusoidal_layout = "half";
  const Tensor p = positions(options, 10, {4, 6}), pairs = positions({}, 10, {4, 6});
  for (int64_t i = 0; i < 6; ++i) {
    for (int64_t t = 0; t < 5; ++t) {
      EXPECT_EQ(p.data()[i * 10 + t], pairs.data()[i * 10 + 2 * t]);
      EXPECT_EQ(p.data()[i * 10 + 5 + t], pairs.data()[i * 10 + 2 * t + 1]);
    }
  }
}

TEST(Sinusoidal, TheOffsetIsTheFirstTokensPosition) {
  PositionOptions shifted;
  shifted.position_offset = 2;
  golden::expect_near(positions(shifted, 8, {0, 5}), positions({}, 8, {2, 5}), 0, "from 2");
}

TEST(Sinusoidal, IsAddedToEverySentence) {
  const Tensor x = random_tensor({3, 5, 8}, 1), p = positions({}, 8, {0, 5});
  const Tensor y = make_sinusoidal({}, {8, 2, false})->on_input(x, {0, 5}).value();
  for (int64_t b = 0; b < 3; ++b) {
    const Tensor expected = x.narrow(0, b, 1).clone();
    expected.add(p);
    golden::expect_near(y.narrow(0, b, 1), expected, 1e-6, "sentence");
  }
}

TEST(Sinusoidal, LeavesTheLastNumberOfAnOddWidthAlone) {
  for (const char* layout : {"interleaved", "half", "concatenated"}) {
    PositionOptions options;
    options.sinusoidal_layout = layout;
    const Tensor p = positions(options, 7, {0, 4});
    for (int64_t i = 0; i < 4; ++i) EXPECT_EQ(p.data()[i * 7 + 6], 0) << layout;
  }
}

}  // namespace
}  // namespace rotor
