#include "position/fire.h"

#include "position/formula.h"

namespace rotor {
namespace {

TEST(Fire, AddsANetworkOfTheDistanceRelativeToThePosition) {
  PositionOptions options;
  options.fire_width = 5;
  options.fire_threshold = 7;
  for (bool decoder : {false, true}) {
    const StackSizes sizes{24, 4, decoder};
    const auto encoding = make_fire(options, sizes);
    randomise(*encoding, 5);
    std::map<std::string, Tensor> p;
    for (const auto& [name, value] : encoding->values()) p[name] = value;
    const double c = std::abs(p["c"].data()[0]), threshold = std::abs(7.0 * p["multiplier"].data()[0]);
    expect_scores(*encoding, sizes, [&](const Pair& pair) {
      const double position = std::max(static_cast<double>(decoder ? pair.m : std::max(pair.m, pair.n)), threshold);
      const double ratio =
          std::log(1 + c * static_cast<double>(std::abs(pair.m - pair.n))) / (std::log(1 + c * position) + 1e-6);
      double bias = p["fc2.bias"].data()[pair.head];
      for (int64_t i = 0; i < 5; ++i) {
        const double hidden = std::max(0.0, p["fc1.weight"].data()[i] * ratio + p["fc1.bias"].data()[i]);
        bias += p["fc2.weight"].data()[pair.head * 5 + i] * hidden;
      }
      return pair.product() / std::sqrt(6) + bias;
    });
  }
}

TEST(Fire, StartsAsTheAuthors) {
  const auto encoding = make_fire({}, {24, 4});
  encoding->initialise(1);
  for (const auto& [name, value] : encoding->values()) {
    if (name == "c") {
      EXPECT_EQ(value.data()[0], 0.1f);
    }
    if (name == "multiplier") {
      EXPECT_EQ(value.data()[0], 1.f);
    }
    if (name == "fc2.weight") {
      EXPECT_EQ(value.shape(), (Shape{4, 32}));
    }
  }
}

}  // namespace
}  // namespace rotor
