#include "data/masked_samples.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"

namespace rotor {
namespace {

class MaskedSamplesTest : public testing::Test {
 protected:
  Corpus corpus_with(const SpecialTokens& specials, const std::string& name) const {
    CorpusWriter writer(folder_ / name, corpus_task(kMaskedLm), {{"text", "", "abc", 100, specials}});
    for (int32_t line = 0; line < 40; ++line) writer.add({Ids(9, 10 + line)});
    writer.finish();
    return Corpus(folder_ / name);
  }

  /// 40 lines of 9 tokens and their </s>.
  ScratchFolder folder_;
  Corpus corpus_ = corpus_with({.mask = 4}, "a.safetensors");
  BatchOptions options_{.tokens_per_sample = 21, .sample_break_mode = "none"};
};

TEST_F(MaskedSamplesTest, AreBlocksAfterTheFirstTokenWithWhatIsHiddenAsTheirTarget) {
  const auto samples = make_samples(corpus_, options_);
  ASSERT_EQ(samples->size(), 20);
  EXPECT_EQ(samples->lengths(3), (SampleLengths{21, 0}));
  const Batch batch = samples->batch(Ids{3, 0, 7});
  EXPECT_EQ(batch.source.lengths, (Ids{21, 21, 21}));
  EXPECT_EQ(batch.source_tokens, 63);
  EXPECT_EQ(batch.tokens(), 63);
  ASSERT_EQ(batch.target_tokens, std::ssize(batch.places));
  const std::vector<int32_t> hidden = batch.target.packed(), read = batch.source.packed();
  ASSERT_EQ(hidden.size(), batch.places.size());
  std::vector<int32_t> whole;
  for (const int32_t block : {3, 0, 7}) {
    whole.push_back(0);
    for (const int32_t line : {2 * block, 2 * block + 1}) {
      whole.insert(whole.end(), 9, 10 + line);
      whole.push_back(2);
    }
  }
  std::vector<int32_t> restored = read;
  for (size_t i = 0; i < hidden.size(); ++i) {
    EXPECT_EQ(hidden[i], whole[batch.places[i]]) << i;
    restored[batch.places[i]] = hidden[i];
  }
  EXPECT_EQ(restored, whole);
  EXPECT_NE(read, whole);
}

TEST_F(MaskedSamplesTest, AreHiddenAnewEachEpochInTheSameWayInAnyBatch) {
  const auto samples = make_samples(corpus_, options_);
  const auto read = [&](const Ids& numbers, int64_t epoch) { return samples->batch(numbers, epoch).source.packed(); };
  EXPECT_EQ(read({5}, 2), read({5}, 2));
  EXPECT_NE(read({5, 6, 7, 8}, 1), read({5, 6, 7, 8}, 2));
  auto both = read({5}, 1);
  const auto second = read({9}, 1);
  both.insert(both.end(), second.begin(), second.end());
  EXPECT_EQ(read({5, 9}, 1), both);
  options_.seed = 2;
  EXPECT_NE(make_samples(corpus_, options_)->batch(Ids{5, 6, 7}, 1).source.packed(), read({5, 6, 7}, 1));
}

TEST_F(MaskedSamplesTest, OfABatchHideOneTokenAtLeast) {
  options_.mask.prob = 1e-9;
  const Batch batch = make_samples(corpus_, options_)->batch(Ids{1, 2});
  EXPECT_EQ(batch.places, (Ids{21}));
  EXPECT_EQ(batch.target.packed(), (Ids{0}));
}

TEST_F(MaskedSamplesTest, HaveADigestOfAllThatMakesThem) {
  const uint64_t digest = make_samples(corpus_, options_)->digest();
  for (const auto& change : std::vector<std::function<void(BatchOptions&)>>{
           [](BatchOptions& o) { o.tokens_per_sample = 11; }, [](BatchOptions& o) { o.mask.prob = 0.2; },
           [](BatchOptions& o) { o.mask.random_token = 0; }, [](BatchOptions& o) { o.sample_break_mode = "eos"; }}) {
    BatchOptions other = options_;
    change(other);
    EXPECT_NE(make_samples(corpus_, other)->digest(), digest);
  }
}

TEST_F(MaskedSamplesTest, RefuseWhatCannotBeMade) {
  const auto refusal = [&](const Corpus& corpus, const BatchOptions& options) {
    return message_of<Error>([&] { make_samples(corpus, options); });
  };
  EXPECT_TRUE(says(refusal(corpus_with({}, "b.safetensors"), options_), "b.safetensors", "<mask>"));
  BatchOptions options = options_;
  options.max_source_positions = 20;
  EXPECT_TRUE(says(refusal(corpus_, options), "--tokens-per-sample of at most 20", "21"));
  options = options_;
  options.tokens_per_sample = 1;
  EXPECT_TRUE(says(refusal(corpus_, options), "--tokens-per-sample of at least 2"));
  options = options_;
  options.bpe_dropout = 0.1;
  EXPECT_TRUE(says(refusal(corpus_, options), "--bpe-dropout 0"));
}

}  // namespace
}  // namespace rotor
