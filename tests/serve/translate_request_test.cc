#include "serve/translate_request.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/scratch.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

TranslateRequest read(const std::string& body) {
  ServeOptions options;
  options.max_queue = 3;
  options.search.lenpen = 0.6;
  return read_translate_request(body, options);
}

/// Whether a body is refused with that status and one line that says all parts.
template <typename... Parts>
testing::AssertionResult refused(int status, const std::string& body, const Parts&... parts) {
  try {
    read(body);
  } catch (const Refusal& refusal) {
    if (refusal.status() != status) return testing::AssertionFailure() << refusal.status() << ": " << refusal.what();
    return says(refusal.what(), parts...);
  }
  return testing::AssertionFailure() << "accepted: " << body;
}

TEST(TranslateRequest, HasOneTextOrMany) {
  EXPECT_EQ(read(R"({"text": "a b"})").texts, (std::vector<std::string>{"a b"}));
  EXPECT_EQ(read(R"({"text": ["a", "", "ä"]})").texts, (std::vector<std::string>{"a", "", "ä"}));
  EXPECT_TRUE(read(R"({"text": []})").texts.empty());
}

TEST(TranslateRequest, TakesOptionsByTheirNamesAndLeavesTheOthersAsTheServerHasThem) {
  const TranslateRequest request =
      read(R"({"beam": 7, "nbest": 2, "max-len-a": 1.5, "max_len_b": 9, "unnormalized": true, "text": "a"})");
  SearchOptions expected;
  expected.lenpen = 0.6;
  expected.beam = 7;
  expected.nbest = 2;
  expected.max_len_a = 1.5;
  expected.max_len_b = 9;
  expected.unnormalized = true;
  EXPECT_EQ(request.search, expected);
  EXPECT_FALSE(request.needs_attention());
}

TEST(TranslateRequest, TakesInfinitePenaltiesAsTexts) {
  EXPECT_EQ(read(R"({"unkpen": "inf", "text": "a"})").search.unkpen, INFINITY);
  EXPECT_EQ(read(R"({"unkpen": "-inf", "text": "a"})").search.unkpen, -INFINITY);
  EXPECT_TRUE(refused(400, R"({"unkpen": "much", "text": "a"})", "unkpen expects a number, inf or -inf"));
  EXPECT_TRUE(refused(400, R"({"lenpen": "inf", "text": "a"})", "lenpen expects a finite number"));
}

TEST(TranslateRequest, KeepsAttentionForWhateverNeedsIt) {
  for (const std::string name : {"print-alignment", "replace-unk", "attention"}) {
    const TranslateRequest request = read(R"({"text": "a", ")" + name + R"(": true})");
    EXPECT_TRUE(request.search.keep_attention) << name;
    EXPECT_EQ(request.print_alignment + request.replace_unk + request.attention, 1) << name;
  }
}

TEST(TranslateRequest, RefusesWhatIsNoJsonObjectOfTexts) {
  EXPECT_TRUE(refused(400, "", "empty body", "text"));
  EXPECT_TRUE(refused(400, R"({"text": [["a"]]})", "deeper than lists of texts"));
  EXPECT_TRUE(refused(400, R"({"text": "a", "max-len-a": 1, "max_len_a": 2})", "max_len_a", "twice"));
}

TEST(TranslateRequest, RefusesUnknownFieldsAndWrongTypesByName) {
  EXPECT_TRUE(refused(400, "{}", "'text'", "found none"));
  EXPECT_TRUE(refused(400, R"({"text": 3})", "'text'", "number"));
  EXPECT_TRUE(refused(400, R"({"text": ["a", null]})", "'text'", "null"));
  EXPECT_TRUE(refused(400, R"({"text": "a", "beem": 4})", "beem", "did you mean beam"));
  EXPECT_TRUE(refused(400, R"({"text": "a", "beam": "4"})", "beam", "whole number", "\"4\""));
  EXPECT_TRUE(refused(400, R"({"text": "a", "sampling": 1})", "sampling", "true or false"));
  EXPECT_TRUE(refused(400, R"({"text": "a", "lenpen-kind": "gnm"})", "gnm", "gnmt"));
  EXPECT_TRUE(refused(400, R"({"text": "a", "keep-attention": true})", "keep_attention"));
}

TEST(TranslateRequest, RefusesOptionsThatMakeNoSense) {
  EXPECT_TRUE(refused(400, R"({"text": "a", "beam": 0})", "beam expects a whole number from 1 to 10000"));
  EXPECT_TRUE(refused(400, R"({"text": "a", "nbest": 6})", "--nbest from 1 to --beam 5"));
}

TEST(TranslateRequest, RefusesWhatIsAboveTheServersLimits) {
  EXPECT_TRUE(refused(413, R"({"text": ["a", "b", "c", "d"]})", "at most 3", "got 4"));
  EXPECT_TRUE(refused(422, R"({"text": "a", "beam": 33})", "at most 32", "--max-beam"));
  EXPECT_TRUE(refused(422, R"({"text": "a", "max-target-positions": 1025})", "at most 1024"));
}

}  // namespace
}  // namespace rotor
