#include "data/training_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "autograd/variable.h"
#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

/// Pairs of `shortest` and up to nine more tokens.
Corpus pairs_of(const std::filesystem::path& path, int64_t count, int64_t shortest) {
  std::vector<std::pair<int64_t, int64_t>> lengths;
  for (int64_t i = 0; i < count; ++i) lengths.emplace_back(shortest + i * 7 % 10, shortest + i * 3 % 10);
  return corpus_of_lengths(path, lengths);
}

class TrainingDataTest : public testing::Test {
 protected:
  TrainingData data(std::vector<WeightedCorpus> corpora, uint64_t seed = 1) const {
    return {std::move(corpora), {.max_tokens = 60, .seed = seed}};
  }

  /// How often an epoch has each batch.
  static std::map<int32_t, int64_t> counts(const TrainingData& data, int64_t epoch) {
    std::map<int32_t, int64_t> found;
    for (const int32_t number : data.epoch_order(epoch)) ++found[number];
    return found;
  }

  ScratchFolder folder_;
  Corpus large_ = pairs_of(folder_ / "large.safetensors", 400, 3),
         small_ = pairs_of(folder_ / "small.safetensors", 60, 5);
};

TEST_F(TrainingDataTest, OfOneCorpusComesInAnotherOrderEachEpoch) {
  const TrainingData batches = data({{large_}});
  const auto first = batches.epoch_order(1);
  EXPECT_EQ(first, data({{large_}}).epoch_order(1));
  EXPECT_NE(first, batches.epoch_order(2));
  EXPECT_NE(first, data({{large_}}, 2).epoch_order(1));
  auto sorted = first;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_NE(first, sorted);
  ASSERT_EQ(std::ssize(sorted), batches.size());
  for (size_t k = 0; k < sorted.size(); ++k) EXPECT_EQ(sorted[k], static_cast<int32_t>(k));
}

TEST_F(TrainingDataTest, OfSeveralHasEachCorpusAsOftenAsItsWeight) {
  const TrainingData batches = data({{large_, 0.3}, {small_, 2.5}});
  const int64_t large = Batches(large_, batches.options()).size(), small = Batches(small_, batches.options()).size();
  ASSERT_EQ(batches.batches(), large + small);
  std::set<int32_t> seen;
  for (int64_t epoch = 1; epoch <= 30; ++epoch) {
    const auto found = counts(batches, epoch);
    int64_t of_large = 0, of_small = 0;
    for (const auto& [number, count] : found) {
      seen.insert(number);
      (number < large ? of_large : of_small) += count;
      const int64_t whole = number < large ? 0 : 2;
      EXPECT_TRUE(count == whole || count == whole + 1) << count;
    }
    EXPECT_EQ(of_large, std::llround(0.3 * static_cast<double>(large)));
    EXPECT_EQ(of_small, 2 * small + std::llround(0.5 * static_cast<double>(small)));
    EXPECT_EQ(of_large + of_small, batches.size());
  }
  EXPECT_EQ(std::ssize(seen), batches.batches()) << "each epoch draws others";
  EXPECT_NE(counts(batches, 1), counts(batches, 2));
}

TEST_F(TrainingDataTest, HasTheBatchesOfEachCorpus) {
  const TrainingData batches = data({{large_}, {small_}});
  const Batches large(large_, batches.options()), small(small_, batches.options());
  const Batch last = batches.batch(static_cast<int32_t>(batches.batches() - 1));
  const auto expected = small[small.size() - 1];
  EXPECT_EQ(last.sentences, std::vector<int64_t>(expected.begin(), expected.end()));
  EXPECT_EQ(last.source.length, small_.source_length(expected.back())) << "the longest comes last";
  EXPECT_EQ(batches.tokens(static_cast<int32_t>(batches.batches() - 1)), last.source_tokens + last.target_tokens);
  EXPECT_EQ(batches.pairs(), 460);
  const double padding = (large.padding() * static_cast<double>(large.positions()) +
                          small.padding() * static_cast<double>(small.positions())) /
                         static_cast<double>(large.positions() + small.positions());
  EXPECT_NEAR(batches.padding(), padding, 1e-12);
}

