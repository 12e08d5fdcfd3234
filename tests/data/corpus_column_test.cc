#include "data/corpus_column.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "text/byte_vocabulary.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

/// Writes a corpus for language models with one column like this.
Corpus written(const ScratchFolder& folder, const ColumnInfo& info, const std::vector<std::string>& lines,
               bool keep_text = true) {
  CorpusWriter writer(folder / "text.safetensors", corpus_task(kLanguageModeling), {info}, keep_text);
  for (const std::string& line : lines) writer.add({Ids(line.size(), 5)}, {line});
  writer.finish();
  return Corpus(folder / "text.safetensors");
}

TEST(TextSize, CountsCharactersBytesAndALineFeedALine) {
  TextSize size;
  size.add_line("abc");
  EXPECT_EQ(size, (TextSize{4, 4}));
  size.add_line("");
  size.add_line("\u4e2d\u00e4\U0001f600");
  EXPECT_EQ(size, (TextSize{4 + 1 + 4, 4 + 1 + 10}));
  size.add_line("\xff\xe4");
  EXPECT_EQ(size, (TextSize{4 + 1 + 4 + 3, 4 + 1 + 10 + 3})) << "in other bytes than UTF-8 each is a character";
}

TEST(CorpusColumn, RecordsTheSizeOfItsText) {
  const ScratchFolder folder;
  const ColumnInfo info{"text", "", "abc", 10};
  for (const bool keep_text : {true, false}) {
    EXPECT_EQ(written(folder, info, {"\u00e4b", ""}, keep_text).column("text").text_size(), (TextSize{4, 5}));
  }
  EXPECT_FALSE(corpus_of(folder / "pairs.safetensors", {{{5}, {6}}}).column("source").text_size());
}

TEST(CorpusColumn, KnowsWhereItsSentencesBeginInTheStream) {
  const ScratchFolder folder;
  const CorpusColumn text = text_corpus(folder / "a.safetensors", {{5, 6}, {}, {7}}).column("text");
  EXPECT_EQ(text.begin(0), 0);
  EXPECT_EQ(text.begin(1), 3);
  EXPECT_EQ(text.begin(2), 4);
  EXPECT_EQ(text.begin(3), 6);
  EXPECT_EQ(text.tokens(), 6);
  EXPECT_EQ(text.length(1), 1);
}

TEST(CorpusColumn, KeepsTheSpecialTokensOfItsVocabulary) {
  const ScratchFolder folder;
  const SpecialTokens others{.bos = -1, .pad = 9, .eos = 0, .unk = 8, .mask = 7, .start = 9};
  EXPECT_EQ(written(folder, {"text", "", "abc", 10, others}, {"a"}).column("text").info().specials, others);
  EXPECT_EQ(written(folder, {"text", "", "abc", 10}, {"a"}).column("text").info().specials, SpecialTokens());
  const SafeTensors plain(folder / "text.safetensors");
  EXPECT_FALSE(plain.metadata().contains("text_special_tokens"));
  const SpecialTokens outside{.bos = 10};
  EXPECT_TRUE(says(message_of<Error>([&] {
                     written(folder, {"text", "", "abc", 10, outside}, {"a"});
                   }),
                   "text.safetensors", "\"bos\"", "text_special_tokens"));
}

TEST(CorpusColumn, GivesTheLineOrDecodesIt) {
  const ScratchFolder folder;
  const Vocabulary bytes = Vocabulary::from_bytes(serialized_bytes());
  const ColumnInfo info = describe_column("text", "", bytes);
  EXPECT_EQ(written(folder, info, {"ab"}, true).column("text").line(0, bytes), "ab");
  EXPECT_EQ(written(folder, info, {"ab"}, false).column("text").line(0, bytes), "\x01\x01");
}

TEST(CorpusColumn, RefusesAnotherVocabulary) {
  const ScratchFolder folder;
  const Vocabulary bytes = Vocabulary::from_bytes(serialized_bytes());
  written(folder, describe_column("text", "", bytes), {"a"}).column("text").check_vocabulary(bytes);
  const Corpus other = written(folder, {"text", "en", "abc", 10}, {"a"});
  EXPECT_TRUE(says(message_of<Error>([&] { other.column("text").check_vocabulary(bytes); }), "text.safetensors",
                   "its text (en)", "260 pieces", "10 pieces"));
}

}  // namespace
}  // namespace rotor
