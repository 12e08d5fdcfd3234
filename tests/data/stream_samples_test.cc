#include "data/stream_samples.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "data/corpora.h"
#include "text/byte_vocabulary.h"

namespace rotor {
namespace {

/// Blocks that make no batches, for which the base asks nothing of the class.
class Blocks : public StreamSamples {
 public:
  using StreamSamples::StreamSamples;
  uint64_t digest() const override { return 0; }

 protected:
  Batch make_batch(std::span<const int32_t> /*numbers*/, int64_t /*epoch*/) const override { return {}; }
};

class StreamSamplesTest : public testing::Test {
 protected:
  std::vector<int64_t> lengths(int64_t added, const BatchOptions& options) const {
    const Blocks blocks(corpus_, options, OneSidedSamples::Reader::kDecoder, added);
    std::vector<int64_t> all;
    for (int64_t i = 0; i < blocks.size(); ++i) all.push_back(blocks.lengths(i).target);
    return all;
  }

  std::string refusal(OneSidedSamples::Reader reader, int64_t added, const BatchOptions& options) const {
    return message_of<Error>([&] { Blocks(corpus_, options, reader, added); });
  }

  ScratchFolder folder_;
  const Vocabulary bytes_ = Vocabulary::from_bytes(serialized_bytes());
  /// A stream of 11 tokens: the bytes of two lines and their ends.
  Corpus corpus_ = text_corpus(folder_ / "a.safetensors", {bytes_.encode("a dog"), bytes_.encode("runs")}, 260);
};

TEST_F(StreamSamplesTest, LeaveRoomForTheTokensThatAreAdded) {
  using Lengths = std::vector<int64_t>;
  EXPECT_EQ(lengths(0, {.tokens_per_sample = 4}), (Lengths{4, 4, 3}));
  EXPECT_EQ(lengths(1, {.tokens_per_sample = 4}), (Lengths{4, 4, 4, 3}));
  EXPECT_EQ(lengths(2, {.tokens_per_sample = 4}), (Lengths{4, 4, 4, 4, 4, 3}));
  EXPECT_EQ(lengths(2, {.tokens_per_sample = 4, .sample_break_mode = "eos"}), (Lengths{8, 7}));
}

TEST_F(StreamSamplesTest, AreTextForPeopleWithoutTheEndsOfLines) {
  const Blocks blocks(corpus_, {.tokens_per_sample = 8}, OneSidedSamples::Reader::kEncoder, 1);
  const Vocabularies vocabularies{bytes_, bytes_};
  ASSERT_EQ(blocks.size(), 2);
  EXPECT_EQ(blocks.text(0, vocabularies), "a dogr");
  EXPECT_EQ(blocks.text(1, vocabularies), "uns");
  EXPECT_EQ(blocks.noun(), "block");
}

TEST_F(StreamSamplesTest, NameTheOptionThatBoundsTheirReader) {
  using Reader = OneSidedSamples::Reader;
  const BatchOptions options{.tokens_per_sample = 8, .max_source_positions = 7, .max_target_positions = 6};
  EXPECT_TRUE(says(refusal(Reader::kEncoder, 1, options), "at most 7", "--max-source-positions", "got 8"));
  EXPECT_TRUE(says(refusal(Reader::kDecoder, 1, options), "at most 6", "--max-target-positions", "got 8"));
  EXPECT_TRUE(says(refusal(Reader::kDecoder, 2, {.tokens_per_sample = 2}), "at least 3", "got 2"));
}

}  // namespace
}  // namespace rotor
