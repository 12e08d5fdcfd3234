#include "base/option_json.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "base/scratch.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

Option option(Option::Target target) {
  return {.name = "x", .help = "", .group = "", .target = target};
}

template <typename T>
std::string fault(const char* text) {
  T value{};
  return set_from_json(option(&value), Json::parse(text));
}

TEST(OptionJson, TakesItsOwnTypeOnly) {
  EXPECT_EQ(fault<bool>("true"), "");
  EXPECT_EQ(fault<bool>("1"), "expects true or false, got 1");
  EXPECT_EQ(fault<int64_t>("-9223372036854775808"), "");
  EXPECT_EQ(fault<int64_t>("9223372036854775808"),
            "expects a whole number of at most 64 bits, got 9223372036854775808");
  EXPECT_TRUE(says(fault<int64_t>("1.0"), "got 1.0"));
  EXPECT_EQ(fault<double>("1"), "");
  EXPECT_EQ(fault<double>("\"1\""), "expects a finite number, got \"1\"");
  EXPECT_EQ(fault<std::string>("\"\""), "");
  EXPECT_TRUE(says(fault<std::string>("[\"a\"]"), "expects a text"));
  EXPECT_EQ(fault<std::vector<std::string>>("[\"a\", \"b\"]"), "");
  EXPECT_TRUE(says(fault<std::vector<std::string>>("[\"a\", 1]"), "expects texts"));
}

TEST(OptionJson, RefusesNumbersOutOfRangeAndLeavesTheTarget) {
  double rate = 0.5;
  EXPECT_EQ(set_from_json(option(&rate).at_least(0).below(1), 1.5), "expects a number from 0 to below 1, got '1.5'");
  EXPECT_EQ(rate, 0.5);
}

TEST(OptionJson, SpellsInfiniteNumbersAsTexts) {
  double penalty = 0;
  Option infinite = option(&penalty);
  EXPECT_EQ(set_from_json(infinite, "inf"), "expects a finite number, got 'inf'");
  infinite.may_be_infinite();
  EXPECT_EQ(set_from_json(infinite, "-inf"), "");
  EXPECT_EQ(penalty, -INFINITY);
  EXPECT_EQ(json_of(infinite).dump(), "\"-inf\"");
  EXPECT_EQ(set_from_json(infinite, json_of(infinite)), "");
  EXPECT_TRUE(says(set_from_json(infinite, "much"), "expects a number, inf or -inf, got \"much\""));
}

}  // namespace
}  // namespace rotor
