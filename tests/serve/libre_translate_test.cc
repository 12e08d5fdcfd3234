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
