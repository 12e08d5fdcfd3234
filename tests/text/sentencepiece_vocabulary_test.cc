#include "text/sentencepiece_vocabulary.h"

#include <gtest/gtest.h>
#include <sentencepiece_trainer.h>

#include <string>
#include <unordered_map>

#include "base/check.h"
#include "base/scratch.h"
#include "text/train_vocabulary.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

constexpr const char* kText =
    "A dog runs.\nTwo dogs run in the park.\nA man walks his dog.\nDie Hunde laufen schön im Park.\n";

/// A model trained on kText, once.
const std::string& model() {
  static const std::string bytes = [] {
    const ScratchFolder folder;
    return train_vocabulary({folder.file("text", kText)}, {.size = 60});
  }();
  return bytes;
}

TEST(SentencePieceVocabulary, HasFairseqsSpecialTokens) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  EXPECT_EQ(vocabulary.size(), 60);
  EXPECT_EQ(vocabulary.specials(), SpecialTokens());
  EXPECT_EQ(vocabulary.piece(0), "<s>");
  EXPECT_EQ(vocabulary.piece(1), "<pad>");
  EXPECT_EQ(vocabulary.piece(2), "</s>");
  EXPECT_EQ(vocabulary.piece(3), "<unk>");
}

TEST(SentencePieceVocabulary, DecodesWhatItEncodes) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  const auto ids = vocabulary.encode("Two men walk the dog schön.");
  EXPECT_GT(ids.size(), 5u);
  for (int32_t id : ids) EXPECT_FALSE(vocabulary.specials().contains(id));
  EXPECT_EQ(vocabulary.decode(ids), "Two men walk the dog schön.");
}

TEST(SentencePieceVocabulary, EncodesBlankTextToNothing) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  EXPECT_TRUE(vocabulary.encode("").empty());
  EXPECT_TRUE(vocabulary.encode(" \t\u00a0\u3000").empty());
}

TEST(SentencePieceVocabulary, MarksUnknownCharacters) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  const auto ids = vocabulary.encode("\u4e2d");
  EXPECT_EQ(std::count(ids.begin(), ids.end(), vocabulary.specials().unk), 1);
  EXPECT_TRUE(says(vocabulary.decode(ids), "⁇"));
}

TEST(SentencePieceVocabulary, SpellsWhatItsIdsStandFor) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  const auto ids = vocabulary.encode("dog \u4e2d\u6587.");
  const auto texts = vocabulary.spell("dog \u4e2d\u6587.");
  ASSERT_EQ(texts.size(), ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(texts[i], ids[i] == vocabulary.specials().unk ? "\u4e2d\u6587" : vocabulary.piece(ids[i]));
  }
}

std::string repeated(const std::string& text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

TEST(SentencePieceVocabulary, RefusesLongTextThatItLacks) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  const std::string unknown = repeated("\u4e2d", 100'000);
  EXPECT_TRUE(says(message_of<Error>([&] { vocabulary.encode("A dog. " + unknown + " A man."); }),
                   "200000 bytes in a row", "of 300014 bytes that begins \"A dog. \u4e2d"));
  EXPECT_TRUE(says(message_of<Error>([&] { vocabulary.spell(unknown); }), "200000 bytes in a row"));
  EXPECT_TRUE(
      says(message_of<Error>([&] { vocabulary.encode(unknown, "line 2 of x"); }), "line 2 of x: expected at most"));
  const std::string composed = repeated("a\u0323", 100'000);  // of a letter that the model has
  EXPECT_TRUE(says(message_of<Error>([&] { vocabulary.encode(composed); }), "200000 bytes in a row"));
}

TEST(SentencePieceVocabulary, TakesLongTextWithWhatItLacks) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  const auto count = [&](const std::string& text) { return std::ssize(vocabulary.encode(text)); };
  EXPECT_GT(count(repeated("A dog runs. ", 20'000)), 60'000);
  EXPECT_GE(count(repeated("dog", 80'000)), 80'000);
  EXPECT_EQ(count(repeated("\u4e2d ", 60'000)), 120'000);
  EXPECT_EQ(count(repeated("\u4e2d.", 60'000)), 120'001);
  EXPECT_EQ(count(repeated(repeated(" ", 3'000) + "\u4e2d", 80)), 160);
  EXPECT_EQ(count(repeated(" ", 300'000)), 0);
}

TEST(SentencePieceVocabulary, DecodesUnknownsAsItIsTold) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  const auto ids = vocabulary.encode("dog \u4e2d park \u6587.");
  EXPECT_EQ(vocabulary.decode(ids, std::vector<std::string>{"one", "two"}), "dog one park two.");
  EXPECT_EQ(vocabulary.decode(ids, std::vector<std::string>()), vocabulary.decode(ids));
}

TEST(SentencePieceVocabulary, FindsIdsOfPieces) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  for (int32_t id = 0; id < vocabulary.size(); ++id) EXPECT_EQ(vocabulary.id(vocabulary.piece(id)), id);
  EXPECT_EQ(vocabulary.id("no such piece"), vocabulary.specials().unk);
}

TEST(SentencePieceVocabulary, RefusesOtherSpecialTokensByName) {
  const ScratchFolder folder;
  const std::unordered_map<std::string, std::string> settings = {{"input", folder.file("text", kText).string()},
                                                                 {"model_prefix", (folder / "other").string()},
                                                                 {"model_type", "bpe"},
                                                                 {"vocab_size", "60"},
                                                                 {"minloglevel", "3"}};
  ASSERT_TRUE(sentencepiece::SentencePieceTrainer::Train(settings).ok());
  EXPECT_TRUE(says(message_of<Error>([&] { Vocabulary::from_file(folder / "other.model"); }), "other.model", "<pad> 1",
                   "got 1, -1, 2 and 0"));
}

/// Reads some bytes as a model and uses it: an Error is as good as an answer, a crash is not.
void survive(const std::string& bytes) {
  try {
    const Vocabulary vocabulary = Vocabulary::from_bytes(bytes);
    vocabulary.decode(vocabulary.encode("Ｗide ﷺ e\u0301 ½ dogs. \u4e2d\u00ad"));
    vocabulary.decode(std::vector<int32_t>{4, 10, static_cast<int32_t>(vocabulary.size()) - 1});
  } catch (const Error&) {
  }
}

TEST(SentencePieceVocabulary, SurvivesCorruptedModels) {
  uint64_t random = 1;
  const auto below = [&](size_t n) {
    return (random = random * 6364136223846793005u + 1442695040888963407u, (random >> 33) % n);
  };
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = model();
    for (int flips = 0; flips < 1 + i % 8; ++flips) bytes[below(bytes.size())] ^= static_cast<char>(1u << below(8));
    survive(bytes);
  }
  for (int i = 0; i < 300; ++i) survive(model().substr(0, below(model().size())));
}

}  // namespace
}  // namespace rotor
