#include "base/json.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "base/random.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

TEST(Json, KeepsTheOrderOfItsKeys) {
  const std::string text = R"({"zebra":1,"ant":[true,null,"x"],"bee":{"b":2,"a":3}})";
  EXPECT_EQ(Json::parse(text).dump(), text);
}

TEST(Json, KeepsTheBitsOfNumbers) {
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto number = std::bit_cast<double>(random.bits());
    if (!std::isfinite(number)) continue;
    EXPECT_EQ(std::bit_cast<uint64_t>(Json::parse(Json(number).dump()).get<double>()), std::bit_cast<uint64_t>(number));
  }
  for (const int64_t number : {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(Json::parse(Json(number).dump()).get<int64_t>(), number);
  }
  constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
  EXPECT_EQ(Json::parse(Json(kMost).dump()).get<uint64_t>(), kMost);
}

TEST(Json, IsReadAlikeFromStringsAndCharacters) {
  const std::string text = "{\"text\": \"two\\nlines, \u00e4\", \"number\": 0.1}";
  const Json of_string = Json::parse(text);
  EXPECT_EQ(Json::parse(std::string_view(text)), of_string);
  EXPECT_EQ(Json::parse(text.c_str()), of_string);
  EXPECT_EQ(of_string["text"], "two\nlines, \u00e4");
  EXPECT_EQ(of_string["number"], 0.1);
}

TEST(Json, ThatIsNoneIsDiscarded) {
  for (const std::string text : {"", "{", "{\"a\":}", "[1,]", "nan", "1 2", "\"\xe4\""}) {
    EXPECT_TRUE(Json::parse(text, nullptr, /*allow_exceptions=*/false).is_discarded()) << text;
    EXPECT_THROW(Json::parse(text), Json::exception) << text;
  }
}

TEST(Json, OfBytesThatAreNotUtf8IsNotWritten) {
  EXPECT_THROW(Json("\xe4").dump(), Json::exception);
}

/// So many arrays in one another.
std::string nested(int depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(ParseJson, DiscardsWhatIsNestedTooDeeply) {
  EXPECT_EQ(parse_json(nested(kDeepestJson)).dump(), nested(kDeepestJson));
  EXPECT_TRUE(parse_json(nested(kDeepestJson + 1)).is_discarded());
  EXPECT_TRUE(parse_json("{\"a\":" + nested(kDeepestJson) + "}").is_discarded());
  EXPECT_TRUE(parse_json("{\"a\":" + nested(500000) + ",\"b\":1,\"c\":2}").is_discarded());
  EXPECT_FALSE(is_nested_deeper("[[],[]]", 2)) << "arrays beside one another";
  EXPECT_TRUE(is_nested_deeper("[[],{\"a\":[]}]", 2));
}

TEST(ParseJson, TakesBracketsOfTextsForText) {
  const std::string brackets(100, '[');
  EXPECT_EQ(parse_json("{\"a\\\"" + brackets + "\": \"\\\\\"}").size(), 1u);
  EXPECT_TRUE(parse_json("[\"\\\\\"," + nested(kDeepestJson) + "]").is_discarded()) << "the text ends at its quote";
}

TEST(ParseJson, DiscardsWhatIsNoJsonOrHoldsANulByte) {
  for (const std::string text : {"", "{", "1 2"}) EXPECT_TRUE(parse_json(text).is_discarded()) << text;
  EXPECT_TRUE(parse_json(std::string_view("{}\0", 3)).is_discarded());
  EXPECT_EQ(parse_json("{\"b\": 1, \"a\": 2}").dump(), "{\"b\":1,\"a\":2}");
}

}  // namespace
}  // namespace rotor
