#include "data/binarise.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/scratch.h"
#include "text/byte_vocabulary.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

Fault judged(const LengthRules& rules, const std::vector<size_t>& sizes) {
  return rules.judge(sizes);
}

TEST(LengthRules, FindLinesThatAreEmptyLongOrUnequal) {
  const LengthRules none, rules{.max_length = 10, .max_ratio = 2};
  EXPECT_EQ(judged(none, {0, 1}), Fault::kBlank);
  EXPECT_EQ(judged(none, {1, 1000}), Fault::kNone);
  EXPECT_EQ(judged(rules, {10, 5}), Fault::kNone);
  EXPECT_EQ(judged(rules, {11, 10}), Fault::kLength);
  EXPECT_EQ(judged(rules, {3, 7}), Fault::kRatio);
  EXPECT_EQ(judged(rules, {7, 3}), Fault::kRatio);
  EXPECT_EQ(judged({.max_length = 10, .keep_blank = true}, {0}), Fault::kNone);
  EXPECT_EQ(judged({.max_length = 10, .keep_blank = true}, {11}), Fault::kLength);
}

TEST(Binarise, WritesThePairsThatAreKeptAndCountsTheirPieces) {
  const ScratchFolder folder;
  const ParallelFiles files{folder.file("a.en", "ab\nb\naa\nxa\n\x01\n"), folder.file("a.de", "a\nab\naaaa\nb\na\n")};
  const Vocabulary vocabulary =
      Vocabulary::from_bytes(train_vocabulary({folder.file("text", "a b\nb a\n")}, {.size = 7}));
  CorpusWriter writer(folder / "corpus", corpus_task(kTranslation),
                      {describe_column("source", "xx", vocabulary), describe_column("target", "xx", vocabulary)});
  // The second pair is not to be kept, the third is too long, the last has no pieces on one side.
  const Binarised result = binarise(ParallelReader({files}), {true, false, true, true, true}, {.max_length = 4},
                                    /*documents=*/false, {{vocabulary}, {vocabulary, 5}}, writer, 2);
  writer.finish();
  EXPECT_EQ(result.rows, 2);
  EXPECT_EQ(result.faults.text(), "1 blank, 1 length");
  const Corpus corpus(folder / "corpus");
  ASSERT_EQ(corpus.size(), 2);
  EXPECT_EQ(corpus.column("source").ids(0), vocabulary.encode("ab"));
  std::vector<int32_t> opened = vocabulary.encode("b");
  opened.insert(opened.begin(), 5);
  EXPECT_EQ(corpus.column("target").ids(1), opened);
  EXPECT_EQ(result.columns[0].tokens, corpus.column("source").tokens() - 2);
  EXPECT_EQ(result.columns[0].unknown, 1);
  EXPECT_EQ(result.columns[1].unknown, 0);
  EXPECT_EQ(result.columns[0].sha256, sha256("ab\nxa\n"));
}

/// The ends of documents that files give, each a text; of the lines that are kept, or all.
std::vector<uint64_t> ends_of(const std::vector<std::string>& texts, std::vector<bool> kept = {}) {
  const ScratchFolder folder;
  const Vocabulary bytes = Vocabulary::from_bytes(serialized_bytes());
  std::vector<ParallelFiles> files;
  int64_t lines = 0;
  for (const std::string& text : texts) {
    files.push_back({folder.file(std::to_string(files.size()), text)});
    lines += std::count(text.begin(), text.end(), '\n');
  }
  if (kept.empty()) kept.assign(lines, true);
  CorpusWriter writer(folder / "corpus", corpus_task(kLanguageModeling), {describe_column("text", "", bytes)});
  binarise(ParallelReader(files), kept, {.keep_blank = true}, /*documents=*/true, {{bytes}}, writer, 3);
  writer.finish();
  const Corpus corpus(folder / "corpus");
  const auto ends = corpus.document_ends();
  return {ends.begin(), ends.end()};
}

using Ends = std::vector<uint64_t>;

TEST(Binarise, EndsADocumentAfterARunOfBlankLines) {
  EXPECT_EQ(ends_of({"a\nb\n"}), Ends{2});
  EXPECT_EQ(ends_of({"a\n\n\nb\n"}), (Ends{3, 4}));
  EXPECT_EQ(ends_of({"\n\na\n \nb\n\n"}), (Ends{4, 6})) << "those at the beginning are the first one's";
  EXPECT_EQ(ends_of({"a\n\nb\n\nc\n"}, {true, true, false, true, true}), (Ends{3, 4}))
      << "a document of lines that were dropped is none";
}

TEST(Binarise, EndsADocumentWithItsFile) {
  EXPECT_EQ(ends_of({"a\nb\n", "c\n", "\n\nd\n"}), (Ends{2, 3, 6}));
  EXPECT_EQ(ends_of({"a\n\n", "\nb\n"}), (Ends{2, 4}));
}

TEST(Binarise, SeesThatATextHasChangedSinceItWasRead) {
  EXPECT_EQ(ends_of({"a\nb\n"}, {true, true}), Ends{2});
  EXPECT_TRUE(says(message_of<Error>([] { ends_of({"a\nb\n"}, {true}); }), "a text of 1 lines as before, got more"));
  EXPECT_TRUE(says(message_of<Error>([] { ends_of({"a\nb\n"}, {true, true, true}); }), "of 3 lines as before, got 2"));
}

}  // namespace
}  // namespace rotor
