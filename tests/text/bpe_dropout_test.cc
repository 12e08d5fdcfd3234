#include "text/bpe_dropout.h"

#include <gtest/gtest.h>
#include <sentencepiece_processor.h>

#include <map>
#include <thread>

#include "base/check.h"
#include "base/scratch.h"
#include "text/byte_vocabulary.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

constexpr const char* kWords[] = {"house", "houses",  "mouse", "mice",   "schöne",    "schönes",   "walking", "walked",
                                  "talks", "talking", "日本",  "日本語", "unhappily", "happiness", "a",       "of"};

std::string sentence(Random& random) {
  std::string text;
  for (uint64_t i = 0, length = 1 + random.below(9); i < length; ++i) {
    if (i > 0) text += ' ';
    text += kWords[random.below(std::size(kWords))];
  }
  return text;
}

/// A vocabulary of BPE, made of sentences of those words.
const std::string& model() {
  static const std::string bytes = [] {
    const ScratchFolder folder;
    Random random(1);
    std::string text;
    for (int i = 0; i < 500; ++i) text += sentence(random) + "\n";
    return train_vocabulary({folder.file("text", text)}, {.size = 90});
  }();
  return bytes;
}

TEST(BpeDropout, AtRateZeroGivesTheEncodersPieces) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  const BpeDropout dropout(vocabulary);
  Random random(2);
  for (int i = 0; i < 300; ++i) {
    const auto ids = vocabulary.encode(sentence(random));
    EXPECT_EQ(dropout(ids, 0, random), ids);
  }
}

TEST(BpeDropout, ChangesThePiecesAndNotTheText) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  const BpeDropout dropout(vocabulary);
  Random random(2);
  int64_t changed = 0, before = 0, after = 0;
  for (int i = 0; i < 200; ++i) {
    const auto ids = vocabulary.encode(sentence(random)), other = dropout(ids, 0.1, random);
    EXPECT_EQ(vocabulary.decode(other), vocabulary.decode(ids));
    changed += ids != other ? 1 : 0;
    before += std::ssize(ids);
    after += std::ssize(other);
  }
  EXPECT_GT(changed, 100);
  EXPECT_GT(after, before);
  EXPECT_LT(after, 2 * before);
  const auto ids = vocabulary.encode("walking houses"), letters = dropout(ids, 1, random);
  EXPECT_EQ(letters.size(), 15u) << "no merge at all: 14 characters and the mark of the first word";
}

TEST(BpeDropout, DependsOnTheRandomKeyAlone) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  const auto ids = vocabulary.encode("unhappily walking mice talked of happiness");
  auto pieces = [&](uint64_t key) {
    Random random(key);
    return BpeDropout(vocabulary)(ids, 0.3, random);
  };
  EXPECT_EQ(pieces(1), pieces(1));
  EXPECT_NE(pieces(1), pieces(2));
}

TEST(BpeDropout, SplitsAsOftenAsSentencePieceDoes) {
  sentencepiece::SetRandomGeneratorSeed(1);  // of generators that threads make from here on
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  const BpeDropout dropout(vocabulary);
  sentencepiece::SentencePieceProcessor processor;
  ASSERT_TRUE(processor.LoadFromSerializedProto(model()).ok());
  constexpr int kSamples = 4000;
  constexpr double kRate = 0.2;
  Random random(3);
  for (const char* word : {"houses", "schönes", "unhappily"}) {
    const auto ids = vocabulary.encode(word);
    std::map<std::vector<int>, double> ours, theirs;
    std::jthread([&] {
      for (int i = 0; i < kSamples; ++i) {
        std::vector<int> sample;
        ASSERT_TRUE(processor.SampleEncode(word, -1, kRate, &sample).ok());
        theirs[sample] += 1.0 / kSamples;
      }
    }).join();
    for (int i = 0; i < kSamples; ++i) ours[dropout(ids, kRate, random)] += 1.0 / kSamples;
    ASSERT_GT(theirs.size(), 3u);
    for (const auto& [pieces, share] : theirs) EXPECT_NEAR(ours[pieces], share, 0.04) << word;
  }
}

TEST(BpeDropout, LeavesUnknownCharactersAlone) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  const auto ids = vocabulary.encode("house€walking");
  const int32_t unk = vocabulary.specials().unk;
  Random random(1);
  const auto other = BpeDropout(vocabulary)(ids, 0.5, random);
  EXPECT_EQ(std::count(other.begin(), other.end(), unk), std::count(ids.begin(), ids.end(), unk));
  EXPECT_EQ(vocabulary.decode(other), vocabulary.decode(ids));
  EXPECT_TRUE(BpeDropout(vocabulary)(std::vector<int32_t>{}, 0.5, random).empty());
}

TEST(BpeDropout, RefusesVocabulariesWithoutMerges) {
  const ScratchFolder folder;
  Random random(1);
  std::string text;
  for (int i = 0; i < 500; ++i) text += sentence(random) + "\n";
  const auto file = folder.file("text", text);
  for (const std::string& bytes :
       {train_vocabulary({file}, {.model_type = "unigram", .size = 40}), serialized_bytes()}) {
    const Vocabulary vocabulary = Vocabulary::from_bytes(bytes);
    EXPECT_TRUE(says(message_of<Error>([&] { const BpeDropout dropout(vocabulary); }), "--bpe-dropout", "BPE"));
  }
}

}  // namespace
}  // namespace rotor
