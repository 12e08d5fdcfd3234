#include "position/options.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/check.h"
#include "base/json.h"
#include "base/scratch.h"
#include "position/table.h"

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

TEST(PositionOptions, NameWhatTheChosenEncodingsDoNotRead) {
  PositionOptions position;
  position.encoding = "alibi";
  EXPECT_TRUE(position.unread().empty());
  position.t5_buckets = 16;
  ASSERT_EQ(position.unread().size(), 1u);
  EXPECT_TRUE(says(position.unread()[0], "--t5-buckets 16", "alibi", "t5, tupe"));
  position.decoder_encoding = "tupe";
  EXPECT_TRUE(position.unread().empty());
}

TEST(PositionOptions, HaveTheNamesThatTheTableGivesThem) {
  for (const auto& row : position_encodings()) {
    for (const auto& option : row.options) {
      PositionOptions position;
      Options options("", "", "");
      position.describe(options);
      std::string key = option;
      std::replace(key.begin(), key.end(), '-', '_');
      EXPECT_TRUE(options.to_json().contains(key)) << row.name << " " << option;
    }
  }
}

}  // namespace
}  // namespace rotor
