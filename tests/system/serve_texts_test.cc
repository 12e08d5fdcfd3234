// rotor-serve with models that are an encoder, as its clients see it.
#include <gtest/gtest.h>

#include <future>

#include "serve/tiny_text_model.h"
#include "system/generate.h"
#include "system/server.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

const std::vector<std::vector<std::string>> kPairs = {{"kagu tate", "gaka"},
                                                      {"gaka", "kagu tate gaka nubipi"},
                                                      {"tate", "tate tate kagu"},
                                                      {"kagu tate gaka nubipi kagu tate gaka nubipi", "gaka tate"}};

class ServeTexts : public testing::Test {
 protected:
  std::string model(const std::string& name, const TransformerOptions& options) const {
    write_text_model(folder_ / name, options);
    return folder_ / name;
  }
  std::string classifier() const { return model("classifier", tiny_text_options(kSentencePrediction, {"no", "yes"})); }

  ScratchFolder folder_;
};

std::string tabbed(const std::vector<std::vector<std::string>>& rows) {
  std::string lines;
  for (const auto& row : rows) lines += fmt::format("{}\n", fmt::join(row, "\t"));
  return lines;
}

/// What rotor-evaluate prints, made of an answer.
std::string as_printed(const Json& answer) {
  std::string lines;
  for (const Json& row : answer["predictions"]) {
    if (row.contains("score")) {
      lines += fmt::format("{:.6f}\n", row["score"].get<double>());
      continue;
    }
    lines += row.contains("label") ? row["label"].get<std::string>() : std::to_string(row["candidate"].get<int>());
    for (const Json& probability : row["probabilities"]) lines += fmt::format("\t{:.6f}", probability.get<double>());
    lines += '\n';
  }
  return lines;
}

TEST_F(ServeTexts, PredictsWhatRotorEvaluateDoes) {
  const std::vector<std::vector<std::string>> candidates = {{"kagu tate", "gaka", "kagu", "tate nubipi"},
                                                            {"gaka", "kagu", "gaka", "tate"}};
  const struct {
    std::string model;
    std::vector<std::vector<std::string>> rows;
  } kinds[] = {{classifier(), kPairs},
               {classifier(), {{"kagu"}, {"tate gaka"}}},
               {model("regressor", tiny_text_options(kSentencePrediction)), kPairs},
               {model("ranker", tiny_text_options(kSentenceRanking)), candidates}};
  for (const auto& [path, rows] : kinds) {
    for (const std::string options : {"", "--max-source-positions 9 --truncate head-and-tail"}) {
      std::vector<std::string> words;
      std::istringstream text(options);
      for (std::string word; text >> word;) words.push_back(word);
      const Server server(words, path);
      const auto result = server.post_to("/predict", Json{{"texts", rows}});
      ASSERT_TRUE(result);
      ASSERT_EQ(result->status, 200) << result->body;
      const std::string command = "rotor-evaluate " + path + " --threads 1 " + options;
      EXPECT_EQ(as_printed(Json::parse(result->body)), run(command, tabbed(rows)).out) << path << options;
    }
  }
}

TEST_F(ServeTexts, GivesVectorsOfEveryEncoderThatDependOnNoOtherText) {
  const std::vector<std::string> texts = {"kagu tate", "gaka", "kagu tate gaka nubipi kagu tate"};
  for (const std::string& path : {classifier(), model("mlm", tiny_text_options(kMaskedLm)),
                                  model("encoder", tiny_text_options(kSentenceEncoding))}) {
    const Server server({"--batch-wait", "20"}, path);
    const auto all = server.post_to("/vector", Json{{"text", texts}});
    ASSERT_TRUE(all);
    ASSERT_EQ(all->status, 200) << all->body;
    const Json vectors = Json::parse(all->body)["vectors"];
    std::vector<std::jthread> clients;
    for (size_t c = 0; c < 6; ++c) {
      clients.emplace_back([&, c] {
        const size_t i = c % texts.size();
        const auto one = server.post_to("/vector", Json{{"text", texts[i]}});
        EXPECT_TRUE(one && Json::parse(one->body)["vectors"] == Json{vectors[i]}) << texts[i];
      });
    }
    clients.clear();
    EXPECT_TRUE(says(server.get("/metrics"), "rotor_requests_total{status=\"200\"} 7\n", "rotor_vectors_total 9\n",
                     "rotor_queue_sentences 0\n", "rotor_vector_seconds_count 7\n"));
  }
}

