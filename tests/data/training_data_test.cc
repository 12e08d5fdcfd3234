#include "data/training_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "text/byte_vocabulary.h"

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

  static Batches of(const Corpus& corpus, const BatchOptions& options) {
    return {*make_samples(corpus, options), options};
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
  const int64_t large = of(large_, batches.options()).size(), small = of(small_, batches.options()).size();
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
  const Batches large = of(large_, batches.options()), small = of(small_, batches.options());
  const Batch last = batches.batch(static_cast<int32_t>(batches.batches() - 1), 1);
  const auto expected = small[small.size() - 1];
  EXPECT_EQ(last.sentences, std::vector<int64_t>(expected.begin(), expected.end()));
  EXPECT_EQ(last.source.length, small_.column("source").length(expected.back())) << "the longest comes last";
  EXPECT_EQ(batches.tokens(static_cast<int32_t>(batches.batches() - 1)), last.source_tokens + last.target_tokens);
  EXPECT_EQ(batches.samples(), 460);
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

TEST_F(TrainingDataTest, WritesSamplesWithTheirCorpusIfThereAreSeveral) {
  const Vocabulary bytes = Vocabulary::from_bytes(serialized_bytes());
  const Vocabularies vocabularies{bytes, bytes};
  const auto id = [](char c) { return 4 + c; };
  const Corpus corpus = corpus_of(folder_ / "bytes.safetensors", {{{id('a')}, {id('b'), id('c')}}}, 260);
  const auto lines = [&](const std::vector<WeightedCorpus>& corpora) {
    const TrainingData data(corpora, {});
    EXPECT_EQ(data.write_samples(folder_ / "samples.tsv", std::vector<int32_t>{0}, vocabularies), 1);
    return text_of(folder_ / "samples.tsv");
  };
  EXPECT_EQ(lines({{corpus}}), "1\ta\tbc\n");
  EXPECT_EQ(lines({{corpus}, {corpus}}), fmt::format("1\ta\tbc\t{}\n", corpus.path().string()));
}

TEST_F(TrainingDataTest, MixesTextsOfLanguageModelsAndRefusesToMixTasks) {
  std::vector<Ids> lines(40, Ids(9, 5));
  const Corpus text = text_corpus(folder_ / "text.safetensors", lines);
  const BatchOptions options{.max_tokens = 40, .tokens_per_sample = 20};
  const TrainingData mixture({{text, 0.5}, {text, 2}}, options);
  EXPECT_EQ(mixture.samples(), 40) << "two texts of 400 tokens";
  EXPECT_EQ(mixture.batches(), 20);
  EXPECT_EQ(mixture.size(), 25);
  const Batch batch = mixture.batch(0, 1);
  EXPECT_EQ(batch.source.rows, 0);
  EXPECT_EQ(batch.target.rows, 2);
  EXPECT_EQ(mixture.tokens(0), 40);
  EXPECT_TRUE(says(message_of<Error>([&] {
                     TrainingData({{large_}, {text}}, options);
                   }),
                   "of one task", "large.safetensors for translation", "text.safetensors for language_modeling"));
}

TEST_F(TrainingDataTest, HasADigestOfHowSamplesAreMade) {
  const Corpus text = text_corpus(folder_ / "text.safetensors", std::vector<Ids>(40, Ids(9, 5)));
  const auto digest = [&](const char* mode) {
    return TrainingData({{text}}, {.tokens_per_sample = 10, .sample_break_mode = mode}).digest();
  };
  EXPECT_EQ(digest("none"), digest("none"));
  EXPECT_NE(digest("none"), digest("eos")) << "though the blocks are as many and as long";
}

}  // namespace
}  // namespace rotor
