#include "serve/translation_service.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "base/json.h"
#include "base/scratch.h"
#include "base/threads.h"
#include "search/fairseq.h"
#include "search/marked_model.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

ServeOptions options() {
  set_threads(1);
  ServeOptions options;
  options.model = fairseq_model_path().string();
  return options;
}

/// The answer to a body, as a Refusal if it is one.
std::string answer(TranslationService& service, const ServeOptions& options, const std::string& body) {
  std::promise<std::string> promise;
  Cancellation cancellation;
  service.translate(
      read_translate_request(body, options),
      [&](std::string text, const std::exception_ptr& error) {
        if (error) return promise.set_exception(error);
        promise.set_value(std::move(text));
      },
      cancellation);
  return promise.get_future().get();
}

std::string answer(TranslationService& service, const std::string& body) {
  return answer(service, options(), body);
}

Json translate(TranslationService& service, const std::string& body) {
  return Json::parse(answer(service, body))["translations"];
}

/// The status and text by which a body is refused.
std::string refusal(TranslationService& service, const ServeOptions& options, const std::string& body) {
  try {
    return answer(service, options, body);
  } catch (const Refusal& refused) {
    return std::to_string(refused.status()) + ": " + refused.what();
  }
}

const std::vector<std::string> kTexts = {"kagu tate", "gaka", "kagu tate gaka nubipi", "", "tate tate gaka kagu"};

TEST(TranslationService, TranslatesTextsInTheirOrderAndLeavesBlankOnes) {
  TranslationService service(options());
  const Json all = translate(service, Json{{"text", kTexts}}.dump());
  ASSERT_EQ(all.size(), kTexts.size());
  for (size_t i = 0; i < kTexts.size(); ++i) {
    EXPECT_EQ(all[i], translate(service, Json{{"text", kTexts[i]}}.dump())[0]);
    EXPECT_EQ(all[i]["hypotheses"].size(), kTexts[i].empty() ? 0 : 1);
    EXPECT_EQ(all[i]["text"].get<std::string>().empty(), kTexts[i].empty());
  }
}

TEST(TranslationService, NoTranslationDependsOnWhatArrivesBesideIt) {
  TranslationService service(options());
  std::vector<std::string> alone;
  alone.reserve(kTexts.size());
  for (const std::string& text : kTexts) alone.push_back(answer(service, Json{{"text", text}, {"nbest", 3}}.dump()));
  ServeOptions together_options = options();
  together_options.batch_wait = 20;  // so that batches are of several requests
  TranslationService together(together_options);
  std::vector<std::jthread> clients;
  for (size_t client = 0; client < 2 * kTexts.size(); ++client) {
    clients.emplace_back([&, client] {
      for (size_t round = 0; round < 5; ++round) {
        const size_t i = (client + round) % kTexts.size();
        EXPECT_EQ(answer(together, Json{{"text", kTexts[i]}, {"nbest", 3}}.dump()), alone[i]);
      }
    });
  }
  clients.clear();
  EXPECT_TRUE(says(together.metrics(), "rotor_sentences_total 40\n", "rotor_queue_sentences 0\n"));
  EXPECT_FALSE(says(together.metrics(), "rotor_batch_sentences_count 40\n")) << "nothing was batched";
}

TEST(TranslationService, GivesNbestListsWithScoresBestFirst) {
  TranslationService service(options());
  const Json hypotheses = translate(service, R"({"text": "kagu tate", "nbest": 3, "beam": 4})")[0]["hypotheses"];
  ASSERT_EQ(hypotheses.size(), 3);
  EXPECT_GE(hypotheses[0]["score"], hypotheses[1]["score"]);
  EXPECT_GE(hypotheses[1]["score"], hypotheses[2]["score"]);
  EXPECT_NE(hypotheses[0]["text"], hypotheses[1]["text"]);
  EXPECT_FALSE(hypotheses[0].contains("alignment"));
  EXPECT_FALSE(hypotheses[0].contains("attention"));
}

