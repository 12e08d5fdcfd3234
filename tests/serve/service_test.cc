#include "serve/service.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/json.h"
#include "base/scratch.h"
#include "search/fairseq.h"
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

Json translate(Service& service, const std::string& body) {
  return Json::parse(service.translate(body))["translations"];
}

const std::vector<std::string> kTexts = {"kagu tate", "gaka", "kagu tate gaka nubipi", "", "tate tate gaka kagu"};

TEST(Service, TranslatesTextsInTheirOrderAndLeavesBlankOnes) {
  Service service(options());
  const Json all = translate(service, Json{{"text", kTexts}}.dump());
  ASSERT_EQ(all.size(), kTexts.size());
  for (size_t i = 0; i < kTexts.size(); ++i) {
    EXPECT_EQ(all[i], translate(service, Json{{"text", kTexts[i]}}.dump())[0]);
    EXPECT_EQ(all[i]["hypotheses"].size(), kTexts[i].empty() ? 0 : 1);
    EXPECT_EQ(all[i]["text"].get<std::string>().empty(), kTexts[i].empty());
  }
}

TEST(Service, NoTranslationDependsOnWhatArrivesBesideIt) {
  Service service(options());
  std::vector<std::string> alone;
  alone.reserve(kTexts.size());
  for (const std::string& text : kTexts) alone.push_back(service.translate(Json{{"text", text}, {"nbest", 3}}.dump()));
  ServeOptions together_options = options();
  together_options.batch_wait = 20;  // so that batches are of several requests
  Service together(together_options);
  std::vector<std::jthread> clients;
  for (size_t client = 0; client < 2 * kTexts.size(); ++client) {
    clients.emplace_back([&, client] {
      for (size_t round = 0; round < 5; ++round) {
        const size_t i = (client + round) % kTexts.size();
        EXPECT_EQ(together.translate(Json{{"text", kTexts[i]}, {"nbest", 3}}.dump()), alone[i]);
      }
    });
  }
  clients.clear();
  EXPECT_TRUE(says(together.metrics(), "rotor_sentences_total 40\n", "rotor_queue_sentences 0\n"));
  EXPECT_FALSE(says(together.metrics(), "rotor_batch_sentences_count 40\n")) << "nothing was batched";
}

TEST(Service, GivesNbestListsWithScoresBestFirst) {
  Service service(options());
  const Json hypotheses = translate(service, R"({"text": "kagu tate", "nbest": 3, "beam": 4})")[0]["hypotheses"];
  ASSERT_EQ(hypotheses.size(), 3);
  EXPECT_GE(hypotheses[0]["score"], hypotheses[1]["score"]);
  EXPECT_GE(hypotheses[1]["score"], hypotheses[2]["score"]);
  EXPECT_NE(hypotheses[0]["text"], hypotheses[1]["text"]);
  EXPECT_FALSE(hypotheses[0].contains("alignment"));
  EXPECT_FALSE(hypotheses[0].contains("attention"));
}

TEST(Service, GivesAlignmentAndAttentionThatAgree) {
  Service service(options());
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

TEST(Service, RefusesLongSentencesByTheirNumber) {
  ServeOptions small = options();
  small.max_source_positions = 8;
  Service service(small);
  try {
    service.translate(R"({"text": ["gaka", "kagu tate gaka nubipi kagu tate gaka nubipi"]})");
    FAIL();
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.status(), 422);
    EXPECT_TRUE(says(refusal.what(), "at most 8 tokens", "text 1"));
  }
}

TEST(Service, RefusesWhatCannotBeDoneInTime) {
  ServeOptions hasty = options();
  hasty.timeout = 1e-6;
  Service service(hasty);
  try {
    service.translate(R"({"text": "gaka"})");
    FAIL();
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.status(), 504);
  }
}

TEST(Service, SaysThatASearchFoundNothing) {
  Service service(options());
  try {
    service.translate(R"({"text": "gaka", "temperature": 1e-300})");  // scores become infinite
    FAIL();
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.status(), 422);
    EXPECT_TRUE(says(refusal.what(), "expected a translation, found none"));
  }
}

TEST(Service, SaysItsModelAndVersion) {
  Service service(options());
  EXPECT_EQ(Json::parse(service.health()),
            (Json{{"status", "ok"}, {"model", fairseq_model_path().string()}, {"version", ROTOR_VERSION}}));
}

TEST(Service, RefusesWhatIsNoModel) {
  ServeOptions none = options();
  none.model = "/nowhere/model";
  EXPECT_TRUE(says(message_of<Error>([&] { Service service(none); }), "/nowhere/model"));
}

}  // namespace
}  // namespace rotor
