#include "search/encoder_decoder_steps.h"

#include <gtest/gtest.h>

#include "search/beam_search.h"
#include "search/fairseq.h"
#include "search/reference.h"
#include "text/special_tokens.h"
#include "text/token_batch.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

SearchOptions options_of(const nlohmann::json& search) {
  SearchOptions options;
  options.beam = search["beam"];
  options.lenpen = search["lenpen"];
  options.max_len_a = search["max_len_a"];
  options.max_len_b = search["max_len_b"];
  return options;
}

std::vector<TokenIds> sources_of(const nlohmann::json& search) {
  std::vector<TokenIds> sources;
  for (const auto& sentence : search["sentences"]) sources.push_back(sentence["source_ids"]);
  return sources;
}

void expect_hypotheses(const std::vector<Hypothesis>& found, const nlohmann::json& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].tokens, expected[i]["ids"].get<TokenIds>());
    EXPECT_NEAR(found[i].score, expected[i]["score"].get<double>(), 1e-4);
  }
}

class FairseqsLists : public testing::TestWithParam<bool> {};

TEST_P(FairseqsLists, AreFoundOneByOneAndInABatch) {
  const auto model = fairseq_model();
  if (GetParam()) model->prepare(WeightType::kFloat32);
  EncoderDecoderSteps steps(*model, {});
  const nlohmann::json scores = fairseq_scores();
  ASSERT_GE(scores["searches"].size(), 16);
  for (const auto& search : scores["searches"]) {
    const SearchOptions options = options_of(search);
    const std::vector<TokenIds> sources = sources_of(search);
    ASSERT_GE(sources.size(), 15);
    const auto together = beam_search(steps, sources, options);
    for (size_t s = 0; s < sources.size(); ++s) {
      SCOPED_TRACE(fmt::format("beam {} lenpen {} sentence {}", options.beam, options.lenpen, s));
      expect_hypotheses(together[s], search["sentences"][s]["hypotheses"]);
      if (s > 2) continue;
      expect_hypotheses(beam_search(steps, std::vector<TokenIds>{sources[s]}, options)[0],
                        search["sentences"][s]["hypotheses"]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(WeightsFixedOrNot, FairseqsLists, testing::Bool());

TEST(EncoderDecoderSteps, ScoreStepByStepAsReferencesDoInOnePass) {
  std::vector<std::unique_ptr<EncoderDecoder>> models;
  models.push_back(fairseq_model());
  EncoderDecoderSteps steps(*models[0], {});
  const std::vector<TokenIds> sources = sources_of(fairseq_scores()["searches"][0]);
  const auto found = beam_search(steps, sources, SearchOptions());
  std::vector<TokenIds> best;
  for (const auto& hypotheses : found) best.push_back(hypotheses[0].tokens);
  const auto scores = score_references(models, sources, best, {});
  for (size_t s = 0; s < sources.size(); ++s) {
    ASSERT_EQ(found[s][0].token_scores.size(), scores[s].size());
    for (size_t i = 0; i < scores[s].size(); ++i) EXPECT_NEAR(found[s][0].token_scores[i], scores[s][i], 1e-4);
  }
}

/// The attention to a source of all tokens of a target in one pass of the decoder: [target, source].
Tensor attention_in_one_pass(const EncoderDecoder& model, const TokenIds& source, const TokenIds& target) {
  const NoGrad no_grad;
  TokenIds input = {kSpecials.eos};
  input.insert(input.end(), target.begin(), target.end() - 1);
  const TokenBatch batch = TokenBatch::of({source});
  StackState state = model.start(model.encode(batch), batch.lengths);
  state.keep_attention();
  model.decode(TokenBatch::of({input}), state);
  return state.attention();
}

class Attention : public testing::TestWithParam<bool> {};

TEST_P(Attention, OfASearchIsThatOfOnePass) {
  const auto model = fairseq_model();
  if (GetParam()) model->prepare(WeightType::kFloat32);
  EncoderDecoderSteps steps(*model, {});
  const std::vector<TokenIds> sources = sources_of(fairseq_scores()["searches"][0]);
  SearchOptions options;
  options.keep_attention = true;
  const auto found = beam_search(steps, sources, options);
  for (size_t s = 0; s < sources.size(); ++s) {
    for (const Hypothesis& h : found[s]) {
      const Tensor expected = attention_in_one_pass(*model, sources[s], h.tokens);
      ASSERT_EQ(std::ssize(h.attention), expected.elements());
      double sum = 0;
      for (int64_t i = 0; i < expected.elements(); ++i) {
        EXPECT_NEAR(h.attention[i], expected.data()[i], 1e-4);
        sum += h.attention[i];
      }
      EXPECT_NEAR(sum, static_cast<double>(h.tokens.size()), 1e-4);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(WeightsFixedOrNot, Attention, testing::Bool());

TEST(EncoderDecoderSteps, FindTheSameWhetherAttentionIsKeptOrNot) {
  const auto model = fairseq_model();
  model->prepare(WeightType::kFloat32);
  EncoderDecoderSteps steps(*model, {});
  const std::vector<TokenIds> sources = sources_of(fairseq_scores()["searches"][0]);
  SearchOptions options;
  const auto without = beam_search(steps, sources, options);
  options.keep_attention = true;
  const auto with = beam_search(steps, sources, options);
  for (size_t s = 0; s < sources.size(); ++s) {
    for (size_t i = 0; i < with[s].size(); ++i) {
      EXPECT_EQ(with[s][i].tokens, without[s][i].tokens);
      EXPECT_EQ(with[s][i].score, without[s][i].score);
    }
  }
}

}  // namespace
}  // namespace rotor
