#include "base/option_json.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
bool fits_type(const char* text) {
  return fits(Json::parse(text), static_cast<const T*>(nullptr));
}

TEST(OptionJson, FitsItsOwnTypeOnly) {
  EXPECT_TRUE(fits_type<bool>("true"));
  EXPECT_FALSE(fits_type<bool>("1"));
  EXPECT_TRUE(fits_type<int64_t>("-9223372036854775808"));
  EXPECT_FALSE(fits_type<int64_t>("9223372036854775808"));
  EXPECT_FALSE(fits_type<int64_t>("1.0"));
  EXPECT_TRUE(fits_type<double>("1"));
  EXPECT_FALSE(fits_type<double>("\"1\""));
  EXPECT_TRUE(fits_type<std::string>("\"\""));
  EXPECT_FALSE(fits_type<std::string>("[\"a\"]"));
  EXPECT_TRUE(fits_type<std::vector<std::string>>("[\"a\", \"b\"]"));
  EXPECT_FALSE(fits_type<std::vector<std::string>>("[\"a\", 1]"));
}

}  // namespace
}  // namespace rotor
