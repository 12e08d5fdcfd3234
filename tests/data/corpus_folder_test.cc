#include "data/corpus_folder.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpus_writer.h"
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
    CorpusWriter writer(split_path(folder.path(), split), {"en", source.sha256(), source.size()},
                        {"de", target.sha256(), target.size()});
    writer.add(source.encode("A dog"), target.encode("Ein Hund"));
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