TEST_F(ServeTexts, HasItsModelsResourcesAlone) {
  const Server predicts({}, classifier()), encodes({}, model("mlm", tiny_text_options(kMaskedLm))), translates;
  const Json body = {{"text", "kagu"}};
  EXPECT_EQ(predicts.post_to("/predict", body)->status, 200);
  EXPECT_EQ(predicts.post_to("/vector", body)->status, 200);
  EXPECT_TRUE(refused(predicts.post_to("/translate", body), 404, "/predict, /vector", "sentence_prediction"));
  EXPECT_TRUE(refused(predicts.client().get("/"), 404, "/predict"));
  EXPECT_EQ(encodes.post_to("/vector", body)->status, 200);
  EXPECT_TRUE(refused(encodes.post_to("/predict", body), 404, "expected /vector", "masked_lm"));
  EXPECT_TRUE(refused(translates.post_to("/predict", body), 404, "/translate", "translation"));
  EXPECT_TRUE(refused(translates.post_to("/vector", body), 404, "/translate", "translation"));
  EXPECT_EQ(Json::parse(predicts.get("/health"))["task"], "sentence_prediction");
  const auto wrong = predicts.client().get("/predict");
  EXPECT_TRUE(refused(wrong, 405, "POST", "/predict"));
  EXPECT_EQ(wrong->field("allow"), "POST, OPTIONS");
}

TEST_F(ServeTexts, RefusesMalformedRequests) {
  const Server server({"--max-queue", "3", "--max-source-positions", "8", "--max-body", "2000"}, classifier());
  for (const std::string path : {"/predict", "/vector"}) {
    const auto post = [&](const auto& body) { return server.post_to(path, body); };
    EXPECT_TRUE(refused(post(std::string("text")), 400, "expected JSON"));
    EXPECT_TRUE(refused(post(std::string()), 400, "empty body"));
    EXPECT_TRUE(refused(post(std::string("{\"text\": \"\xff\"}")), 400, "UTF-8"));
    EXPECT_TRUE(refused(post(std::string(1000, '[')), 400, "deeper"));
    EXPECT_TRUE(refused(post(Json{{"text", 1}}), 400, "'text'", "number"));
    EXPECT_TRUE(refused(post(Json{{"texts", Json::array({Json::array({"a", 2})})}}), 400, "'texts'", "number"));
    EXPECT_TRUE(refused(post(Json{{"text", ""}}), 422, "row 0", "blank"));
    EXPECT_TRUE(refused(post(Json{{"texts", {{"a", "b", "c"}}}}), 422, "row 0", "a pair"));
    EXPECT_TRUE(refused(post(Json{{"text", {"a", "b", "c", "d"}}}), 413, "at most 3"));
    EXPECT_TRUE(refused(post(Json{{"text", "kagu tate gaka nubipi kagu"}, {"truncate", "none"}}), 422, "8 tokens"));
    EXPECT_TRUE(refused(post(Json{{"text", std::string(3000, 'a')}}), 413, "2000 bytes"));
    const auto posted = [&](const std::string& type) {
      return server.client().post("{\"text\": \"gaka\"}", type, "", path);
    };
    EXPECT_TRUE(refused(posted("text/plain"), 415, "application/json"));
    EXPECT_TRUE(refused(posted("application/x-www-form-urlencoded"), 415, "application/json"));
    EXPECT_EQ(post(Json{{"text", {"gaka", "kagu", "tate"}}})->status, 200);
  }
}

TEST_F(ServeTexts, NeedsAKeyIfThereIsOne) {
  folder_.file("keys", "secret\n");
  const Server server({"--api-key-file", folder_ / "keys"}, classifier());
  EXPECT_TRUE(refused(server.post_to("/predict", Json{{"text", "gaka"}}), 401, "API key"));
  EXPECT_EQ(server.post_to("/predict", Json{{"text", "gaka"}, {"api_key", "secret"}})->status, 200);
  EXPECT_EQ(server.client()
                .post(R"({"text": "gaka"})", "application/json", "Authorization: Bearer secret\r\n", "/vector")
                ->status,
            200);
}

TEST_F(ServeTexts, AnswersWhatItAcceptedBeforeASignalEndsIt) {
  Server server({"--batch-wait", "4000"}, classifier());
  auto answer = std::async(std::launch::async, [&] { return server.post_to("/vector", Json{{"text", "gaka"}}); });
  ASSERT_TRUE(server.comes_to("rotor_queue_sentences 1"));
  EXPECT_EQ(server.stop(SIGTERM), 143);
  const auto result = answer.get();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
}

TEST_F(ServeTexts, WarnsOfOptionsThatItsModelHasNoUseFor) {
  const std::string there = " --host 192.0.2.1";  // of another machine, so that no server starts
  EXPECT_TRUE(says(run("rotor-serve " + classifier() + there + " --beam 3").err, "--beam 3 has no effect",
                   "for models that translate"));
  EXPECT_TRUE(says(run("rotor-serve " + kModel + there + " --pooling first").err, "--pooling first has no effect"));
}

}  // namespace
}  // namespace rotor
