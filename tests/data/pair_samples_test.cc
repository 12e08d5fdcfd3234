#include "data/pair_samples.h"

#include <gtest/gtest.h>

#include <numeric>

#include "autograd/variable.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "data/corpus_folder.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

/// Pairs of a text and itself under a vocabulary of it, for BPE-dropout.
class PairSamplesTest : public testing::Test {
 protected:
  PairSamplesTest() {
    Random random(1);
    std::vector<std::string> lines;
    std::string text;
    for (int i = 0; i < 300; ++i) {
      std::string line;
      for (uint64_t j = 0, words = 2 + random.below(5); j < words; ++j) {
        if (j > 0) line += ' ';
        line.append(2 + random.below(4), static_cast<char>('a' + random.below(4)));
      }
      text += line + "\n";
      lines.push_back(std::move(line));
    }
    vocabularies_.emplace([&] {
      const Vocabulary words = Vocabulary::from_bytes(train_vocabulary({folder_.file("text", text)}, {.size = 30}));
      return Vocabularies{words, words};
    }());
    std::vector<std::pair<Ids, Ids>> pairs;
    for (int i = 0; i < 100; ++i) {
      const auto ids = vocabularies_->source.encode(lines[i]);
      pairs.push_back({ids, ids});
    }
    corpus_.emplace(corpus_of(folder_ / "corpus.safetensors", pairs, 30));
  }

  std::string text_of(const TokenBatch& batch, int64_t row) const {
    const auto ids = batch.row(row);
    return vocabularies_->source.decode(ids);
  }

  ScratchFolder folder_;
  std::optional<Vocabularies> vocabularies_;
  std::optional<Corpus> corpus_;
};

TEST(PairSamples, EndSourceAndTargetAndShiftTheDecoderInput) {
  const ScratchFolder folder;
  const Corpus corpus = corpus_of(folder / "a.safetensors", {{{5}, {6}}, {{7, 8, 9}, {10, 11}}, {{12}, {13}}});
  const auto samples = make_samples(corpus, {});
  ASSERT_EQ(samples->size(), 3);
  EXPECT_EQ(samples->lengths(1), (SampleLengths{4, 3}));
  const Batch batch = samples->batch(Ids{1, 2});
  EXPECT_EQ(batch.sentences, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(batch.source.ids, (Ids{7, 8, 9, 2, 12, 2, 1, 1}));
  EXPECT_EQ(batch.source.lengths, (Ids{4, 2}));
  EXPECT_EQ(batch.target.ids, (Ids{10, 11, 2, 13, 2, 1}));
  EXPECT_EQ(batch.decoder_input.ids, (Ids{2, 10, 11, 2, 13, 1}));
  EXPECT_EQ(batch.decoder_input.lengths, (Ids{3, 2}));
  EXPECT_EQ(batch.source_tokens, 6);
  EXPECT_EQ(batch.target_tokens, 5);
}

TEST(PairSamples, HaveTheSpecialTokensOfTheirColumns) {
  const ScratchFolder folder;
  const SpecialTokens from{.bos = 1, .pad = 20, .eos = 21, .unk = 22, .start = 0};
  const SpecialTokens to{.bos = 1, .pad = 30, .eos = 31, .unk = 32, .start = 33};
  CorpusWriter writer(folder / "a.safetensors", corpus_task(kTranslation),
                      {{"source", "en", "abc", 100, from}, {"target", "de", "def", 100, to}});
  writer.add({{5}, {6}});
  writer.add({{7, 8}, {9, 10}});
  writer.finish();
  const Batch batch = make_samples(Corpus(folder / "a.safetensors"), {})->batch(Ids{0, 1});
  EXPECT_EQ(batch.source.ids, (Ids{5, 21, 20, 7, 8, 21}));
  EXPECT_EQ(batch.target.ids, (Ids{6, 31, 30, 9, 10, 31}));
  EXPECT_EQ(batch.decoder_input.ids, (Ids{33, 6, 30, 33, 9, 10}));
}

TEST_F(PairSamplesTest, GivesOtherPiecesOfTheSameTextByTheRandomOperatorsKey) {
  const auto plain = make_samples(*corpus_, {});
  const auto sampled = make_samples(*corpus_, {.bpe_dropout = 0.3}, vocabularies_);
  const Ids some = {3, 1, 4, 15, 92};
  auto sample = [&](uint64_t key) {
    seed_random_operators(key);
    return sampled->batch(some);
  };
  const Batch before = plain->batch(some), after = sample(7);
  EXPECT_GT(after.source_tokens, before.source_tokens);
  EXPECT_NE(after.source.packed(), after.target.packed()) << "source and target are split each its own way";
  for (int64_t row = 0; row < before.source.rows; ++row) {
    EXPECT_EQ(text_of(after.source, row), text_of(before.source, row));
    EXPECT_EQ(text_of(after.target, row), text_of(before.target, row));
  }
  EXPECT_EQ(std::ssize(after.target.packed()), after.target_tokens);
  EXPECT_EQ(sample(7).source.ids, after.source.ids);
  EXPECT_NE(sample(8).source.ids, after.source.ids);
}

TEST_F(PairSamplesTest, KeepsSentencesWithinTheModelsPositions) {
  BatchOptions options{.bpe_dropout = 0.9};
  const auto free = make_samples(*corpus_, options, vocabularies_);
  Ids all(corpus_->size());
  std::iota(all.begin(), all.end(), 0);
  int64_t longest = 0;
  for (const int32_t pair : all) longest = std::max(longest, free->lengths(pair).source);
  options.max_source_positions = longest;
  const auto limited = make_samples(*corpus_, options, vocabularies_);
  EXPECT_GT(free->batch(all).source.length, longest);
  EXPECT_EQ(limited->batch(all).source.length, longest);
}

}  // namespace
}  // namespace rotor