TEST(TranslationService, GivesAlignmentAndAttentionThatAgree) {
  TranslationService service(options());
  const Json best =
      translate(service, R"({"text": "kagu tate", "print-alignment": true, "attention": true})")[0]["hypotheses"][0];
  const Json& attention = best["attention"];
  ASSERT_EQ(attention["weights"].size(), attention["target"].size());
  EXPECT_EQ(attention["source"].back(), "</s>");
  EXPECT_EQ(attention["target"].back(), "</s>");
  std::string alignment;
  for (size_t t = 0; t < attention["weights"].size(); ++t) {
    const auto row = attention["weights"][t].get<std::vector<double>>();
    ASSERT_EQ(row.size(), attention["source"].size());
    EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-3);
    if (t + 1 == attention["weights"].size()) continue;
    const auto most = std::max_element(row.begin(), row.end() - 1) - row.begin();
    alignment += (t > 0 ? " " : "") + std::to_string(most) + "-" + std::to_string(t);
  }
  EXPECT_EQ(best["alignment"], alignment);
}

TEST(TranslationService, RefusesLongSentencesByTheirNumber) {
  ServeOptions small = options();
  small.max_source_positions = 8;
  TranslationService service(small);
  EXPECT_TRUE(says(refusal(service, small, R"({"text": ["gaka", "kagu tate gaka nubipi kagu tate gaka nubipi"]})"),
                   "422: ", "at most 8 tokens", "text 1"));
}

TEST(TranslationService, RefusesMoreWorkThanItsLimitBeforeItStarts) {
  ServeOptions small = options();
  small.max_work = 2100;  // 2 sentences * beam 5 * 201
  TranslationService service(small);
  EXPECT_TRUE(Json::parse(answer(service, small, R"({"text": ["gaka", "kagu"]})")).contains("translations"));
  EXPECT_TRUE(says(refusal(service, small, R"({"text": ["gaka", "kagu", "tate"]})"), "422: ", "at most 2100",
                   "got 3015", "3 sentences * beam 5", "--max-work"));
  EXPECT_TRUE(says(refusal(service, small, R"({"text": "gaka. Kagu. Tate."})"), "422: ", "3 sentences"));
}

TEST(TranslationService, RefusesMoreAttentionThanItCanAnswer) {
  ServeOptions large = options();
  large.max_work = 1'000'000'000;
  TranslationService service(large);
  const std::vector<std::string> texts(700, "kagu tate gaka nubipi");  // of 5 tokens or more
  for (const char* wish : {"attention", "print-alignment", "replace-unk"}) {
    const Json body = {{"text", texts}, {"beam", 8}, {"nbest", 8}, {wish, true}};
    EXPECT_TRUE(says(refusal(service, large, body.dump()), "422: ", "at most 4000000 attention weights",
                     "700 sentences of nbest 8 * (greatest length + 1) * source length"))
        << wish;
  }
}

TEST(TranslationService, KeepsTheBestHypothesesAndOnlyTheirAttentionIfAsked) {
  TranslationService service(options());
  const Json penalised = translate(service, R"({"text": "kagu tate", "nbest": 2, "coverage-penalty": 0.2})")[0],
             aligned = translate(
                 service, R"({"text": "kagu tate", "nbest": 2, "coverage-penalty": 0.2, "print-alignment": true})")[0];
  ASSERT_EQ(penalised["hypotheses"].size(), 2);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(penalised["hypotheses"][i]["score"], aligned["hypotheses"][i]["score"]);
  EXPECT_FALSE(aligned["hypotheses"][1]["alignment"].get<std::string>().empty());
}

TEST(TranslationService, CountsTheTokenOfTheLanguage) {
  const ScratchFolder folder;
  write_marked_model(folder / "marked");
  ServeOptions small = options();
  small.model = folder / "marked";
  small.source_lang = "en";
  small.target_lang = "de";
  const int64_t tokens = std::ssize(knowing({"de", "en"}).source.encode("kagu tate")) + 2;  // its own, and </s>
  const auto said = [&](int64_t positions) {
    small.max_source_positions = positions;
    TranslationService service(small);
    return refusal(service, small, R"({"text": "kagu tate"})");
  };
  EXPECT_TRUE(says(said(tokens), "translations"));
  EXPECT_TRUE(says(said(tokens - 1), "422: ", fmt::format("at most {} tokens", tokens - 1),
                   fmt::format("got one of {} in text 0", tokens)));
}

