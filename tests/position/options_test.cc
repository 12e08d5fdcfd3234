#include "position/options.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/check.h"
#include "base/command_line.h"
#include "base/json.h"
#include "base/scratch.h"
#include "position/table.h"

namespace rotor {
namespace {

TEST(PositionOptions, HaveTheirDefaults) {
  PositionOptions position;
  Options options;
  position.describe(options);
  EXPECT_EQ(position.encoding, "sinusoidal");
  const auto json = options.to_json();
  EXPECT_EQ(json["max_positions"], 1024);
  EXPECT_EQ(json["rope_base"], 10000.0);
}

/// What is said of options that have no effect beside encodings.
std::vector<std::string> ignored(const std::vector<std::string>& encodings, std::vector<const char*> words) {
  PositionOptions position;
  CommandLine options("rotor-train", "", "");
  position.describe(options, [&] { return encodings; });
  words.insert(words.begin(), "rotor-train");
  options.parse(static_cast<int>(words.size()), words.data());
  return options.ignored();
}

TEST(PositionOptions, NameWhatTheChosenEncodingsDoNotRead) {
  EXPECT_TRUE(ignored({"alibi"}, {}).empty());
  EXPECT_EQ(
      ignored({"alibi", "alibi"}, {"--t5-buckets", "16"}),
      std::vector<std::string>{"--t5-buckets 16 has no effect: it is read only with the position encoding t5 or tupe"});
  EXPECT_TRUE(ignored({"sinusoidal", "tupe"}, {"--t5-buckets", "16"}).empty());
}

TEST(PositionOptions, ImpossibleOnesAreRefusedByName) {
  const auto refusal = [](auto change) {
    PositionOptions options;
    change(options);
    return message_of<UsageError>([&] { check_values(options); });
  };
  EXPECT_EQ(refusal([](auto&) {}), "(nothing thrown)");
  EXPECT_TRUE(
      says(refusal([](auto& o) { o.max_positions = 0; }), "--max-positions expects a whole number from 1 to 16777216"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.cope_positions = int64_t{1} << 62; }), "--cope-positions", "65536"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.position_offset = -1; }), "--position-offset"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.rope_base = 0; }), "--rope-base expects a number above 0, got '0'"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.xpos_scale_base = -1; }), "--xpos-scale-base"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.max_relative_position = 0; }), "--max-relative-position"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.t5_buckets = 2; }), "--t5-buckets"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.max_distance = 0; }), "--max-distance"));
  static constexpr int64_t kHuge = int64_t{1} << 40;
  EXPECT_TRUE(says(refusal([](auto& o) { o.position_offset = kHuge; }), "--position-offset", "from 0 to 16777216"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.shape_max_shift = kHuge; }), "--shape-max-shift", "from 1 to 16777216"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.sandwich_width = kHuge; }), "--sandwich-width", "from 2 to 65536"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.t5_buckets = kHuge; }), "--t5-buckets", "from 4 to 65536"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.max_distance = kHuge; }), "--max-distance", "from 1 to 16777216"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.fire_threshold = kHuge; }), "--fire-threshold", "from 1 to 16777216"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.cape_global_shift = 1e300; }), "--cape-global-shift", "from 0 to 16777216"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.cape_local_shift = 1e300; }), "--cape-local-shift", "from 0 to 16777216"));
}

TEST(PositionOptions, HaveTheNamesThatTheTableGivesThem) {
  for (const auto& row : position_encodings()) {
    for (const auto& option : row.options) {
      PositionOptions position;
      Options options;
      position.describe(options);
      std::string key = option;
      std::replace(key.begin(), key.end(), '-', '_');
      EXPECT_TRUE(options.to_json().contains(key)) << row.name << " " << option;
    }
  }
}

}  // namespace
}  // namespace rotor
