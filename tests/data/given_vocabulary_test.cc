#include "data/given_vocabulary.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "model/encoder_decoder.h"
#include "model/model_file.h"
#include "model/tiny_model.h"
#include "text/byte_vocabulary.h"
#include "text/train_vocabulary.h"
#include "text/vocab_txt.h"

namespace rotor {
namespace {

class GivenVocabulary : public testing::Test {
 protected:
  void write_model(const VocabularyBytes& vocabulary) const {
    const EncoderDecoder model(tiny_options());
    SafeTensorsWriter writer;
    add_model(writer, model, vocabulary);
    writer.write(path_);
  }

  ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "m.safetensors";
};

TEST_F(GivenVocabulary, IsAFileOrThatOfAModel) {
  const std::string bytes = serialized_bytes();
  const std::string pieces = train_vocabulary({folder_.file("text", "A dog runs.\nA man walks.\n")}, {.size = 40});
  EXPECT_EQ(read_given_vocabulary(folder_.file("vocabulary.model", pieces)).bytes(), pieces);
  write_model({pieces, bytes});
  EXPECT_EQ(read_given_vocabulary(path_).bytes(), pieces);
  EXPECT_EQ(read_given_vocabulary(path_, VocabularySide::kTarget).bytes(), bytes);
}

TEST_F(GivenVocabulary, OfBothSidesIsMadeOnceWhereTheyAreEqual) {
  const std::string bytes = serialized_bytes();
  const std::string pieces = train_vocabulary({folder_.file("text", "A dog runs.\nA man walks.\n")}, {.size = 40});
  write_model({pieces, bytes});
  const Vocabularies two = vocabularies_of(SafeTensors(path_));
  EXPECT_EQ(two.source.bytes(), pieces);
  EXPECT_EQ(two.target.bytes(), bytes);
  write_model({pieces, pieces});
  const Vocabularies one = vocabularies_of(SafeTensors(path_));
  EXPECT_EQ(one.source.bytes(), pieces);
  EXPECT_EQ(&one.source.bytes(), &one.target.bytes()) << "copies share what they hold";
}

TEST_F(GivenVocabulary, OfWordPieceIsNotedWithItsCase) {
  const auto note = [&](const std::string& tokens) {
    return note_of_wordpiece(read_given_vocabulary(folder_.file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n" + tokens)));
  };
  EXPECT_EQ(note("the\ndog\n"), " (WordPiece, uncased)");
  EXPECT_EQ(note("The\ndog\n"), " (WordPiece, cased)");
  EXPECT_EQ(note_of_wordpiece(Vocabulary::from_bytes(serialized_bytes())), "");
}

TEST_F(GivenVocabulary, OfAModelSaysItselfHowTextIsRead) {
  write_model({serialized_wordpiece("[PAD]\n[UNK]\n[CLS]\n[SEP]\nThe\n", {.lower_case = false}), serialized_bytes()});
  for (const auto& [side, kind] :
       {std::pair{VocabularySide::kSource, "WordPiece, cased"}, {VocabularySide::kTarget, "bytes"}}) {
    EXPECT_TRUE(says(message_of<UsageError>([&] { read_given_vocabulary(path_, side, true); }), "--do-lower-case",
                     "m.safetensors", kind, "leave the option out"));
  }
}

TEST_F(GivenVocabulary, NamesTheFileThatHoldsNone) {
  const auto refusal = [&] { return message_of<Error>([&] { read_given_vocabulary(path_); }); };
  EXPECT_TRUE(says(refusal(), "m.safetensors"));
  write_model({"words", "words"});
  EXPECT_TRUE(says(refusal(), "m.safetensors", "expected a vocabulary"));
  folder_.file("m.safetensors", "no tensors");
  EXPECT_TRUE(says(refusal(), "m.safetensors", "safetensors"));
}

}  // namespace
}  // namespace rotor
