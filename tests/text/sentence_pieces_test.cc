#include "text/sentence_pieces.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/files.h"
#include "base/scratch.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

class SentencePiecesTest : public testing::Test {
 protected:
  SentencePiecesTest() {
    std::string words;
    for (char letter = 'a'; letter <= 'z'; ++letter) words += std::string(3, letter) + ' ';
    bytes_ = train_vocabulary({folder_.file("words", words)}, {.size = 40});
    path_ = folder_.file("model", bytes_);
  }

  ScratchFolder folder_;
  std::string bytes_;
  std::filesystem::path path_;
};

TEST_F(SentencePiecesTest, JoinToTheTextWithMarksOfItsWords) {
  const SentencePieces pieces(path_);
  std::string joined;
  for (const std::string& piece : pieces.split("aaa bbb")) joined += piece;
  EXPECT_EQ(joined, "▁aaa▁bbb");
  EXPECT_TRUE(pieces.split("").empty());
  const SentencePieces copy = pieces;
  EXPECT_EQ(copy.split("ccc"), pieces.split("ccc"));
}

TEST_F(SentencePiecesTest, KnowTheDigestOfTheirFile) {
  EXPECT_EQ(SentencePieces(path_).sha256(), sha256(bytes_));
}

TEST_F(SentencePiecesTest, RefuseAFileThatIsNoModelOrMissing) {
  const auto other = folder_.file("other", "some text\n");
  EXPECT_TRUE(says(message_of<Error>([&] { SentencePieces pieces(other); }), "other"));
  EXPECT_TRUE(says(message_of<Error>([&] { SentencePieces pieces(folder_ / "none"); }), "none"));
}

}  // namespace
}  // namespace rotor
