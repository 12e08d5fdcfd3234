#include "base/option_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace rotor {
namespace {

template <typename T>
T read(const Texts& texts, bool& valid) {
  T value{};
  valid = read_value(texts, value);
  return value;
}

TEST(OptionText, PrintedValuesAreReadBackToTheLastBit) {
  bool valid = false;
  for (double value : {0.1, 1.0 / 3, 1e-8, -5e300, 5e-324, 0.30000000000000004, 4000.0}) {
    EXPECT_EQ(read<double>(print_value(value), valid), value);
    EXPECT_TRUE(valid);
  }
  for (int64_t value : {std::numeric_limits<int64_t>::min(), int64_t{-1}, std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(read<int64_t>(print_value(value), valid), value);
    EXPECT_TRUE(valid);
  }
  EXPECT_EQ(print_value(1e-8), Texts{"1e-08"});
  EXPECT_EQ(print_value(true), Texts{"true"});
}

TEST(OptionText, SignsAreReadButNotTwo) {
  bool valid = false;
  EXPECT_EQ(read<int64_t>({"+5"}, valid), 5);
  EXPECT_EQ(read<double>({"-.5"}, valid), -0.5);
  read<int64_t>({"+-5"}, valid);
  EXPECT_FALSE(valid);
  read<double>({"--5"}, valid);
  EXPECT_FALSE(valid);
}

TEST(OptionText, IniValuesSurviveQuoting) {
  for (std::string text :
       {"", "plain", "0.9,0.98", " blank ", "a # b", "#", "\"quoted\"", "back\\slash", "two\nlines", ";", "="}) {
    EXPECT_EQ(ini_value(ini_quoted(text), "here"), text);
  }
  EXPECT_EQ(ini_quoted("plain"), "plain");
}

TEST(OptionText, IniCommentsAreNotPartOfTheValue) {
  EXPECT_EQ(ini_value("5 # five", "here"), "5");
  EXPECT_EQ(ini_value("\"5\" # five", "here"), "5");
  EXPECT_EQ(ini_value("# nothing", "here"), "");
  EXPECT_EQ(ini_value("a#b", "here"), "a#b");
  EXPECT_THROW(ini_value("\"5\" five", "here"), UsageError);
}

TEST(Nearest, ForgivesTwoErrorsButNotNonsense) {
  EXPECT_EQ(nearest("sinusodial", {"rope", "sinusoidal"}), "sinusoidal");
  EXPECT_EQ(nearest("warmup", {"beam", "warmup-updates"}), "warmup-updates");
  EXPECT_EQ(nearest("xyzzy", {"rope", "sinusoidal"}), "");
  EXPECT_EQ(nearest("no", {"lr"}), "");
}

TEST(ReplaceAll, GoesOnBehindWhatItWrote) {
  const auto replaced = [](std::string text, std::string_view from, std::string_view to) {
    replace_all(text, from, to);
    return text;
  };
  EXPECT_EQ(replaced("aXbXX", "X", "XX"), "aXXbXXXX");
  EXPECT_EQ(replaced("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replaced("abc", "x", "y"), "abc");
  EXPECT_EQ(replaced("-abc-", "-", ""), "abc");
  EXPECT_EQ(replaced("", "x", "y"), "");
}

}  // namespace
}  // namespace rotor