TEST_F(TrainingDataTest, RefusesWeightsThatLeaveNothing) {
  EXPECT_TRUE(says(message_of<Error>([&] { data({{large_, 0}}); }), "large.safetensors", "above 0", "got 0"));
  EXPECT_TRUE(says(message_of<Error>([&] { data({{small_, 1e-3}}); }), "small.safetensors", "at least one batch"));
}

TEST_F(TrainingDataTest, WeightsStandAfterAColon) {
  EXPECT_EQ(parse_weighted("corpus"), std::pair(std::string("corpus"), 1.0));
  EXPECT_EQ(parse_weighted("a/b:0.25"), std::pair(std::string("a/b"), 0.25));
  EXPECT_EQ(parse_weighted("a:b"), std::pair(std::string("a:b"), 1.0));
  const std::string folder = folder_ / "news:2";
  std::filesystem::create_directory(folder);
  EXPECT_EQ(parse_weighted(folder), std::pair(folder, 1.0)) << "a folder of that name";
  EXPECT_EQ(parse_weighted(folder + ":3"), std::pair(folder, 3.0));
}

/// Pairs of a text and itself under a vocabulary of it.
class BpeDropoutDataTest : public testing::Test {
 protected:
  BpeDropoutDataTest() {
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

TEST_F(BpeDropoutDataTest, WritesPairsWithTheirCorpusIfThereAreSeveral) {
  auto lines = [&](std::vector<WeightedCorpus> corpora) {
    const TrainingData data(std::move(corpora), {.max_tokens = 200});
    const std::vector<int32_t> last = {static_cast<int32_t>(data.batches() - 1)};
    const int64_t pairs = data.write_pairs(folder_ / "pairs.tsv", last, *vocabularies_);
    const Batch batch = data.batch(last[0]);
    EXPECT_EQ(pairs, batch.source.rows);
    const std::string text = rotor::text_of(folder_ / "pairs.tsv");
    EXPECT_TRUE(text.starts_with(fmt::format("{}\t{}\t", batch.sentences[0] + 1, text_of(batch.source, 0)))) << text;
    return text.substr(0, text.find('\n'));
  };
  const std::string one = lines({{*corpus_}}), two = lines({{*corpus_}, {*corpus_}});
  EXPECT_EQ(two, fmt::format("{}\t{}", one, corpus_->path().string()));
}

TEST_F(BpeDropoutDataTest, GivesOtherPiecesOfTheSameTextByTheRandomOperatorsKey) {
  const TrainingData plain({{*corpus_}}, {.max_tokens = 200});
  const TrainingData sampled({{*corpus_}}, {.max_tokens = 200, .bpe_dropout = 0.3}, vocabularies_);
  auto sample = [&](uint64_t key) {
    seed_random_operators(key);
    return sampled.batch(0);
  };
  const Batch before = plain.batch(0), after = sample(7);
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

TEST_F(BpeDropoutDataTest, KeepsSentencesWithinTheModelsPositions) {
  BatchOptions options{.max_tokens = 200, .bpe_dropout = 0.9};
  const TrainingData free({{*corpus_}}, options, vocabularies_);
  int64_t longest = 0;
  for (int64_t pair = 0; pair < corpus_->size(); ++pair) longest = std::max(longest, corpus_->source_length(pair));
  options.max_source_positions = longest;
  const TrainingData limited({{*corpus_}}, options, vocabularies_);
  auto longest_source = [](const TrainingData& data) {
    int64_t most = 0;
    for (int32_t number = 0; number < data.batches(); ++number) most = std::max(most, data.batch(number).source.length);
    return most;
  };
  EXPECT_GT(longest_source(free), longest);
  EXPECT_EQ(longest_source(limited), longest);
}

}  // namespace
}  // namespace rotor
