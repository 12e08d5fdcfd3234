#include "serve/request_body.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/scratch.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

Json read(const std::string& body, int deepest = 2) {
  return read_body(body, {.example = R"({"text": "…"})", .deepest = deepest, .contents = "lists of texts"});
}

/// Whether a body is refused with that status and one line that says all parts.
template <typename... Parts>
testing::AssertionResult refused(int status, const std::string& body, const Parts&... parts) {
  try {
    Json object = read(body);
    take_api_key(object);
  } catch (const Refusal& refusal) {
    if (refusal.status() != status) return testing::AssertionFailure() << refusal.status() << ": " << refusal.what();
    return says(refusal.what(), parts...);
  }
  return testing::AssertionFailure() << "accepted: " << body;
}

TEST(RequestBody, HasNamesWithUnderscores) {
  EXPECT_EQ(read(R"({"max-len-a": 1, "max_len_b": [2], "c": "-"})"),
            Json::parse(R"({"max_len_a": 1, "max_len_b": [2], "c": "-"})"));
}

TEST(RequestBody, IsAsDeepAsItMayBe) {
  EXPECT_EQ(read(R"({"a": [["b"]]})", 3), Json::parse(R"({"a": [["b"]]})"));
  EXPECT_THROW(read(R"({"a": [[["b"]]]})", 3), Refusal);
  EXPECT_THROW(read(R"({"a": [[{}]]})", 3), Refusal);
}

TEST(RequestBody, GivesItsKeyAway) {
  Json object = read(R"({"api-key": "secret", "text": "a"})");
  EXPECT_EQ(take_api_key(object), "secret");
  EXPECT_EQ(object, Json::parse(R"({"text": "a"})"));
  EXPECT_EQ(take_api_key(object), "");
  EXPECT_TRUE(refused(400, R"({"api_key": 3})", "'api_key'", "number"));
}

TEST(RequestBody, RefusesWhatIsNoJsonObject) {
  EXPECT_TRUE(refused(400, "", "empty body", "text"));
  EXPECT_TRUE(refused(400, "text", "expected JSON", "byte 2"));
  EXPECT_TRUE(refused(400, R"({"text": "a"}})", "expected JSON", "byte 14"));
  EXPECT_TRUE(refused(400, R"(["a"])", "expected a JSON object", "array"));
  EXPECT_TRUE(refused(400, "{\"text\": \"\xff\"}", "UTF-8"));
  EXPECT_TRUE(refused(400, R"({"text": "\ud800"})", "expected JSON"));
  EXPECT_TRUE(refused(400, R"({"text": "a", "lenpen": 1e999})", "64 bits"));
  EXPECT_TRUE(refused(400, std::string(1 << 20, '['), "deeper"));
  EXPECT_TRUE(refused(400, R"({"text": [["a"]]})", "deeper than lists of texts"));
}

TEST(RequestBody, RefusesAFieldThatComesTwiceHoweverItIsWritten) {
  EXPECT_TRUE(refused(400, R"({"text": "a", "text": "b"})", "'text'", "twice"));
  EXPECT_TRUE(refused(400, R"({"text": "a", "max-len-a": 1, "max_len_a": 2})", "max_len_a", "twice"));
  std::string many = R"({"text": "a")";
  for (int i = 0; i < 1000; ++i) many += ", \"a" + std::to_string(i) + "\": 1";
  EXPECT_TRUE(refused(400, many + "}", "at most 100"));
}

}  // namespace
}  // namespace rotor
