#include "search/transformer_steps.h"

#include <gtest/gtest.h>

#include "search/beam.h"
#include "search/fairseq.h"
#include "search/reference.h"

namespace rotor {
namespace {

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

TEST(TransformerSteps, FindFairseqsListsOneByOneAndInABatch) {
  const auto model = fairseq_model();
  TransformerSteps steps(*model);
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

TEST(TransformerSteps, ScoreStepByStepAsReferencesDoInOnePass) {
  const auto model = fairseq_model();
  TransformerSteps steps(*model);
  const std::vector<TokenIds> sources = sources_of(fairseq_scores()["searches"][0]);
  const auto found = beam_search(steps, sources, SearchOptions());
  std::vector<TokenIds> best;
  for (const auto& hypotheses : found) best.push_back(hypotheses[0].tokens);
  const std::vector<double> scores = score_references(*model, sources, best);
  for (size_t s = 0; s < sources.size(); ++s) {
    EXPECT_NEAR(found[s][0].score * static_cast<double>(best[s].size()), scores[s], 1e-4);
  }
}

}  // namespace
}  // namespace rotor
