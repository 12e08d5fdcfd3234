#include "serve/text_service.h"

#include <gtest/gtest.h>

#include <cmath>
#include <future>
#include <thread>

#include "base/json.h"
#include "base/scratch.h"
#include "base/threads.h"
#include "serve/refusal.h"
#include "serve/tiny_text_model.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> kTexts = {"kagu tate", "gaka", "kagu tate gaka nubipi kagu tate gaka", "tate tate"};

class TextServiceTest : public testing::Test {
 protected:
  TextServiceTest() { set_threads(1); }

  /// The options of a server of such a model.
  ServeOptions options_of(const TransformerOptions& model) const {
    const auto path = folder_ / model.task;
    write_text_model(path, model);
    ServeOptions options;
    options.model = path;
    options.read_model();
    return options;
  }
  ServeOptions classifier() const { return options_of(tiny_text_options(kSentencePrediction, {"no", "yes"})); }

  static std::string answer(Service& service, const std::string& path, const Json& body) {
    std::promise<std::string> promise;
    Cancellation cancellation;
    service.post(
        {.path = path, .text = body.dump(), .check_key = [](const std::string&) {}},
        [&](std::string text, const std::exception_ptr& error) {
          if (error) return promise.set_exception(error);
          promise.set_value(std::move(text));
        },
        cancellation);
    return promise.get_future().get();
  }

  /// The status and text by which a body is refused.
  static std::string refusal(Service& service, const std::string& path, const Json& body) {
    try {
      return answer(service, path, body);
    } catch (const Refusal& refused) {
      return std::to_string(refused.status()) + ": " + refused.what();
    }
  }

  ScratchFolder folder_;
};

TEST_F(TextServiceTest, AnswersRowsInTheirOrderWhateverIsBesideThem) {
  TextService service(classifier());
  for (const std::string path : {"/predict", "/vector"}) {
    const std::string field = path == "/predict" ? "predictions" : "vectors";
    const Json all = Json::parse(answer(service, path, {{"text", kTexts}}))[field];
    ASSERT_EQ(all.size(), kTexts.size());
    for (size_t i = 0; i < kTexts.size(); ++i) {
      EXPECT_EQ(all[i], Json::parse(answer(service, path, {{"text", kTexts[i]}}))[field][0]) << path << ' ' << i;
    }
    EXPECT_NE(all[0], all[1]);
  }
}

TEST_F(TextServiceTest, NoAnswerDependsOnWhatArrivesBesideIt) {
  ServeOptions options = classifier();
  options.batch_wait = 20;  // so that batches are of several requests
  TextService service(options);
  const auto body = [](size_t i) {
    Json body = {{"text", kTexts[i]}};
    if (i == 0) body["pooling"] = "first";
    if (i == 1) body["normalize"] = false;
    return body;
  };
  const auto ask = [&](size_t i) {
    return answer(service, i == 2 ? "/predict" : "/vector", i == 2 ? Json{{"text", kTexts[i]}} : body(i));
  };
  std::vector<std::string> alone;
  for (size_t i = 0; i < kTexts.size(); ++i) alone.push_back(ask(i));
  std::vector<std::jthread> clients;
  for (size_t client = 0; client < 2 * kTexts.size(); ++client) {
    clients.emplace_back([&, client] {
      for (size_t round = 0; round < 4; ++round) {
        const size_t i = (client + round) % kTexts.size();
        EXPECT_EQ(ask(i), alone[i]);
      }
    });
  }
  clients.clear();
  EXPECT_TRUE(says(service.metrics(), "rotor_predictions_total 9\n", "rotor_vectors_total 27\n",
                   "rotor_vector_seconds_count 27\n", "rotor_predict_seconds_count 9\n", "rotor_queue_sentences 0\n"));
  EXPECT_FALSE(says(service.metrics(), "rotor_batch_sentences_count 36\n")) << "nothing was batched";
}

TEST_F(TextServiceTest, VectorsAreOfLengthOneUnlessAskedOtherwise) {
  TextService service(options_of(tiny_text_options(kMaskedLm)));
  const auto vector = [&](Json body) {
    body["text"] = "kagu tate gaka";
    return Json::parse(answer(service, "/vector", body))["vectors"][0].get<std::vector<double>>();
  };
  const auto length = [](const std::vector<double>& x) {
    double squares = 0;
    for (const double value : x) squares += value * value;
    return std::sqrt(squares);
  };
  const auto normal = vector({}), plain = vector({{"normalize", false}}), first = vector({{"pooling", "first"}});
  ASSERT_EQ(normal.size(), 16);
  EXPECT_NEAR(length(normal), 1, 1e-6);
  EXPECT_NEAR(length(first), 1, 1e-6);
  EXPECT_GT(std::abs(length(plain) - 1), 0.01);
  for (size_t i = 0; i < plain.size(); ++i) EXPECT_NEAR(plain[i] / length(plain), normal[i], 1e-6);
  EXPECT_NE(first, normal);
}

