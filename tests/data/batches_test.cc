#include "data/batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/check.h"
#include "base/json.h"
#include "base/scratch.h"
#include "data/corpora.h"

namespace rotor {
namespace {

Batches batches_of(const Corpus& corpus, const BatchOptions& options) {
  return {*make_samples(corpus, options), options};
}

using Lengths = std::vector<std::pair<int64_t, int64_t>>;

/// Every pair of the batches in order, with the batch's number.
std::vector<std::vector<int32_t>> all(const Batches& batches) {
  std::vector<std::vector<int32_t>> all;
  for (int64_t k = 0; k < batches.size(); ++k) all.emplace_back(batches[k].begin(), batches[k].end());
  return all;
}

// fairseq 0.12 drops the last batch if its size is no multiple; here it follows the others.
TEST(Batches, AreCutAsFairseqCutsThem) {
  const auto golden = nlohmann::json::parse(std::ifstream(ROTOR_GOLDEN "/batches.json"));
  Lengths lengths;
  for (size_t i = 0; i < golden["source"].size(); ++i) lengths.emplace_back(golden["source"][i], golden["target"][i]);
  const ScratchFolder folder;
  const Corpus corpus = corpus_of_lengths(folder / "a.safetensors", lengths);
  for (const auto& expected : golden["cases"]) {
    BatchOptions options;
    options.max_tokens = expected["max_tokens"];
    options.batch_size = expected["batch_size"];
    options.required_batch_size_multiple = expected["required_batch_size_multiple"];
    std::vector<Lengths> found;
    for (const auto& batch : all(batches_of(corpus, options))) {
      found.emplace_back();
      for (int32_t pair : batch) found.back().push_back(lengths[pair]);
    }
    const auto wanted = expected["batches"].get<std::vector<Lengths>>();
    ASSERT_GE(found.size(), wanted.size());
    ASSERT_LE(found.size(), wanted.size() + 1);
    for (size_t k = 0; k < wanted.size(); ++k) {
      ASSERT_EQ(found[k], wanted[k]) << "batch " << k << ", max_tokens " << options.max_tokens;
    }
  }
}

/// 500 pairs of 3 to 12 tokens.
Corpus many_pairs(const ScratchFolder& folder) {
  Lengths lengths;
  for (int64_t i = 0; i < 500; ++i) lengths.emplace_back(3 + i * 7 % 10, 3 + i * 3 % 10);
  return corpus_of_lengths(folder / "many.safetensors", lengths);
}

TEST(Batches, HoldEveryPairOnceAndKeepTheLimit) {
  const ScratchFolder folder;
  const Corpus corpus = many_pairs(folder);
  std::multiset<int32_t> seen;
  for (const auto& batch : all(batches_of(corpus, {.max_tokens = 200}))) {
    int64_t longest = 0;
    for (int32_t pair : batch) {
      seen.insert(pair);
      longest = std::max({longest, corpus.column("source").length(pair), corpus.column("target").length(pair)});
    }
    EXPECT_LE(longest * static_cast<int64_t>(batch.size()), 200);
  }
  ASSERT_EQ(seen.size(), 500u);
  EXPECT_EQ(std::set<int32_t>(seen.begin(), seen.end()).size(), 500u);
}

TEST(Batches, DependOnTheSeedAlone) {
  const ScratchFolder folder;
  const Corpus corpus = many_pairs(folder);
  const BatchOptions one = {.max_tokens = 200, .seed = 1}, two = {.max_tokens = 200, .seed = 2};
  EXPECT_EQ(all(batches_of(corpus, one)), all(batches_of(corpus, one)));
  EXPECT_NE(all(batches_of(corpus, one)), all(batches_of(corpus, two)));
}

TEST(Batches, SkipAndCountPairsLongerThanThePositions) {
  const ScratchFolder folder;
  const Corpus corpus = corpus_of_lengths(folder / "a.safetensors", {{5, 5}, {6, 5}, {5, 8}, {5, 7}});
  const Batches batches = batches_of(corpus, {.max_source_positions = 5, .max_target_positions = 7});
  EXPECT_EQ(batches.skipped(), 2);
  EXPECT_EQ(batches.longest(), 7);
  EXPECT_EQ(all(batches), (std::vector<std::vector<int32_t>>{{0, 3}}));
}

TEST(Batches, KnowTheShareOfPaddingOnBothSides) {
  const ScratchFolder folder;
  BatchOptions options;
  options.required_batch_size_multiple = 1;
  options.max_tokens = 16;  // two batches: [4 6] to [4 4], and [8 8] to [8 2]
  const Corpus corpus = corpus_of_lengths(folder / "a.safetensors", {{4, 4}, {6, 4}, {8, 8}, {8, 2}});
  const Batches batches = batches_of(corpus, options);
  ASSERT_EQ(batches.size(), 2);
  EXPECT_DOUBLE_EQ(batches.padding(), 8.0 / 52);
}

TEST(Batches, RefuseACorpusOfWhichNothingFits) {
  const ScratchFolder folder;
  const Corpus corpus = corpus_of_lengths(folder / "a.safetensors", {{5, 5}});
  EXPECT_TRUE(says(message_of<Error>([&] { batches_of(corpus, {.max_source_positions = 4}); }), "none among 1"));
}

TEST(Batches, RefuseAPairLongerThanMaxTokens) {
  const ScratchFolder folder;
  const Corpus corpus = corpus_of_lengths(folder / "a.safetensors", {{5, 5}, {5, 11}});
  EXPECT_TRUE(
      says(message_of<Error>([&] { batches_of(corpus, {.max_tokens = 10}); }), "--max-tokens 10", "got 11 in pair 2"));
}

TEST(Batches, RefuseLimitsThatAreNone) {
  const ScratchFolder folder;
  const Corpus corpus = corpus_of_lengths(folder / "a.safetensors", {{5, 5}});
  EXPECT_THROW(batches_of(corpus, {.max_tokens = 0}), Error);
  EXPECT_THROW(batches_of(corpus, {.batch_size = -1}), Error);
  EXPECT_THROW(batches_of(corpus, {.required_batch_size_multiple = 0}), Error);
}

}  // namespace
}  // namespace rotor
