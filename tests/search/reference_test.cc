#include "search/reference.h"

#include <gtest/gtest.h>

#include <numeric>

#include "search/fairseq.h"

namespace rotor {
namespace {

TEST(ScoreReferences, AreFairseqsOneByOneAndInABatch) {
  std::vector<std::unique_ptr<EncoderDecoder>> models;
  models.push_back(fairseq_model());
  const nlohmann::json pairs = fairseq_scores()["pairs"];
  ASSERT_GE(pairs.size(), 30);
  std::vector<TokenIds> sources, targets;
  for (const auto& pair : pairs) {
    sources.push_back(pair["source_ids"]);
    targets.push_back(pair["target_ids"]);
  }
  const auto sum = [](const std::vector<float>& scores) { return std::accumulate(scores.begin(), scores.end(), 0.0); };
  const auto together = score_references(models, sources, targets, {});
  for (size_t i = 0; i < pairs.size(); ++i) {
    const double expected = pairs[i]["score"];
    EXPECT_EQ(together[i].size(), targets[i].size());
    EXPECT_NEAR(sum(together[i]), expected, 1e-4) << pairs[i]["target"];
    const auto alone = score_references(models, std::span(sources).subspan(i, 1), std::span(targets).subspan(i, 1), {});
    EXPECT_NEAR(sum(alone[0]), expected, 1e-4);
  }
}

}  // namespace
}  // namespace rotor
