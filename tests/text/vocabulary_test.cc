#include "text/vocabulary.h"

#include <gtest/gtest.h>

#include <string>

#include "base/check.h"
#include "base/files.h"
#include "base/scratch.h"
#include "text/byte_vocabulary.h"
#include "text/letters.h"
#include "text/train_vocabulary.h"
#include "text/vocab_txt.h"

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

TEST(Vocabulary, IsOfTheKindThatItsFormTells) {
  const Vocabulary pieces = Vocabulary::from_bytes(model()), bytes = Vocabulary::from_bytes(serialized_bytes());
  EXPECT_EQ(pieces.size(), 60);
  EXPECT_FALSE(pieces.is_lossless());
  EXPECT_EQ(bytes.size(), 260);
  EXPECT_TRUE(bytes.is_lossless());
  const Vocabulary copy = bytes;
  EXPECT_EQ(copy.sha256(), sha256(serialized_bytes()));
  EXPECT_EQ(copy.decode(copy.encode("schön")), "schön");
}

TEST(Vocabulary, SkipsSpecialTokensWhenDecoding) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  auto ids = vocabulary.encode("A dog runs.");
  const auto [bos, pad, eos, unk, mask, start] = vocabulary.specials();
  ids.insert(ids.begin(), {start, bos});
  ids.insert(ids.end(), {eos, pad, pad});
  EXPECT_EQ(vocabulary.decode(ids), "A dog runs.");
}

TEST(Vocabulary, RefusesIdsOutOfRange) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  EXPECT_TRUE(says(message_of<Error>([&] { vocabulary.decode(std::vector<int32_t>{5, 60}); }), "below 60", "got 60"));
  EXPECT_THROW(vocabulary.decode(std::vector<int32_t>{-1}), Error);
  EXPECT_THROW(vocabulary.piece(60), Error);
  EXPECT_THROW(vocabulary.piece(-1), Error);
}

TEST(Vocabulary, IsKnownByItsBytes) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(model());
  EXPECT_EQ(vocabulary.bytes(), model());
  EXPECT_EQ(vocabulary.sha256(), sha256(model()));
  const ScratchFolder folder;
  EXPECT_EQ(Vocabulary::from_file(folder.file("v.model", model())).sha256(), vocabulary.sha256());
}

TEST(Vocabulary, NamesAFileThatIsNoModel) {
  const ScratchFolder folder;
  for (const std::string text : {"no model\n", "", "\xff\xff\xff\xff"}) {
    const auto path = folder.file("foreign.model", text);
    testing::internal::CaptureStderr();
    const std::string message = message_of<Error>([&] { Vocabulary::from_file(path); });
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_TRUE(says(message, path.string(), "vocab.txt"));
    EXPECT_EQ(message.find('\n'), message.npos);
  }
  EXPECT_TRUE(says(message_of<Error>([&] { Vocabulary::from_file(folder / "absent"); }), "absent"));
}

TEST(Vocabulary, ReadsBertsVocabTxt) {
  const ScratchFolder folder;
  const auto path = folder.file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\nA\n");
  const Vocabulary cased = Vocabulary::from_file(path), uncased = Vocabulary::from_file(path, true);
  EXPECT_EQ(cased.encode("A ab"), (std::vector<int32_t>{7, 5, 6}));
  EXPECT_EQ(uncased.encode("A ab"), (std::vector<int32_t>{5, 5, 6}));
  EXPECT_EQ(Vocabulary::from_bytes(uncased.bytes()).encode("A"), uncased.encode("A"));
  EXPECT_TRUE(says(message_of<Error>([&] { Vocabulary::from_bytes(text_of(path), "my.safetensors"); }),
                   "my.safetensors", "rotor-vocabulary wordpiece 1 "));
  EXPECT_TRUE(says(message_of<UsageError>([&] { Vocabulary::from_file(folder.file("v.model", model()), false); }),
                   "--do-lower-case", "v.model", "SentencePiece"));
}

TEST(Vocabulary, TellsItsKind) {
  EXPECT_EQ(Vocabulary::kind_of(serialized_bytes()), "bytes");
  EXPECT_EQ(Vocabulary::kind_of(serialized_wordpiece("", {})), "WordPiece, uncased");
  EXPECT_EQ(Vocabulary::kind_of(model()), "SentencePiece");
}

TEST(Vocabulary, HasTheSpecialTokensOfItsModel) {
  constexpr SpecialTokens kOthers{.bos = 3, .pad = 9, .eos = 0, .unk = 7, .mask = 5, .start = 3};
  const Vocabulary vocabulary = letters(kOthers);
  EXPECT_EQ(vocabulary.specials(), kOthers);
  EXPECT_EQ(vocabulary.size(), 26 + 5) << "the start is also <s>";
  std::vector<int32_t> ids = vocabulary.encode("abc");
  EXPECT_EQ(ids, (std::vector<int32_t>{1, 2, 4}));
  ids.insert(ids.begin(), kOthers.start);
  ids.insert(ids.end(), {kOthers.eos, kOthers.pad, kOthers.mask});
  EXPECT_EQ(vocabulary.decode(ids), "abc");
  EXPECT_EQ(vocabulary.id("no such piece"), kOthers.unk);
}

}  // namespace
}  // namespace rotor
