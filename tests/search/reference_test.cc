#include "search/reference.h"

#include <gtest/gtest.h>

#include "search/fairseq.h"

namespace rotor {
namespace {

TEST(ScoreReferences, AreFairseqsOneByOneAndInABatch) {
  const auto model = fairseq_model();
  const nlohmann::json pairs = fairseq_scores()["pairs"];
  ASSERT_GE(pairs.size(), 30);
  std::vector<TokenIds> sources, targets;
  for (const auto& pair : pairs) {
    sources.push_back(pair["source_ids"]);
    targets.push_back(pair["target_ids"]);
  }
  const std::vector<double> together = score_references(*model, sources, targets);
  for (size_t i = 0; i < pairs.size(); ++i) {
    const double expected = pairs[i]["score"];
    EXPECT_NEAR(together[i], expected, 1e-4) << pairs[i]["target"];
    EXPECT_NEAR(score_references(*model, std::vector<TokenIds>{sources[i]}, std::vector<TokenIds>{targets[i]})[0],
                expected, 1e-4);
  }
}

}  // namespace
}  // namespace rotor
