#include "serve/libre_translate.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/scratch.h"
#include "serve/refusal.h"
#include "serve/translate_request.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

ServeOptions options() {
  ServeOptions options;
  options.source_lang = "en";
  options.target_lang = "de";
  return options;
}

TranslateRequest read(const std::string& body) {
  return read_translate_request(body, options());
}

std::string refusal(const std::string& body) {
  try {
    read(body);
  } catch (const Refusal& refused) {
    return std::to_string(refused.status()) + ": " + refused.what();
  }
  return "accepted";
}

TEST(LibreTranslate, RequestsAreThoseOfRotorServeUnderOtherNames) {
  const TranslateRequest one =
      read(R"({"q": "A dog.", "source": "en", "target": "de", "format": "text", "api_key": "k"})");
  EXPECT_EQ(one.texts, (std::vector<std::string>{"A dog."}));
  EXPECT_EQ(one.api_key, "k");
  EXPECT_TRUE(one.libre.asked);
  EXPECT_FALSE(one.libre.list);
  const TranslateRequest two = read(R"({"q": ["a", "b"], "source": "auto", "target": "de", "alternatives": 6})");
  EXPECT_TRUE(two.libre.list && two.libre.detect);
  EXPECT_EQ(two.search.nbest, 7);
  EXPECT_EQ(two.search.beam, 7);
  EXPECT_FALSE(read(R"({"text": "a"})").libre.asked);
}

TEST(LibreTranslate, AsksForABeamThatTheGroupsOfTheServerDivide) {
  using Widths = std::pair<int64_t, int64_t>;  // of the beam, in groups
  ServeOptions grouped = options();
  grouped.search.beam = 6;
  grouped.search.diverse_beam_groups = 3;
  const auto asked = [&](int64_t alternatives, const std::string& more = "") {
    const std::string body = R"({"q": "a", "source": "en", "target": "de", "alternatives": )";
    const SearchOptions search =
        read_translate_request(body + std::to_string(alternatives) + more + "}", grouped).search;
    return Widths(search.beam, search.diverse_beam_groups);
  };
  EXPECT_EQ(asked(4), Widths(6, 3));
  EXPECT_EQ(asked(6), Widths(9, 3));
  EXPECT_EQ(asked(30), Widths(31, 1)) << "33 are above --max-beam";
  EXPECT_EQ(asked(6, R"(, "diverse-beam-groups": 7)"), Widths(7, 7));
  EXPECT_EQ(asked(6, R"(, "beam": 12)"), Widths(12, 3));
}

TEST(LibreTranslate, RefusesOtherLanguagesAndFormats) {
  EXPECT_TRUE(says(refusal(R"({"q": "a", "source": "fr", "target": "de"})"), "400: ", "'en'", "'fr'", "/languages"));
  EXPECT_TRUE(says(refusal(R"({"q": "a", "source": "en", "target": "fr"})"), "400: ", "'de'", "'fr'"));
  EXPECT_TRUE(says(refusal(R"({"q": "a", "source": "en"})"), "400: ", "'target'"));
  EXPECT_TRUE(says(refusal(R"({"q": "a", "source": "en", "target": "de", "format": "html"})"), "400: ", "html"));
  EXPECT_TRUE(says(refusal(R"({"q": "a", "source": "en", "target": "de", "alternatives": -1})"), "400: ", "-1"));
  EXPECT_TRUE(
      says(refusal(R"({"q": "a", "source": "en", "target": "de", "alternatives": 32})"), "400: ", "0 to 31", "32"));
  EXPECT_TRUE(says(refusal(R"({"q": "a", "source": "en", "target": "de", "alternatives": "9e9"})"), "400: ", "9e9"));
  EXPECT_TRUE(says(refusal(R"({"q": "a", "text": "a", "source": "en", "target": "de"})"), "400: ", "both"));
  EXPECT_TRUE(says(refusal(R"({"q": 3, "source": "en", "target": "de"})"), "400: ", "number"));
}

TEST(LibreTranslate, ReadsForms) {
  const TranslateRequest form =
      read_translate_form("q=A+dog%2C+%C3%A4.&source=en&target=de&alternatives=10", options());
  EXPECT_EQ(form.texts, (std::vector<std::string>{"A dog, ä."}));
  EXPECT_EQ(form.libre.alternatives, 10);
  EXPECT_EQ(read_translate_form("q=a&q=b&source=en&target=de", options()).texts, (std::vector<std::string>{"a", "b"}));
  for (const char* bad : {"", "text=a", "q=%ff&source=en&target=de", "q=%f", "q=a&source=en"}) {
    EXPECT_THROW(read_translate_form(bad, options()), Refusal) << bad;
  }
}

TEST(LibreTranslate, RefusesFormsOfManyNames) {
  std::string form = "q=a";
  for (int i = 0; i < 99; ++i) form += "&n" + std::to_string(i);
  EXPECT_EQ(form_as_json(form).size(), 100);
  EXPECT_EQ(form_as_json(form + "&q=b&q=c").size(), 100);
  try {
    form_as_json(form + "&n99");
    FAIL();
  } catch (const Refusal& refused) {
    EXPECT_EQ(refused.status(), 400);
    EXPECT_TRUE(says(refused.what(), "at most 100 names"));
  }
}

TEST(LibreTranslate, AnswersAsItsClientsExpect) {
  const std::vector<std::vector<std::string>> two = {{"a", "b"}, {}};
  EXPECT_EQ(libre_answer({.asked = true}, {{"a", "b"}}, {}), R"({"translatedText":"a"})");
  EXPECT_EQ(libre_answer({.asked = true, .list = true, .alternatives = 1}, two, {}),
            R"({"alternatives":[["b"],[]],"translatedText":["a",""]})");
  EXPECT_EQ(libre_answer({.asked = true, .detect = true}, {{"a"}}, options()),
            R"({"detectedLanguage":{"confidence":0,"language":"en"},"translatedText":"a"})");
}

TEST(LibreTranslate, TellsTheLanguages) {
  EXPECT_EQ(languages_answer(options()), R"([{"code":"en","name":"English","targets":["de"]},)"
                                         R"({"code":"de","name":"German","targets":[]}])");
  EXPECT_THROW(languages_answer({}), Refusal);
}

}  // namespace
}  // namespace rotor
