#include "data/preprocess.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/json.h"
#include "base/scratch.h"
#include "data/corpus_folder.h"
#include "data/parallel_text.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

/// A folder with text.en and text.de: 3,000 pairs, some of which are to be dropped for each fault there is.
class PreprocessPairs : public testing::Test {
 protected:
  PreprocessPairs() {
    std::string source, target;
    for (int i = 0; i < 3000; ++i) {
      const std::string number = std::to_string(i * 7919 % 2003);
      source += i % 101 == 0 ? "\n" : "the number " + number + (i % 97 == 0 ? " again and again and again\n" : "\n");
      target += i % 89 == 0   ? "the number " + number + "\n"
                : i % 83 == 0 ? "число\n"
                : i % 79 == 0 ? "1\n"
                              : "die Zahl " + number + "\n";
    }
    folder.file("text.en", source);
    folder.file("text.de", target);
    options.source_lang = "en";
    options.target_lang = "de";
    options.trainpref = options.validpref = (folder / "text").string();
    options.joined_dictionary = true;
    options.vocab_size = 100;
    options.destdir = (folder / "corpus").string();
    options.workers = 1;
  }

  void clean_everything() {
    options.train_drop_identical = options.train_drop_duplicates = true;
    options.train_min_script = 0.5;
    options.train_max_length = 9;
    options.train_max_ratio = 2;
  }

  std::map<std::string, std::string> made() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(options.destdir)) {
      files[entry.path().filename()] = text_of(entry.path());
    }
    return files;
  }

  nlohmann::json manifest() const { return nlohmann::json::parse(text_of(folder / "corpus" / "manifest.json")); }

  ScratchFolder folder;
  PreprocessOptions options;
};

TEST_F(PreprocessPairs, MakesTheSameBytesWithAnyNumberOfWorkers) {
  clean_everything();
  preprocess(options);
  const auto alone = made();
  ASSERT_EQ(alone.size(), 4);
  for (int64_t workers : {2, 3, 8}) {
    options.workers = workers;
    preprocess(options);
    EXPECT_TRUE(made() == alone) << workers << " workers";
  }
}

TEST_F(PreprocessPairs, CountsWhatItDroppedByFault) {
  clean_everything();
  preprocess(options);
  const auto train = manifest()["splits"]["train"], valid = manifest()["splits"]["valid"];
  int64_t dropped = 0;
  for (const char* fault : {"blank", "identical", "script", "duplicate", "length", "ratio"}) {
    EXPECT_GT(train["dropped"][fault], 0) << fault;
    dropped += train["dropped"][fault].get<int64_t>();
    EXPECT_EQ(valid["dropped"][fault], fault == std::string("blank") ? train["dropped"][fault] : nlohmann::json(0));
  }
  EXPECT_EQ(train["corpus"]["pairs"], 3000 - dropped);
  EXPECT_EQ(Corpus(folder / "corpus" / "train.safetensors").size(), 3000 - dropped);
}

TEST_F(PreprocessPairs, RecordsEveryStageByItsDigest) {
  preprocess(options);
  const auto record = manifest();
  const auto& train = record["splits"]["train"];
  EXPECT_EQ(train["text"][0]["source"]["sha256"], sha256(text_of(folder / "text.en")));
  EXPECT_EQ(train["text"][0]["target"]["sha256"], sha256(text_of(folder / "text.de")));
  EXPECT_EQ(train["text"][0]["source"]["lines"], 3000);
  EXPECT_EQ(record["vocabularies"]["vocabulary.model"]["sha256"],
            sha256(text_of(folder / "corpus" / "vocabulary.model")));
  EXPECT_EQ(train["corpus"]["sha256"], sha256(text_of(folder / "corpus" / "train.safetensors")));
  EXPECT_EQ(train["options"]["vocab_size"], 100);
  // The clean text is what is left of the lines.
  std::string kept;
  ParallelReader reader({{folder / "text.en", folder / "text.de"}});
  for (std::vector<std::string> lines; reader.next(lines);) kept += lines[0].empty() ? "" : lines[0] + "\n";
  EXPECT_EQ(train["clean"]["source_sha256"], sha256(kept));
  EXPECT_EQ(train["clean"]["lines"], std::count(kept.begin(), kept.end(), '\n'));
}

