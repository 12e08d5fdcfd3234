#include "data/corpus_folder.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/log.h"
#include "base/scratch.h"
#include "data/corpus_writer.h"
#include "format/damage.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

Vocabulary trained(const std::string& text) {
  const ScratchFolder folder;
  return Vocabulary::from_bytes(train_vocabulary({folder.file("text", text)}, {.size = 30}));
}

class CorpusFolder : public testing::Test {
 protected:
  Vocabulary english = trained("A dog runs.\nA man walks his dog.\n");
  Vocabulary german = trained("Ein Hund läuft.\nEin Mann mit Hund.\n");
  ScratchFolder folder;

  void write_split(const std::string& split, const Vocabulary& source, const Vocabulary& target) {
    CorpusWriter writer(split_path(folder.path(), split), corpus_task(kTranslation),
                        {describe_column("source", "en", source), describe_column("target", "de", target)});
    writer.add({source.encode("A dog"), target.encode("Ein Hund")});
    writer.finish();
  }
};

TEST_F(CorpusFolder, GivesBackTheVocabulariesWritten) {
  write_vocabularies(folder.path(), {english, german});
  const Vocabularies read = read_vocabularies(folder.path());
  EXPECT_EQ(read.source.sha256(), english.sha256());
  EXPECT_EQ(read.target.sha256(), german.sha256());
  EXPECT_FALSE(read.joined());
}

TEST_F(CorpusFolder, HoldsOneKindOfVocabulary) {
  write_vocabularies(folder.path(), {english, german});
  write_vocabularies(folder.path(), {german, german});
  EXPECT_FALSE(fs::exists(folder / "source.model") || fs::exists(folder / "target.model"));
  EXPECT_TRUE(read_vocabularies(folder.path()).joined());
  write_vocabularies(folder.path(), {english, german});
  EXPECT_FALSE(fs::exists(folder / "vocabulary.model"));
}

TEST_F(CorpusFolder, NamesTheModelsThatAreMissing) {
  EXPECT_TRUE(says(message_of<Error>([&] { read_vocabularies(folder.path()); }), "vocabulary.model", "source.model"));
  EXPECT_TRUE(says(message_of<Error>([&] { read_vocabularies(folder / "absent"); }), "absent"));
}

TEST_F(CorpusFolder, NamesTheSplitsThereAre) {
  write_split("train", english, german);
  write_split("test", english, german);
  EXPECT_EQ(open_split(folder.path(), "train", {english, german}).size(), 1);
  EXPECT_TRUE(says(message_of<Error>([&] {
                     open_split(folder.path(), "valid", {english, german});
                   }),
                   "\"valid\"", "test, train"));
}

TEST_F(CorpusFolder, KnowsWhetherItHoldsVocabulariesAndWhatASplitIsReadFrom) {
  EXPECT_FALSE(holds_vocabularies(folder.path()));
  EXPECT_EQ(files_of_split(folder.path(), "test"),
            (std::vector<fs::path>{folder / "test.safetensors", folder / "vocabulary.model", folder / "source.model",
                                   folder / "target.model"}));
  write_vocabularies(folder.path(), {english, english});
  EXPECT_TRUE(holds_vocabularies(folder.path()));
  write_vocabularies(folder.path(), {english, german});
  EXPECT_TRUE(holds_vocabularies(folder.path()));
  fs::remove(folder / "source.model");
  EXPECT_TRUE(holds_vocabularies(folder.path())) << "part of them";
}

TEST_F(CorpusFolder, ComparesTheChecksumsOfASplitWhereAsked) {
  CorpusWriter writer(split_path(folder.path(), "test"), corpus_task(kTranslation),
                      {describe_column("source", "en", english), describe_column("target", "de", german)},
                      /*keep_text=*/true);
  for (int i = 0; i < 2; ++i) writer.add({english.encode("A dog"), german.encode("Ein Hund")}, {"A dog", "Ein Hund"});
  writer.finish();
  const auto open = [&](Verification verification) {
    return open_split(folder.path(), "test", {english, german}, verification).size();
  };
  EXPECT_EQ(open(Verification::kModel), 2);
  flip_bit(split_path(folder.path(), "test"), "source_text");
  EXPECT_TRUE(says(message_of<DamagedFile>([&] { open(Verification::kModel); }), "test.safetensors is damaged",
                   "tensor 'source_text'"));
  EXPECT_EQ(open(Verification::kNone), 2);
}

TEST_F(CorpusFolder, TakesLinesFromTheTextAndDecodesThemWithout) {
  const std::string source = "A \uff24og \u4f60", target = "Ein  Hund";
  for (const bool keep_text : {true, false}) {
    CorpusWriter writer(split_path(folder.path(), "test"), corpus_task(kTranslation),
                        {describe_column("source", "en", english), describe_column("target", "de", german)}, keep_text);
    writer.add({english.encode("A dog"), german.encode("Ein Hund")}, {"another", "ein anderer"});
    writer.add({english.encode(source), german.encode(target)}, {source, target});
    writer.finish();
    const Corpus corpus = open_split(folder.path(), "test", {english, german});
    EXPECT_EQ(corpus.column("source").line(1, english) == source, keep_text);
    EXPECT_EQ(corpus.column("target").line(1, german), keep_text ? target : "Ein Hund");
    log::start();
    testing::internal::CaptureStderr();
    warn_of_decoded_references(corpus);
    EXPECT_EQ(testing::internal::GetCapturedStderr().empty(), keep_text);
  }
}

TEST_F(CorpusFolder, RefusesASplitMadeWithAnotherVocabulary) {
  write_split("train", english, german);
  EXPECT_TRUE(says(message_of<Error>([&] {
                     open_split(folder.path(), "train", {german, german});
                   }),
                   "train.safetensors", "source (en)"));
  EXPECT_TRUE(says(message_of<Error>([&] { open_split(folder.path(), "train", {english, english}); }), "target (de)"));
}

}  // namespace
}  // namespace rotor
