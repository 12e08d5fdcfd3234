#include "serve/text_request.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

using Rows = std::vector<std::vector<std::string>>;

ServeOptions options() {
  ServeOptions options;
  options.max_queue = 3;
  options.truncate = "head-and-tail";
  options.normalize = false;
  return options;
}

template <typename... Parts>
testing::AssertionResult refused(TextRequest (*read)(const std::string&, const ServeOptions&), int status,
                                 const std::string& body, const Parts&... parts) {
  try {
    read(body, options());
  } catch (const Refusal& refusal) {
    if (refusal.status() != status) return testing::AssertionFailure() << refusal.status() << ": " << refusal.what();
    return says(refusal.what(), parts...);
  }
  return testing::AssertionFailure() << "accepted: " << body;
}

TEST(TextRequest, HasOneTextOrManyOrRowsOfThem) {
  for (const auto read : {read_predict_request, read_vector_request}) {
    const auto rows = [&](const std::string& body) { return read(body, options()).rows; };
    EXPECT_EQ(rows(R"({"text": "a b"})"), (Rows{{"a b"}}));
    EXPECT_EQ(rows(R"({"text": ["a", "ä"]})"), (Rows{{"a"}, {"ä"}}));
    EXPECT_EQ(rows(R"({"texts": [["a", "b"], ["c"], "d"]})"), (Rows{{"a", "b"}, {"c"}, {"d"}}));
    EXPECT_TRUE(rows(R"({"text": []})").empty());
    EXPECT_TRUE(rows(R"({"texts": []})").empty());
  }
}

TEST(TextRequest, TakesOptionsAndLeavesTheOthersAsTheServerHasThem) {
  const TextRequest plain = read_vector_request(R"({"text": "a"})", options());
  EXPECT_EQ(plain.truncate, "head-and-tail");
  EXPECT_EQ(plain.pooling, "auto");
  EXPECT_FALSE(plain.normalize);
  EXPECT_EQ(plain.api_key, "");
  const TextRequest all = read_vector_request(
      R"({"text": "a", "truncate": "second", "pooling": "first", "normalize": true, "api_key": "k"})", options());
  EXPECT_EQ(all.truncate, "second");
  EXPECT_EQ(all.pooling, "first");
  EXPECT_TRUE(all.normalize);
  EXPECT_EQ(all.api_key, "k");
  EXPECT_EQ(read_predict_request(R"({"text": "a", "truncate": "none"})", options()).truncate, "none");
}

TEST(TextRequest, RefusesOtherShapesByName) {
  for (const auto read : {read_predict_request, read_vector_request}) {
    EXPECT_TRUE(refused(read, 400, "", "empty body", "text"));
    EXPECT_TRUE(refused(read, 400, "{}", "'text'", "'texts'", "none"));
    EXPECT_TRUE(refused(read, 400, R"({"text": "a", "texts": [["a"]]})", "both"));
    EXPECT_TRUE(refused(read, 400, R"({"text": 3})", "'text'", "number"));
    EXPECT_TRUE(refused(read, 400, R"({"text": ["a", null]})", "'text'", "null"));
    EXPECT_TRUE(refused(read, 400, R"({"text": [["a"]]})", "'text'", "array"));
    EXPECT_TRUE(refused(read, 400, R"({"texts": "a"})", "'texts'", "a list of rows", "string"));
    EXPECT_TRUE(refused(read, 400, R"({"texts": [["a", 1]]})", "'texts'", "number"));
    EXPECT_TRUE(refused(read, 400, R"({"texts": [3]})", "'texts'", "number"));
    EXPECT_TRUE(refused(read, 400, R"({"texts": [[["a"]]]})", "deeper"));
    EXPECT_TRUE(refused(read, 400, R"({"text": "a", "truncat": "none"})", "did you mean truncate"));
    EXPECT_TRUE(refused(read, 400, R"({"text": "a", "truncate": "middle"})", "middle", "head-and-tail"));
  }
  EXPECT_TRUE(refused(read_vector_request, 400, R"({"text": "a", "pooling": "max"})", "max", "mean"));
  EXPECT_TRUE(refused(read_vector_request, 400, R"({"text": "a", "normalize": 1})", "normalize", "true or false"));
  EXPECT_TRUE(refused(read_predict_request, 400, R"({"text": "a", "pooling": "mean"})", "pooling"));
}

TEST(TextRequest, RefusesBlankTextsAndTooManyRows) {
  EXPECT_TRUE(refused(read_predict_request, 422, R"({"text": ""})", "row 0", "blank"));
  EXPECT_TRUE(refused(read_vector_request, 422, R"({"texts": [["a", "b"], ["a", " \n"]]})", "row 1", "blank"));
  EXPECT_TRUE(refused(read_predict_request, 413, R"({"text": ["a", "b", "c", "d"]})", "at most 3", "got 4"));
}

}  // namespace
}  // namespace rotor
