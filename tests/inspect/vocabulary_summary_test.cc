#include "inspect/vocabulary_summary.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "text/byte_vocabulary.h"

namespace rotor {
namespace {

TEST(SummariseVocabulary, SaysWhatItIs) {
  const ScratchFolder folder;
  const auto path = folder.file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\ndog\nDog\n");
  EXPECT_TRUE(is_vocabulary_file(path));
  const auto summary = summarise_vocabulary(path);
  EXPECT_EQ(summary["kind"], "vocabulary");
  EXPECT_EQ(summary["vocabulary"]["kind"], "WordPiece, cased");
  EXPECT_EQ(summary["vocabulary"]["size"], 6);
  EXPECT_EQ(summary["special_tokens"]["bos"]["piece"], "[CLS]");
  EXPECT_EQ(summary["special_tokens"]["eos"]["id"], 3);
  EXPECT_FALSE(summary["special_tokens"].contains("mask"));
  const auto bytes = summarise_vocabulary(folder.file("vocabulary.model", serialized_bytes()));
  EXPECT_EQ(bytes["vocabulary"]["kind"], "bytes");
  EXPECT_EQ(bytes["vocabulary"]["size"], 260);
}

TEST(SummariseVocabulary, RefusesOtherFiles) {
  const ScratchFolder folder;
  EXPECT_FALSE(is_vocabulary_file("model.safetensors"));
  EXPECT_FALSE(is_vocabulary_file("text.txt"));
  EXPECT_FALSE(is_vocabulary_file(folder.file("best.model", std::string("\x02\0\0\0\0\0\0\0{}", 10)))) << "safetensors";
  EXPECT_TRUE(says(message_of<Error>([&] { summarise_vocabulary(folder.file("my_vocab.txt", "to do\n")); }),
                   "my_vocab.txt", "vocab.txt"));
}

}  // namespace
}  // namespace rotor
