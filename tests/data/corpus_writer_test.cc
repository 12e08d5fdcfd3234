#include "data/corpus_writer.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "format/safetensors.h"

namespace rotor {
namespace {

TEST(CorpusWriter, StoresWideIdsForLargeVocabularies) {
  const ScratchFolder folder;
  corpus_of(folder / "small.safetensors", {{{65535}, {7}}}, 65536);
  EXPECT_EQ(SafeTensors(folder / "small.safetensors").at("source").type, DataType::kU16);
  const Corpus corpus = corpus_of(folder / "large.safetensors", {{{65536}, {7}}}, 65537);
  EXPECT_EQ(SafeTensors(folder / "large.safetensors").at("source").type, DataType::kU32);
  EXPECT_EQ(corpus.source(0), Ids{65536});
}

TEST(CorpusWriter, RefusesIdsOutsideTheVocabulary) {
  const ScratchFolder folder;
  EXPECT_THROW(corpus_of(folder / "a.safetensors", {{{100}, {7}}}, 100), Error);
  EXPECT_THROW(corpus_of(folder / "a.safetensors", {{{5}, {-1}}}, 100), Error);
}

TEST(CorpusWriter, LeavesNothingBehindUnlessFinished) {
  const ScratchFolder folder;
  {
    CorpusWriter writer(folder / "a.safetensors", {"en", "abc", 10}, {"de", "def", 10});
    writer.add(Ids{5}, Ids{6});
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(CorpusWriter, LeavesTheCorpusAlone) {
  const ScratchFolder folder;
  corpus_of(folder / "a.safetensors", {{{5}, {6}}});
  const std::filesystem::directory_iterator files(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(CorpusWriter, KeepsTheTextBesideTheIdsIfAsked) {
  const ScratchFolder folder;
  const auto path = folder / "a.safetensors";
  EXPECT_FALSE(corpus_of(path, {{{5}, {6}}}).has_text());
  CorpusWriter writer(path, {"en", "abc", 10}, {"de", "def", 10}, /*keep_text=*/true);
  writer.add(Ids{5, 7}, Ids{6}, "A d\u00f6g.", "Ein Hund.");
  writer.add(Ids{5}, Ids{6, 7, 8}, "", "\uff24 \u4f60");
  writer.finish();
  const Corpus corpus(path);
  ASSERT_TRUE(corpus.has_text());
  EXPECT_EQ(corpus.source_text(0), "A d\u00f6g.");
  EXPECT_EQ(corpus.target_text(0), "Ein Hund.");
  EXPECT_EQ(corpus.source_text(1), "");
  EXPECT_EQ(corpus.target_text(1), "\uff24 \u4f60");
  EXPECT_EQ(corpus.source(0), (Ids{5, 7}));
  EXPECT_EQ(corpus.target(1), (Ids{6, 7, 8}));
}

TEST(CorpusWriter, NamesAFolderItCannotWriteTo) {
  const ScratchFolder folder;
  const auto path = folder / "absent" / "a.safetensors";
  EXPECT_TRUE(says(message_of<Error>([&] {
                     CorpusWriter(path, {"en", "", 10}, {"de", "", 10});
                   }),
                   "cannot write", path.string()));
}

}  // namespace
}  // namespace rotor