TEST_F(TextServiceTest, VectorsArePooledAsAModelOfSentenceVectorsSays) {
  const auto vectors = [&](const TransformerOptions& model, Json body) {
    TextService service(options_of(model));
    body["text"] = kTexts;
    return answer(service, "/vector", body);
  };
  TransformerOptions first = tiny_text_options(kSentenceEncoding), masked = tiny_text_options(kMaskedLm);
  first.head.pooling = masked.head.pooling = "first";
  EXPECT_EQ(vectors(first, {}), vectors(first, {{"pooling", "first"}}));
  EXPECT_NE(vectors(first, {}), vectors(first, {{"pooling", "mean"}}));
  EXPECT_EQ(vectors(masked, {}), vectors(masked, {{"pooling", "mean"}}));
}

TEST_F(TextServiceTest, PairsAreNotTheirTextsSwapped) {
  TextService service(classifier());
  const Json all = Json::parse(
      answer(service, "/predict", {{"texts", {{"kagu", "tate"}, {"tate", "kagu"}, {"kagu"}}}}))["predictions"];
  ASSERT_EQ(all.size(), 3);
  EXPECT_NE(all[0], all[1]);
  EXPECT_NE(all[0], all[2]);
}

TEST_F(TextServiceTest, RanksTheCandidatesOfEachRow) {
  TextService service(options_of(tiny_text_options(kSentenceRanking)));
  const Json rows = {{"kagu tate", "gaka", "tate", "nubipi gaka"}, {"gaka", "tate", "kagu"}};
  const Json all = Json::parse(answer(service, "/predict", {{"texts", rows}}))["predictions"];
  ASSERT_EQ(all[0]["scores"].size(), 3);
  ASSERT_EQ(all[1]["scores"].size(), 2);
  const Json swapped = Json::parse(
      answer(service, "/predict", {{"texts", {{"kagu tate", "nubipi gaka", "tate", "gaka"}}}}))["predictions"];
  for (int i = 0; i < 3; ++i) EXPECT_EQ(swapped[0]["scores"][i], all[0]["scores"][2 - i]);
  EXPECT_TRUE(says(refusal(service, "/predict", {{"text", "kagu"}}), "422: row 0", "two candidates", "got 1"));
  EXPECT_EQ(Json::parse(answer(service, "/vector", {{"text", "kagu"}}))["vectors"].size(), 1);
}

TEST_F(TextServiceTest, CutsLongTextsAsItIsTold) {
  ServeOptions options = classifier();
  options.max_source_positions = 8;
  TextService service(options);
  const std::string text = "kagu tate gaka nubipi kagu tate gaka nubipi";
  const std::string end = answer(service, "/vector", {{"text", text}}),
                    middle = answer(service, "/vector", {{"text", text}, {"truncate", "head-and-tail"}});
  EXPECT_NE(end, middle);
  EXPECT_EQ(answer(service, "/vector", {{"text", text + " gaka"}}), end) << "what is cut has no part";
  EXPECT_TRUE(says(refusal(service, "/predict", {{"text", {"gaka", text}}, {"truncate", "none"}}), "422: row 1",
                   "at most 8 tokens", "longest"));
}

TEST_F(TextServiceTest, RefusesWhatIsAboveItsLimits) {
  ServeOptions options = options_of(tiny_text_options(kSentenceRanking));
  options.max_queue = 4;
  options.max_work = 40;
  TextService service(options);
  const Json row = {"kagu", "gaka", "tate"};
  EXPECT_TRUE(says(refusal(service, "/predict", {{"texts", {row, row, row}}}), "413: ", "at most 4"));
  Json many = {std::string(10000, 'k')};  // which would make rows that are too long
  for (int i = 0; i < 5; ++i) many.push_back("gaka");
  EXPECT_TRUE(says(refusal(service, "/predict", {{"texts", {many}}, {"truncate", "none"}}), "413: ", "at most 4"));
  EXPECT_TRUE(says(refusal(service, "/vector", {{"text", std::vector<std::string>(4, "kagu tate gaka nubipi")}}),
                   "422: ", "at most 40 tokens", "--max-work"));
  EXPECT_TRUE(says(refusal(service, "/vector", {{"texts", {{"a", "b", "c"}}}}), "422: row 0", "a pair", "got 3"));
}

TEST_F(TextServiceTest, RefusesSeveralModelsAndNumbersThatAreNone) {
  ServeOptions options = classifier();
  options.model += ":" + options.model;
  EXPECT_TRUE(says(message_of<Error>([&] { TextService service(options); }), "one model", "got 2"));
  const TransformerOptions model = tiny_text_options(kMaskedLm);
  const auto broken = make_model(model);
  broken->initialise(1);
  for (const NamedParameter& parameter : broken->parameters()) {
    if (parameter.name == "encoder.embed_tokens.weight") parameter.variable.value().fill(NAN);
  }
  const VocabularyBytes vocabulary = read_vocabulary(SafeTensors(fairseq_model_path()));
  SafeTensorsWriter writer;
  add_model(writer, *broken, vocabulary);
  writer.write(folder_ / "broken");
  options.model = folder_ / "broken";
  options.read_model();
  TextService service(options);
  EXPECT_TRUE(says(refusal(service, "/vector", {{"text", "kagu"}}), "422: ", "finite"));
}

}  // namespace
}  // namespace rotor
