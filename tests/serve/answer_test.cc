#include "serve/answer.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "model/model_file.h"
#include "search/fairseq.h"
#include "text/special_tokens.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

using Json = nlohmann::json;

Vocabularies vocabularies() {
  const Vocabulary vocabulary = Vocabulary::from_bytes(read_vocabulary(SafeTensors(fairseq_model_path())).source);
  return {vocabulary, vocabulary};
}

/// "kagu" and what its last piece became, an unknown word.
Hypothesis hypothesis(const Request& request) {
  Hypothesis made{.tokens = {kSpecials.unk, kSpecials.eos}, .token_scores = {-1, -2}, .score = -1.5};
  made.attention.assign(2 * request.source.size(), 0);
  made.attention[request.source.size() - 2] = 0.7654321F;
  return made;
}

SourceText source_text(const std::string& text) {
  Request made;
  made.source = vocabularies().source.encode(text);
  made.source.push_back(kSpecials.eos);
  made.texts = vocabularies().source.spell(text);
  return {.text = text, .places = {{0, text.size()}}, .sentences = {made}};
}

TEST(Answer, HasWhatWasAskedForAndNoMore) {
  const SourceText text = source_text("kagu");
  const Request& kagu = text.sentences[0];
  TranslateRequest wishes;
  wishes.split = false;
  const auto answer = [&] {
    return Json::parse(translations_answer(std::vector{text}, std::vector<std::vector<Hypothesis>>{{hypothesis(kagu)}},
                                           wishes, vocabularies(), {}))["translations"][0];
  };
  EXPECT_EQ(answer(), Json::parse(R"({"text": " ⁇ ", "hypotheses": [{"text": " ⁇ ", "score": -1.5}]})"));
  wishes.print_alignment = wishes.replace_unk = wishes.attention = true;
  const Json best = answer()["hypotheses"][0];
  const std::string last = vocabularies().source.piece(kagu.source[kagu.source.size() - 2]);
  EXPECT_EQ(best["alignment"], std::to_string(kagu.source.size() - 2) + "-0");
  EXPECT_TRUE(last.ends_with(best["text"].get<std::string>())) << best;
  EXPECT_EQ(best["attention"]["target"], (Json{"<unk>", "</s>"}));
  EXPECT_EQ(best["attention"]["weights"][0][kagu.source.size() - 2], 0.76543);
}

TEST(Answer, GivesAtMostNbestHypotheses) {
  const SourceText text = source_text("kagu");
  const Request& kagu = text.sentences[0];
  TranslateRequest wishes;
  wishes.search.nbest = 2;
  const std::vector<std::vector<Hypothesis>> three = {{hypothesis(kagu), hypothesis(kagu), hypothesis(kagu)}};
  EXPECT_EQ(Json::parse(translations_answer(std::vector{text}, three, wishes, vocabularies(),
                                            {}))["translations"][0]["hypotheses"]
                .size(),
            2);
}

TEST(Answer, JoinsHypothesesOfEqualRankWhereSentencesHaveFewerTheirLast) {
  SourceText two = source_text("a. b");
  two.places = {{0, 2}, {3, 4}};
  two.sentences = {two.sentences[0], two.sentences[0]};
  const auto made = [&](int32_t token, double score) {
    return Hypothesis{.tokens = {token, kSpecials.eos}, .token_scores = {-1, -2}, .score = score};
  };
  const int32_t x = vocabularies().target.encode("kagu")[0], y = vocabularies().target.encode("tate")[0];
  const std::vector<std::vector<Hypothesis>> found = {{made(x, -1), made(y, -2)}, {made(y, -4)}};
  const auto word = [&](int32_t token) { return vocabularies().target.decode(TokenIds{token}); };
  TranslateRequest wishes;
  wishes.search.nbest = 2;
  const Json translation =
      Json::parse(translations_answer(std::vector{two}, found, wishes, vocabularies(), {}))["translations"][0];
  EXPECT_EQ(translation["hypotheses"], (Json{{{"text", word(x) + " " + word(y)}, {"score", -5.0}},
                                             {{"text", word(y) + " " + word(y)}, {"score", -6.0}}}));
  EXPECT_EQ(translation["text"], word(x) + " " + word(y));
  wishes.libre = {.asked = true, .list = false, .alternatives = 1};
  EXPECT_EQ(Json::parse(translations_answer(std::vector{two}, found, wishes, vocabularies(), {})),
            (Json{{"translatedText", word(x) + " " + word(y)}, {"alternatives", {word(y) + " " + word(y)}}}));
}

TEST(Answer, TellsAnErrorOnOneLineInUtf8) {
  EXPECT_EQ(error_answer("not\nso"), R"({"error":"not so"})");
  const std::string long_text = error_answer(std::string(599, 'a') + "ä" + std::string(1000, 'b'));
  EXPECT_LT(long_text.size(), 700);
  EXPECT_TRUE(Json::parse(long_text)["error"].get<std::string>().ends_with("…"));
}

}  // namespace
}  // namespace rotor
