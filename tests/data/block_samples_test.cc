#include "data/block_samples.h"

#include <gtest/gtest.h>

#include <set>

#include "base/check.h"
#include "base/scratch.h"
#include "data/batches.h"
#include "data/corpora.h"
#include "data/fairseq_blocks.h"

namespace rotor {
namespace {

class BlockSamplesTest : public testing::Test {
 protected:
  /// The stream 10 11 2 12 2 13 14 15 2.
  ScratchFolder folder_;
  Corpus corpus_ = text_corpus(folder_ / "a.safetensors", {{10, 11}, {12}, {13, 14, 15}});
};

TEST_F(BlockSamplesTest, PredictEachTokenFromTheOneBefore) {
  const auto samples = make_samples(corpus_, {.tokens_per_sample = 4});
  ASSERT_EQ(samples->size(), 3);
  EXPECT_EQ(samples->lengths(2), (SampleLengths{0, 1}));
  const Batch batch = samples->batch(Ids{0, 2});
  EXPECT_EQ(batch.sentences, (std::vector<int64_t>{0, 2}));
  EXPECT_EQ(batch.source.rows, 0);
  EXPECT_EQ(batch.target.ids, (Ids{10, 11, 2, 12, 2, 1, 1, 1}));
  EXPECT_EQ(batch.decoder_input.ids, (Ids{2, 10, 11, 2, 15, 1, 1, 1}));
  EXPECT_EQ(batch.target.lengths, (Ids{4, 1}));
  EXPECT_EQ(batch.decoder_input.lengths, (Ids{4, 1}));
  EXPECT_EQ(batch.target_tokens, 5);
  EXPECT_EQ(batch.source_tokens, 0);
}

TEST_F(BlockSamplesTest, AreFairseqs) {
  const FairseqBlocks golden;
  int64_t compared = 0;
  for (const auto& expected : golden.cases()) {
    if (expected["context_window"] != 0) continue;
    const auto samples = make_samples(golden.corpus(expected), {.tokens_per_sample = expected["tokens_per_sample"],
                                                                .sample_break_mode = expected["sample_break_mode"]});
    ASSERT_EQ(samples->size(), expected["blocks"].size()) << golden.name(expected);
    for (int32_t i = 0; i < samples->size(); ++i, ++compared) {
      const auto& block = expected["blocks"][i];
      const Batch batch = samples->batch(Ids{i});
      EXPECT_EQ(batch.decoder_input.ids, block["input"].get<Ids>()) << golden.name(expected) << " " << i;
      EXPECT_EQ(batch.target.ids, block["target"].get<Ids>()) << golden.name(expected) << " " << i;
    }
  }
  EXPECT_GT(compared, 500);
}

TEST_F(BlockSamplesTest, PadAndBeginWithTheVocabularysOwnTokens) {
  const SpecialTokens others{.bos = 1, .pad = 90, .eos = 91, .unk = 92, .start = 93};
  CorpusWriter writer(folder_ / "b.safetensors", corpus_task(kLanguageModeling), {{"text", "", "abc", 100, others}});
  for (const Ids& line : {Ids{10, 11}, Ids{12}}) writer.add({line});
  writer.finish();
  const auto samples = make_samples(Corpus(folder_ / "b.safetensors"), {.sample_break_mode = "eos"});
  const Batch batch = samples->batch(Ids{0, 1});
  EXPECT_EQ(batch.target.ids, (Ids{10, 11, 91, 12, 91, 90}));
  EXPECT_EQ(batch.decoder_input.ids, (Ids{93, 10, 11, 91, 12, 90}));
}

TEST_F(BlockSamplesTest, HaveADigestOfTheirOptions) {
  const auto digest = [&](int64_t tokens, const std::string& mode) {
    return make_samples(corpus_, {.tokens_per_sample = tokens, .sample_break_mode = mode})->digest();
  };
  EXPECT_EQ(digest(4, "none"), digest(4, "none"));
  EXPECT_EQ((std::set<uint64_t>{digest(4, "none"), digest(5, "none"), digest(4, "complete"), 0}).size(), 4u);
}

TEST_F(BlockSamplesTest, RefuseWhatTheyCannotDo) {
  const auto refusal = [&](const BatchOptions& options) {
    return message_of<Error>([&] { make_samples(corpus_, options); });
  };
  EXPECT_TRUE(says(refusal({.bpe_dropout = 0.1}), "--bpe-dropout 0", "language model", "got 0.1"));
  const BatchOptions tight{.tokens_per_sample = 4, .max_target_positions = 3};
  EXPECT_TRUE(says(refusal(tight), "--tokens-per-sample of at most 3", "got 4"));
  BatchOptions lines = tight;
  lines.sample_break_mode = "eos";
  EXPECT_EQ(refusal(lines), "(nothing thrown)") << "which does not look at it";
  lines.sample_break_mode = "word";
  EXPECT_TRUE(says(refusal(lines), "'word'"));
}

TEST_F(BlockSamplesTest, AreSkippedWhereALineIsTooLong) {
  const BatchOptions options{.sample_break_mode = "eos", .max_target_positions = 3};
  const auto samples = make_samples(corpus_, options);
  const Batches batches(*samples, options);
  EXPECT_EQ(batches.skipped(), 1);
  const BatchOptions tight{.sample_break_mode = "eos", .max_target_positions = 1};
  EXPECT_TRUE(says(message_of<Error>([&] { Batches(*samples, tight); }), "blocks of at most 1 tokens", "none among 3",
                   "--max-target-positions"));
}

}  // namespace
}  // namespace rotor
