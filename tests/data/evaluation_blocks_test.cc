#include "data/evaluation_blocks.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "data/fairseq_blocks.h"

namespace rotor {
namespace {

TEST(EvaluationBlocks, AreFairseqs) {
  const FairseqBlocks golden;
  int64_t with_context = 0;
  for (const auto& expected : golden.cases()) {
    with_context += expected["context_window"] > 0;
    const EvaluationBlocks blocks(golden.corpus(expected), {.tokens_per_sample = expected["tokens_per_sample"],
                                                            .sample_break_mode = expected["sample_break_mode"],
                                                            .context_window = expected["context_window"],
                                                            .max_tokens = 50});
    ASSERT_EQ(blocks.blocks(), expected["blocks"].size()) << golden.name(expected);
    int64_t i = 0, scored = 0;
    for (int64_t k = 0; k < blocks.size(); ++k) {
      const auto [batch, context, places] = blocks[k];
      ASSERT_TRUE(batch.target.rows == 1 || batch.target.rows * batch.target.length <= 50);
      for (int64_t row = 0; row < batch.target.rows; ++row, ++i) {
        const auto& block = expected["blocks"][i];
        const auto input = batch.decoder_input.row(row), target = batch.target.row(row);
        EXPECT_EQ(Ids(input.begin(), input.end()), block["input"].get<Ids>()) << golden.name(expected) << " " << i;
        EXPECT_EQ(context[row], block["unscored"]);
        EXPECT_EQ(Ids(target.begin() + context[row], target.end()), block["target"].get<Ids>());
        EXPECT_EQ(places[row], block["range"][0]);
        EXPECT_TRUE(std::equal(target.begin(), target.begin() + context[row], input.begin() + 1))
            << "targets of the context are what follows it";
        scored += std::ssize(target) - context[row];
      }
    }
    EXPECT_EQ(blocks.targets(), scored);
  }
  EXPECT_GT(with_context, 0);
}

class EvaluationBlocksTest : public testing::Test {
 protected:
  /// The stream 10 11 2 2 | 12 2 | 13 14 15 2, with a document of two lines and one of two that do not end.
  ScratchFolder folder_;
  Corpus corpus_ = text_corpus(folder_ / "a.safetensors", {{10, 11}, {}, {12}, {13, 14, 15}});
};

TEST_F(EvaluationBlocksTest, KnowWhereDocumentsBegin) {
  const EvaluationBlocks blocks(corpus_, {});
  for (int64_t token = 0; token < 10; ++token) EXPECT_EQ(blocks.document(token), token < 4 ? 0 : 1) << token;
}

TEST_F(EvaluationBlocksTest, KeepTheLimitsOfABatchAndTheOrder) {
  const EvaluationBlocks by_rows(corpus_, {.tokens_per_sample = 2, .batch_size = 2});
  ASSERT_EQ(by_rows.size(), 3);
  EXPECT_EQ(by_rows[1].places, (std::vector<int64_t>{4, 6}));
  EXPECT_EQ(by_rows[2].batch.sentences, std::vector<int64_t>{4});
  EXPECT_EQ(EvaluationBlocks(corpus_, {.tokens_per_sample = 2, .max_tokens = 6}).size(), 2);
  EXPECT_EQ(EvaluationBlocks(corpus_, {.tokens_per_sample = 2, .max_tokens = 1}).size(), 5);
}

TEST_F(EvaluationBlocksTest, LeaveOutLinesLongerThanTheModelServes) {
  const EvaluationBlocks blocks(corpus_, {.sample_break_mode = "eos", .max_target_positions = 3});
  EXPECT_EQ(blocks.skipped(), 1);
  EXPECT_EQ(blocks.targets(), 6);
  EXPECT_TRUE(
      says(message_of<Error>([&] { EvaluationBlocks(corpus_, {.tokens_per_sample = 4, .max_target_positions = 3}); }),
           "at most 3", "got 4"));
}

TEST_F(EvaluationBlocksTest, KeepContextsWithinWhatTheModelServes) {
  const EvaluationBlocks blocks(
      corpus_, {.sample_break_mode = "eos", .context_window = 3, .max_tokens = 1, .max_target_positions = 4});
  std::vector<int64_t> lengths;
  for (int64_t k = 0; k < blocks.size(); ++k) lengths.push_back(blocks[k].batch.target.length);
  EXPECT_EQ(*std::max_element(lengths.begin(), lengths.end()), 4);
}

TEST_F(EvaluationBlocksTest, RefuseAContextThatLeavesNothing) {
  EXPECT_TRUE(says(message_of<Error>([&] { EvaluationBlocks(corpus_, {.tokens_per_sample = 4, .context_window = 4}); }),
                   "--context-window from 0 to below --tokens-per-sample, 4, got 4"));
}

}  // namespace
}  // namespace rotor
