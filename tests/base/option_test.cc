#include "base/option.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rotor {
namespace {

struct Values {
  bool flag = false;
  int64_t count = 5;
  double rate = 0.1;
  std::string name = "relu";
  std::vector<std::string> files;
};

Option option(const char* name, Option::Target target) {
  return {.name = name, .help = "", .group = "", .target = target};
}

TEST(NumberRange, SaysItsBoundsInWords) {
  const auto text = [](const Option& option) { return option.range.text(); };
  EXPECT_EQ(text(Option{}), "");
  EXPECT_EQ(text(Option{}.at_least(0)), "0 or more");
  EXPECT_EQ(text(Option{}.above(0)), "above 0");
  EXPECT_EQ(text(Option{}.below(1)), "below 1");
  EXPECT_EQ(text(Option{}.at_most(1)), "1 or less");
  EXPECT_EQ(text(Option{}.at_least(1).at_most(10000)), "from 1 to 10000");
  EXPECT_EQ(text(Option{}.at_least(0).below(1)), "from 0 to below 1");
  EXPECT_EQ(text(Option{}.above(0).at_most(1)), "above 0 and at most 1");
  EXPECT_EQ(text(Option{}.above(0).below(1)), "above 0 and below 1");
  EXPECT_EQ(text(Option{}.at_least(-0.5)), "-0.5 or more");
}

TEST(NumberRange, ContainsWhatItsWordsSay) {
  const NumberRange range = Option{}.above(0).at_most(1).range;
  EXPECT_FALSE(range.contains(0));
  EXPECT_TRUE(range.contains(1e-300));
  EXPECT_TRUE(range.contains(1));
  EXPECT_FALSE(range.contains(1.0000001));
  EXPECT_FALSE(Option{}.at_least(0).range.contains(INFINITY));
  EXPECT_TRUE(Option{}.at_least(0).may_be_infinite().range.contains(INFINITY));
  EXPECT_FALSE(Option{}.at_least(0).may_be_infinite().range.contains(-INFINITY));
}

TEST(Option, SaysWhatIsWrongWithAValue) {
  Values v;
  Option count = option("count", &v.count), rate = option("rate", &v.rate);
  count.at_least(1).at_most(9);
  rate.above(0);
  EXPECT_EQ(count.fault({"9"}), "");
  EXPECT_EQ(count.fault({"10"}), "expects a whole number from 1 to 9, got '10'");
  EXPECT_EQ(count.fault({"1.5"}), "expects a whole number of at most 64 bits, got '1.5'");
  EXPECT_EQ(rate.fault({"0"}), "expects a number above 0, got '0'");
  EXPECT_EQ(rate.fault({"inf"}), "expects a finite number, got 'inf'");
  EXPECT_EQ(rate.fault({"nan"}), "expects a finite number, got 'nan'");
  EXPECT_EQ(option("count", &v.count).at_least(0).fault({"-1"}), "expects a whole number of 0 or more, got '-1'");
  Option files = option("files", &v.files);
  files.choices = {"a"};
  EXPECT_EQ(files.fault({}), "") << "an empty list";
  EXPECT_EQ(v.count, 5);
}

TEST(Option, TakesInfinityWhereItMayBeInfinite) {
  Values v;
  Option rate = option("rate", &v.rate);
  rate.may_be_infinite();
  for (const char* text : {"inf", "-inf", "0.5"}) EXPECT_EQ(rate.fault({text}), "") << text;
  EXPECT_EQ(rate.fault({"nan"}), "expects a number, inf or -inf, got 'nan'");
}

TEST(Option, NamesTheFirstConditionThatDoesNotHold) {
  bool one = true, other = false;
  Option option;
  option.only("with --one", [&] { return one; }).only("with --other", [&] { return other; });
  EXPECT_EQ(option.missing(), "with --other");
  one = false;
  EXPECT_EQ(option.missing(), "with --one");
  one = other = true;
  EXPECT_EQ(option.missing(), "");
}

TEST(Option, IsNegatedWhereItIsAFlagWithoutNo) {
  Values v;
  EXPECT_TRUE(option("flag", &v.flag).can_be_negated());
  EXPECT_FALSE(option("no-flag", &v.flag).can_be_negated());
  EXPECT_FALSE(option("count", &v.count).can_be_negated());
}

}  // namespace
}  // namespace rotor
