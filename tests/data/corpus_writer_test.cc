#include "data/corpus_writer.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "format/safetensors.h"

namespace rotor {
namespace {

const std::vector<ColumnInfo> kColumns = {{"source", "en", "abc", 10}, {"target", "de", "def", 10}};

TEST(CorpusWriter, StoresWideIdsForLargeVocabularies) {
  const ScratchFolder folder;
  corpus_of(folder / "small.safetensors", {{{65535}, {7}}}, 65536);
  EXPECT_EQ(SafeTensors(folder / "small.safetensors").at("source").type, DataType::kU16);
  const Corpus corpus = corpus_of(folder / "large.safetensors", {{{65536}, {7}}}, 65537);
  EXPECT_EQ(SafeTensors(folder / "large.safetensors").at("source").type, DataType::kU32);
  EXPECT_EQ(corpus.column("source").ids(0), Ids{65536});
}

TEST(CorpusWriter, RefusesIdsOutsideTheVocabulary) {
  const ScratchFolder folder;
  EXPECT_THROW(corpus_of(folder / "a.safetensors", {{{100}, {7}}}, 100), Error);
  EXPECT_THROW(corpus_of(folder / "a.safetensors", {{{5}, {-1}}}, 100), Error);
}

TEST(CorpusWriter, LeavesNothingBehindUnlessFinished) {
  const ScratchFolder folder;
  {
    CorpusWriter writer(folder / "a.safetensors", corpus_task(kTranslation), kColumns);
    writer.add({{5}, {6}});
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
  CorpusWriter writer(path, corpus_task(kTranslation), kColumns, /*keep_text=*/true);
  writer.add({{5, 7}, {6}}, {"A d\u00f6g.", "Ein Hund."});
  writer.add({{5}, {6, 7, 8}}, {"", "\uff24 \u4f60"});
  writer.finish();
  const Corpus corpus(path);
  ASSERT_TRUE(corpus.has_text());
  EXPECT_EQ(corpus.column("source").text(0), "A d\u00f6g.");
  EXPECT_EQ(corpus.column("target").text(0), "Ein Hund.");
  EXPECT_EQ(corpus.column("source").text(1), "");
  EXPECT_EQ(corpus.column("target").text(1), "\uff24 \u4f60");
  EXPECT_EQ(corpus.column("source").ids(0), (Ids{5, 7}));
  EXPECT_EQ(corpus.column("target").ids(1), (Ids{6, 7, 8}));
}

TEST(CorpusWriter, MarksDocumentsOnceAndEndsTheLast) {
  const ScratchFolder folder;
  CorpusWriter writer(folder / "a.safetensors", corpus_task(kLanguageModeling), {{"text", "", "abc", 10}});
  writer.end_document();  // of nothing
  for (const Ids& line : {Ids{5}, Ids{6, 7}, Ids{}}) writer.add({line});
  writer.end_document();
  writer.end_document();
  writer.add({{8}});
  writer.finish();
  const Corpus corpus(folder / "a.safetensors");
  const auto ends = corpus.document_ends();
  EXPECT_EQ(std::vector<uint64_t>(ends.begin(), ends.end()), (std::vector<uint64_t>{3, 4}));
  CorpusWriter pairs(folder / "b.safetensors", corpus_task(kTranslation), kColumns);
  EXPECT_TRUE(says(message_of<Error>([&] { pairs.end_document(); }), "documents", "translation"));
}

TEST(CorpusWriter, WantsALabelForEachRowOrForNone) {
  const ScratchFolder folder;
  const auto write = [&](int rows, int labels) {
    CorpusWriter writer(folder / "a.safetensors", corpus_task(kTranslation), kColumns);
    for (int i = 0; i < rows; ++i) {
      writer.add({{5}, {6}});
      if (i < labels) writer.label(0.5f * static_cast<float>(i));
    }
    writer.finish();
    const Corpus corpus(folder / "a.safetensors");
    const auto found = corpus.labels();
    return std::vector<float>(found.begin(), found.end());
  };
  EXPECT_TRUE(write(3, 0).empty());
  EXPECT_EQ(write(3, 3), (std::vector<float>{0, 0.5, 1}));
  EXPECT_TRUE(says(message_of<Error>([&] { write(3, 2); }), "label for each row", "2 for 3"));
}

TEST(CorpusWriter, RefusesRowsOfAnotherNumberOfColumns) {
  const ScratchFolder folder;
  CorpusWriter writer(folder / "a.safetensors", corpus_task(kTranslation), kColumns);
  EXPECT_TRUE(says(message_of<Error>([&] { writer.add({{5}}); }), "2 sentences", "got 1"));
}

TEST(CorpusWriter, NamesAFolderItCannotWriteTo) {
  const ScratchFolder folder;
  const auto path = folder / "absent" / "a.safetensors";
  EXPECT_TRUE(says(message_of<Error>([&] { CorpusWriter(path, corpus_task(kTranslation), kColumns); }), "cannot write",
                   path.string()));
}

}  // namespace
}  // namespace rotor
