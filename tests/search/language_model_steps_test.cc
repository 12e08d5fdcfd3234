#include "search/language_model_steps.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/check.h"
#include "base/scratch.h"
#include "golden.h"
#include "search/beam_search.h"
#include "search/tiny_language_model.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

std::vector<TokenIds> tokens_of(const std::vector<Hypothesis>& hypotheses) {
  std::vector<TokenIds> tokens;
  for (const Hypothesis& hypothesis : hypotheses) tokens.push_back(hypothesis.tokens);
  return tokens;
}

/// The golden's list, which is ordered by scores that count the prompt.
void expect_continuations(const std::vector<Hypothesis>& found, const Json& expected) {
  std::map<TokenIds, const Json*> by_tokens;
  for (const Json& hypothesis : expected) by_tokens[hypothesis["ids"].get<TokenIds>()] = &hypothesis;
  ASSERT_EQ(found.size(), by_tokens.size());
  for (size_t i = 0; i < found.size(); ++i) {
    const auto same = by_tokens.find(found[i].tokens);
    ASSERT_NE(same, by_tokens.end()) << testing::PrintToString(found[i].tokens);
    EXPECT_NEAR(found[i].score, (*same->second)["score_without_prompt"].get<double>(), 1e-4);
    const auto scores = (*same->second)["log_probabilities"].get<std::vector<float>>();
    ASSERT_EQ(found[i].token_scores.size(), scores.size());
    for (size_t t = 0; t < scores.size(); ++t) EXPECT_NEAR(found[i].token_scores[t], scores[t], 1e-4);
    EXPECT_GE(found[i > 0 ? i - 1 : 0].score, found[i].score);
  }
}

class GoldenContinuations : public testing::TestWithParam<bool> {};

/// As fairseq and a search without a cache find them: alone, where long prompts are read in blocks, and together with
/// shorter prompts, where they come step by step.
TEST_P(GoldenContinuations, AreFoundOneByOneAndInABatch) {
  const Json golden = Json::parse(std::ifstream(std::filesystem::path(ROTOR_GOLDEN) / "lm_generation.json"));
  size_t searches = 0, in_blocks = 0;
  for (const Json& search : golden["cases"]) {
    const std::string name = search["model"];
    SCOPED_TRACE(name);
    const SafeTensors file = golden::open(name);
    LanguageModel model(TransformerOptions::from_config(file.metadata("config"), name));
    read_parameters(file, model);
    if (GetParam()) model.prepare(WeightType::kFloat32);
    LanguageModelSteps steps(model, {});
    SearchOptions options;
    options.beam = search["beam"];
    options.lenpen = search["lenpen"];
    options.max_len_b = search["new_tokens"];
    std::vector<SearchInput> inputs;
    for (const Json& prompt : search["prompts"]) inputs.push_back({.prompt = prompt["prompt"]});
    ASSERT_TRUE(inputs.at(0).prompt.empty());
    options.min_len = 0;  // after a prompt the golden's hypotheses may end at once
    const auto together = beam_search(steps, inputs, options);
    for (size_t s = 0; s < inputs.size(); ++s) {
      options.min_len = s == 0 ? 1 : 0;
      const auto alone = beam_search(steps, std::span(&inputs[s], 1), options)[0];
      expect_continuations(alone, search["prompts"][s]["hypotheses"]);
      if (s > 0) expect_continuations(together[s], search["prompts"][s]["hypotheses"]);
      in_blocks += std::ssize(inputs[s].prompt) >= kPromptBlock;
      ++searches;
    }
  }
  EXPECT_GE(searches, 50);
  EXPECT_GE(in_blocks, 9);
}

INSTANTIATE_TEST_SUITE_P(WeightsPreparedOrNot, GoldenContinuations, testing::Bool());

/// To the bit, beside prompts of as many whole blocks; the numbers of a step do not depend on how many rows it has.
TEST(LanguageModelSteps, FindTheSameBesidePromptsOfAsManyBlocks) {
  for (const std::string encoding : {"rope", "alibi", "learned"}) {
    const auto model = tiny_language_model(encoding);
    model->prepare(WeightType::kFloat32);
    LanguageModelSteps steps(*model, {});
    SearchOptions options;
    options.beam = 3;
    options.max_len_b = 6;
    std::vector<SearchInput> inputs;
    for (const int64_t length : {16, 31, 20, 17}) {
      TokenIds prompt;
      for (int64_t i = 0; i < length; ++i) prompt.push_back(static_cast<int32_t>(4 + (7 * i + length * i * i) % 96));
      inputs.push_back({.number = std::ssize(inputs), .prompt = prompt});
    }
    EXPECT_EQ(steps.begin(inputs), 16);
    const auto together = beam_search(steps, inputs, options);
    for (size_t s = 0; s < inputs.size(); ++s) {
      const auto alone = beam_search(steps, std::span(&inputs[s], 1), options)[0];
      EXPECT_EQ(tokens_of(together[s]), tokens_of(alone));
      for (size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(together[s][i].token_scores, alone[i].token_scores);
    }
  }
}

TEST(LanguageModelSteps, ReadWholeBlocksOfTheShortestPrompt) {
  const auto model = tiny_language_model();
  LanguageModelSteps steps(*model, {});
  const auto read = [&](std::vector<int64_t> lengths) {
    std::vector<SearchInput> inputs;
    for (const int64_t length : lengths) inputs.push_back({.prompt = TokenIds(length, 5)});
    return steps.begin(inputs);
  };
  EXPECT_EQ(read({0}), 0);
  EXPECT_EQ(read({15}), 0);
  EXPECT_EQ(read({16}), 16);
  EXPECT_EQ(read({35, 33}), 32);
  EXPECT_EQ(read({35, 3}), 0);
}

TEST(LanguageModelSteps, HaveNoSourceToAttendTo) {
  const auto model = tiny_language_model();
  LanguageModelSteps steps(*model, {});
  SearchOptions options;
  options.keep_attention = true;
  EXPECT_TRUE(says(message_of<Error>([&] { beam_search(steps, std::vector<SearchInput>{{.prompt = {5}}}, options); }),
                   "a source to attend to", "language model"));
}

}  // namespace
}  // namespace rotor
