#include "serve/text_answer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"

namespace rotor {
namespace {

using Json = nlohmann::json;
using Rows = std::vector<std::vector<float>>;

TransformerOptions model(const std::string& task, std::vector<std::string> labels = {}) {
  TransformerOptions options;
  options.task = task;
  options.head.labels = std::move(labels);
  return options;
}

TEST(TextAnswer, HasTheLabelAndProbabilitiesOfClasses) {
  const Rows scores = {{0, std::log(3.F)}, {5, 5}};
  const Json all = Json::parse(predictions_answer(model(kSentencePrediction, {"no", "\"ja\""}), scores))["predictions"];
  ASSERT_EQ(all.size(), 2);
  EXPECT_EQ(all[0]["label"], "\"ja\"");
  EXPECT_NEAR(all[0]["probabilities"]["no"], 0.25, 1e-7);
  EXPECT_NEAR(all[0]["probabilities"]["\"ja\""], 0.75, 1e-7);
  EXPECT_EQ(all[1]["label"], "no") << "the first of equals";
}

TEST(TextAnswer, HasTheScoreOfANumber) {
  EXPECT_EQ(predictions_answer(model(kSentencePrediction), Rows{{0.1F}, {-2}}),
            R"({"predictions":[{"score":0.1},{"score":-2.0}]})");
}

TEST(TextAnswer, HasTheNumberOfTheBestCandidateAndTheScoresOfAll) {
  const Json all = Json::parse(predictions_answer(model(kSentenceRanking), Rows{{1, 1, 3.5F}, {2, 1}}))["predictions"];
  EXPECT_EQ(all[0]["candidate"], 3);
  EXPECT_EQ(all[0]["scores"], (Json{1, 1, 3.5}));
  EXPECT_NEAR(all[0]["probabilities"][2], std::exp(2.5) / (2 + std::exp(2.5)), 1e-7);
  EXPECT_EQ(all[1]["candidate"], 1);
  EXPECT_EQ(all[1]["scores"].size(), 2);
}

TEST(TextAnswer, HasVectorsThatAreTheSameFloatsWhenRead) {
  const Rows vectors = {{0.1F, -1.F / 3, 1e-20F, 12345678.F}, {0, 1, 2, 3}};
  const std::string text = vectors_answer(vectors);
  const Json all = Json::parse(text)["vectors"];
  for (size_t row = 0; row < 2; ++row) EXPECT_EQ(all[row].get<std::vector<float>>(), vectors[row]);
  EXPECT_TRUE(text.starts_with(R"({"vectors":[[0.1,-0.33333334,)")) << text;
  EXPECT_EQ(vectors_answer({}), R"({"vectors":[]})");
  EXPECT_EQ(predictions_answer(model(kSentencePrediction), {}), R"({"predictions":[]})");
}

}  // namespace
}  // namespace rotor
