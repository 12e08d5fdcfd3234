#include "data/binarise.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/scratch.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

TEST(LengthRules, FindSidesThatAreEmptyLongOrUnequal) {
  const LengthRules none, rules{.max_length = 10, .max_ratio = 2};
  EXPECT_EQ(none.judge(0, 1), Fault::kBlank);
  EXPECT_EQ(none.judge(1, 1000), Fault::kNone);
  EXPECT_EQ(rules.judge(10, 5), Fault::kNone);
  EXPECT_EQ(rules.judge(11, 10), Fault::kLength);
  EXPECT_EQ(rules.judge(3, 7), Fault::kRatio);
  EXPECT_EQ(rules.judge(7, 3), Fault::kRatio);
}

TEST(Binarise, WritesThePairsThatAreKeptAndCountsTheirPieces) {
  const ScratchFolder folder;
  const TextPair files{folder.file("a.en", "ab\nb\naa\nxa\n\x01\n"), folder.file("a.de", "a\nab\naaaa\nb\na\n")};
  const Vocabulary vocabulary =
      Vocabulary::from_bytes(train_vocabulary({folder.file("text", "a b\nb a\n")}, {.size = 7}));
  CorpusWriter writer(folder / "corpus", corpus_task(kTranslation),
                      {describe_column("source", "xx", vocabulary), describe_column("target", "xx", vocabulary)});
  // The second pair is not to be kept, the third is too long, the last has no pieces on one side.
  const Binarised result =
      binarise({files}, {true, false, true, true, true}, {.max_length = 4}, {vocabulary, vocabulary}, writer, 2);
  writer.finish();
  EXPECT_EQ(result.pairs, 2);
  EXPECT_EQ(result.faults.text(), "1 blank, 1 length");
  const Corpus corpus(folder / "corpus");
  ASSERT_EQ(corpus.size(), 2);
  EXPECT_EQ(corpus.column("source").ids(0), vocabulary.encode("ab"));
  EXPECT_EQ(corpus.column("target").ids(1), vocabulary.encode("b"));
  EXPECT_EQ(result.source.tokens, corpus.column("source").tokens() - 2);
  EXPECT_EQ(result.source.unknown, 1);
  EXPECT_EQ(result.target.unknown, 0);
  EXPECT_EQ(result.source.sha256, sha256("ab\nxa\n"));
}

}  // namespace
}  // namespace rotor