TEST(TranslationService, RepliesWithWhatFailsWhileTheAnswerIsMade) {
  TranslationService service(options());
  TranslateRequest request = read_translate_request(R"({"text": []})", options());
  request.libre.asked = true;  // whose one translation is not there
  std::string failure;
  Cancellation cancellation;
  service.translate(
      request,
      [&](const std::string&, const std::exception_ptr& error) {
        failure = message_of<std::exception>([&] {
          if (error) std::rethrow_exception(error);
        });
      },
      cancellation);
  EXPECT_TRUE(says(failure, "out of range"));
}

TEST(TranslationService, RefusesMoreSentencesThanMayWait) {
  ServeOptions small = options();
  small.max_queue = 2;
  TranslationService service(small);
  EXPECT_TRUE(says(refusal(service, small, R"({"text": "Gaka. Kagu. Tate."})"), "413: ", "at most 2 sentences"));
}

TEST(TranslationService, TranslatesSentencesOneByOneAndJoinsThem) {
  TranslationService service(options());
  const Json whole = translate(service, "{\"text\": \" kagu\u00e4. Tate.\\nGaka nubipi \"}")[0];
  const char* sentences[] = {"kagu\u00e4.", "Tate.", "Gaka nubipi"};
  const int places[][2] = {{1, 7}, {8, 13}, {14, 25}};
  std::string joined;
  double score = 0;
  for (int i = 0; i < 3; ++i) {
    const Json alone = translate(service, Json{{"text", sentences[i]}, {"split", false}}.dump())[0];
    const Json& sentence = whole["sentences"][i];
    EXPECT_EQ(sentence["text"], alone["text"]);
    EXPECT_EQ(sentence["hypotheses"], alone["hypotheses"]);
    EXPECT_EQ(sentence["begin"], places[i][0]);
    EXPECT_EQ(sentence["end"], places[i][1]);
    joined += alone["text"].get<std::string>() + (i == 0 ? " " : i == 1 ? "\n" : "");
    score += alone["hypotheses"][0]["score"].get<double>();
    EXPECT_FALSE(alone.contains("sentences"));
  }
  EXPECT_EQ(whole["text"], joined);
  EXPECT_EQ(whole["hypotheses"], (Json{{{"text", joined}, {"score", score}}}));
}

TEST(TranslationService, DrawsTheSamplesThatRotorGenerateDrawsForALineASentence) {
  TranslationService service(options());
  const std::string sampling = R"(, "sampling": true, "seed": 3})";
  const Json split = translate(service, R"({"text": ["", "gaka.\nKagu."])" + sampling)[1]["sentences"];
  const Json lines = translate(service, R"({"split": false, "text": ["", "gaka.", "Kagu."])" + sampling);
  EXPECT_EQ(split[0]["text"], lines[1]["text"]);
  EXPECT_EQ(split[1]["text"], lines[2]["text"]);
}

TEST(TranslationService, WarnsOfTextsThatTheModelDoesNotKnow) {
  TranslationService service(options());
  EXPECT_TRUE(says(translate(service, R"({"text": "kagu tate. Tate 你好世界"})")[0]["warning"].get<std::string>(),
                   "does not know"));
  EXPECT_FALSE(translate(service, R"({"text": "kagu tate"})")[0].contains("warning"));
}

TEST(TranslationService, SaysThatASearchFoundNothing) {
  TranslationService service(options());
  EXPECT_TRUE(says(refusal(service, options(), R"({"text": "gaka", "temperature": 1e-300})"),  // scores become infinite
                   "422: ", "expected a translation, found none"));
}

TEST(TranslationService, RefusesWhatIsNoModel) {
  ServeOptions none = options();
  none.model = "/nowhere/model";
  EXPECT_TRUE(says(message_of<Error>([&] { TranslationService service(none); }), "/nowhere/model"));
}

TEST(TranslationService, RefusesLongTextThatTheVocabularyLacks) {
  TranslationService service(options());
  std::string unknown;
  for (int i = 0; i < 100'000; ++i) unknown += "\u4e2d";
  EXPECT_TRUE(says(refusal(service, options(), Json{{"text", {"gaka", unknown}}}.dump()),
                   "422: text 1: ", "200000 bytes in a row"));
}

}  // namespace
}  // namespace rotor