TEST_F(PreprocessPairs, OfSeveralTrainingPrefixesIsThatOfTheirTextInOne) {
  preprocess(options);
  const auto whole = made();
  for (const char* language : {".en", ".de"}) {
    const std::string text = text_of(folder / "text" += language);
    size_t cut = 0;
    for (int i = 0; i < 1234; ++i) cut = text.find('\n', cut) + 1;
    folder.file(std::string("one") + language, text.substr(0, cut));
    folder.file(std::string("two") + language, text.substr(cut));
  }
  options.trainpref = (folder / "one").string() + "," + (folder / "two").string();
  preprocess(options);
  EXPECT_EQ(made().at("train.safetensors"), whole.at("train.safetensors"));
  EXPECT_EQ(manifest()["splits"]["train"]["text"][1]["target"]["lines"], 3000 - 1234);
}

TEST_F(PreprocessPairs, TrainsTheVocabularyOnCleanTextOnly) {
  options.train_min_script = 0.5;
  preprocess(options);
  EXPECT_EQ(read_vocabularies(options.destdir).source.id("ч"), 3);  // a letter of the foreign script
  options.train_min_script = 0;
  preprocess(options);
  EXPECT_NE(read_vocabularies(options.destdir).source.id("ч"), 3);
}

TEST_F(PreprocessPairs, ASplitMadeLaterJoinsTheManifestOfItsVocabulary) {
  preprocess(options);
  const auto train = manifest()["splits"]["train"];
  PreprocessOptions later = options;
  later.trainpref = later.validpref = "";
  later.testpref = options.trainpref;
  later.srcdict = (folder / "corpus" / "vocabulary.model").string();
  preprocess(later);
  EXPECT_EQ(manifest()["splits"]["train"], train);
  EXPECT_EQ(manifest()["splits"]["test"]["corpus"]["pairs"], train["corpus"]["pairs"]);
  options.vocab_size = 90;
  preprocess(options);
  EXPECT_FALSE(manifest()["splits"].contains("test"));
}

TEST_F(PreprocessPairs, KeepsTheTextOfAllSplitsButTrain) {
  folder.file("valid.en", "\uff21 d\u00f6g\r\n\n(\u4f60)\n");
  folder.file("valid.de", "EIN \uff28und\nleer\n \u4f60 \n");
  options.validpref = (folder / "valid").string();
  preprocess(options);
  const Corpus valid(folder / "corpus" / "valid.safetensors");
  ASSERT_EQ(valid.size(), 2);
  ASSERT_TRUE(valid.has_text());
  EXPECT_EQ(valid.column("source").text(0), "\uff21 d\u00f6g");
  EXPECT_EQ(valid.column("target").text(0), "EIN \uff28und");
  EXPECT_EQ(valid.column("source").text(1), "(\u4f60)");
  EXPECT_EQ(valid.column("target").text(1), " \u4f60 ");
  EXPECT_FALSE(Corpus(folder / "corpus" / "train.safetensors").has_text());
}

TEST_F(PreprocessPairs, IsUnfinishedUntilItsManifestStandsThere) {
  preprocess(options);
  PreprocessOptions later = options;
  later.validpref = "";
  later.srcdict = (folder / "corpus" / "vocabulary.model").string();
  later.train_max_length = 1;  // fails as late as it can
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(later); }), "length"));
  EXPECT_EQ(made().count("manifest.json"), 0);
  EXPECT_EQ(made().count("manifest.unfinished.json"), 1);
  // The splits of the finished run are still known to be whole.
  later.train_max_length = 0;
  preprocess(later);
  EXPECT_EQ(made().count("manifest.unfinished.json"), 0);
  for (const char* split : {"train", "valid"}) EXPECT_TRUE(manifest()["splits"].contains(split)) << split;
}

TEST_F(PreprocessPairs, MixesNoSplitOfAnotherOrAnUnfinishedCorpus) {
  preprocess(options);
  fs::remove(folder / "corpus" / "manifest.json");  // as if it had been killed
  PreprocessOptions later = options;
  later.validpref = "";
  preprocess(later);
  EXPECT_FALSE(fs::exists(folder / "corpus" / "valid.safetensors"));
  EXPECT_EQ(manifest()["splits"].size(), 1);
  preprocess(options);
  later.vocab_size = 90;
  folder.file("corpus/model.safetensors", "something else");
  preprocess(later);
  EXPECT_FALSE(fs::exists(folder / "corpus" / "valid.safetensors"));
  EXPECT_TRUE(fs::exists(folder / "corpus" / "model.safetensors"));
}

