#include "position/options.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(PositionOptions, DefaultToSinusoidalInBothStacks) {
  PositionOptions position;
  Options options("", "", "");
  position.describe(options);
  const auto json = options.to_json();
  EXPECT_EQ(json["position_encoding"], "sinusoidal");
  EXPECT_EQ(json["encoder_position_encoding"], "");
  EXPECT_EQ(json["max_positions"], 1024);
  EXPECT_EQ(json["rope_base"], 10000.0);
}

TEST(PositionOptions, OfferTheTablesNames) {
  PositionOptions position;
  Options options("", "", "");
  position.describe(options);
  EXPECT_TRUE(says(message_of<Error>([&] {
                     options.from_json({{"position_encoding", "ropes"}}, "here");
                   }),
                   "here", "rope"));
}

}  // namespace
}  // namespace rotor