TEST_F(PreprocessPairs, RecordsTheCoverageThatApplied) {
  preprocess(options);
  EXPECT_EQ(manifest()["splits"]["train"]["options"]["character_coverage"], 1);
  options.byte_fallback = true;
  options.vocab_size = 400;
  preprocess(options);
  EXPECT_EQ(manifest()["splits"]["train"]["options"]["character_coverage"], 0.9995);
  options.character_coverage = 0.97;
  EXPECT_TRUE(says(message_of<UsageError>([&] { preprocess(options); }), "--character-coverage", "0.98"));
  options.character_coverage = 0.99;
  options.user_defined_symbols = "<a>,<a>";
  EXPECT_TRUE(says(message_of<UsageError>([&] { preprocess(options); }), "<a>", "once"));
}

TEST_F(PreprocessPairs, FindsAFolderItCannotWriteToBeforeItReads) {
  folder.file("text.de", "unequal\n");
  folder.file("file", "");
  options.destdir = (folder / "file").string();
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "cannot", "file"));
  options.destdir = (folder / "corpus").string();
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "as many lines"));
  EXPECT_FALSE(fs::exists(options.destdir));
}

TEST_F(PreprocessPairs, BeginsSourcesWithOneTokenForTheTargetLanguage) {
  options.add_language_tags = true;
  options.user_defined_symbols = ">>fr<<";
  preprocess(options);
  const Vocabulary vocabulary = read_vocabularies(options.destdir).source;
  const std::vector<int32_t> tag = vocabulary.encode(">>de<<");
  ASSERT_EQ(tag.size(), 2u) << "a blank and the tag";
  EXPECT_EQ(vocabulary.encode(">>fr<<").size(), 2u);
  const Corpus corpus = open_split(options.destdir, "valid", read_vocabularies(options.destdir));
  for (const int64_t row : {0, 100}) {
    const std::vector<int32_t> ids = corpus.column("source").ids(row);
    EXPECT_TRUE(std::equal(tag.begin(), tag.end(), ids.begin())) << row;
    EXPECT_EQ(corpus.column("source").line(row, vocabulary).find(">>de<< the number"), 0u);
    EXPECT_EQ(corpus.column("target").line(row, vocabulary).find("die Zahl"), 0u);
  }
  EXPECT_EQ(manifest()["splits"]["valid"]["options"]["add_language_tags"], true);
}

TEST_F(PreprocessPairs, RefusesAVocabularyThatCutsTheLanguageTag) {
  preprocess(options);
  PreprocessOptions other = options;
  other.srcdict = (folder / "corpus" / "vocabulary.model").string();
  other.destdir = (folder / "tagged").string();
  other.add_language_tags = true;
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(other); }), ">>de<<", "--user-defined-symbols"));
  EXPECT_FALSE(fs::exists(folder / "tagged" / "manifest.json"));
}

TEST_F(PreprocessPairs, LosesNoSplitToADamagedVocabulary) {
  preprocess(options);
  const auto before = made();
  std::string vocabulary = text_of(folder / "corpus" / "vocabulary.model");
  vocabulary[vocabulary.size() / 2] ^= 1;
  folder.file("corpus/vocabulary.model", vocabulary);
  options.testpref = options.trainpref;
  options.trainpref = options.validpref = "";
  options.srcdict = (folder / "corpus" / "vocabulary.model").string();
  options.vocab_size = PreprocessOptions().vocab_size;
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "vocabulary.model", "restore it"));
  EXPECT_EQ(made().at("train.safetensors"), before.at("train.safetensors"));
  EXPECT_EQ(made().at("manifest.json"), before.at("manifest.json"));
}

TEST_F(PreprocessPairs, SaysWhyNothingIsLeft) {
  folder.file("same.en", "a\nb\n\n");
  folder.file("same.de", "a\nb\nc\n");
  options.trainpref = (folder / "same").string();
  options.train_drop_identical = true;
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "same.en", "1 blank, 2 identical"));
  EXPECT_FALSE(fs::exists(options.destdir));
}

TEST_F(PreprocessPairs, RefusesOptionsForATrainingThatDoesNotTakePlace) {
  options.srcdict = "some.model";
  options.normalization = "identity";
  EXPECT_TRUE(says(message_of<UsageError>([&] { preprocess(options); }), "--normalization", "--srcdict"));
  options.normalization = "nmt_nfkc";
  options.user_defined_symbols = "<x>";
  EXPECT_TRUE(says(message_of<UsageError>([&] { preprocess(options); }), "--user-defined-symbols"));
}

}  // namespace
}  // namespace rotor
