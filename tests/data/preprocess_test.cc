#include "data/preprocess.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/json.h"
#include "base/scratch.h"
#include "data/corpus_folder.h"
#include "data/parallel_text.h"
#include "text/byte_vocabulary.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

/// A folder with text.en and text.de: 3,000 pairs, some of which are to be dropped for each fault there is.
class PreprocessText : public testing::Test {
 protected:
  PreprocessText() {
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

TEST_F(PreprocessText, MakesTheSameBytesWithAnyNumberOfWorkers) {
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

TEST_F(PreprocessText, CountsWhatItDroppedByFault) {
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

TEST_F(PreprocessText, RecordsEveryStageByItsDigest) {
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

TEST_F(PreprocessText, OfSeveralTrainingPrefixesIsThatOfTheirTextInOne) {
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

TEST_F(PreprocessText, TrainsTheVocabularyOnCleanTextOnly) {
  options.train_min_script = 0.5;
  preprocess(options);
  EXPECT_EQ(read_vocabularies(options.destdir).source.id("ч"), 3);  // a letter of the foreign script
  options.train_min_script = 0;
  preprocess(options);
  EXPECT_NE(read_vocabularies(options.destdir).source.id("ч"), 3);
}

TEST_F(PreprocessText, ASplitMadeLaterJoinsTheManifestOfItsVocabulary) {
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

TEST_F(PreprocessText, KeepsTheTextOfAllSplitsButTrain) {
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

TEST_F(PreprocessText, IsUnfinishedUntilItsManifestStandsThere) {
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

TEST_F(PreprocessText, MixesNoSplitOfAnotherOrAnUnfinishedCorpus) {
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

TEST_F(PreprocessText, RecordsTheCoverageThatApplied) {
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

TEST_F(PreprocessText, FindsAFolderItCannotWriteToBeforeItReads) {
  folder.file("text.de", "unequal\n");
  folder.file("file", "");
  options.destdir = (folder / "file").string();
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "cannot", "file"));
  options.destdir = (folder / "corpus").string();
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "as many lines"));
  EXPECT_FALSE(fs::exists(options.destdir));
}

TEST_F(PreprocessText, SaysWhyNothingIsLeft) {
  folder.file("same.en", "a\nb\n\n");
  folder.file("same.de", "a\nb\nc\n");
  options.trainpref = (folder / "same").string();
  options.train_drop_identical = true;
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "same.en", "1 blank, 2 identical"));
  EXPECT_FALSE(fs::exists(options.destdir));
}

TEST_F(PreprocessText, RefusesOptionsForATrainingThatDoesNotTakePlace) {
  options.srcdict = "some.model";
  options.normalization = "identity";
  EXPECT_TRUE(says(message_of<UsageError>([&] { preprocess(options); }), "--normalization", "--srcdict"));
  options.normalization = "nmt_nfkc";
  options.user_defined_symbols = "<x>";
  EXPECT_TRUE(says(message_of<UsageError>([&] { preprocess(options); }), "--user-defined-symbols"));
}

/// A text of one language in three splits.
class PreprocessSingleText : public testing::Test {
 protected:
  PreprocessSingleText() {
    std::string text;
    for (int i = 0; i < 600; ++i) text += i % 50 == 49 ? "\n" : "the number " + std::to_string(i * 79 % 97) + "\n";
    options.task = kLanguageModeling;
    options.trainpref = folder.file("train.txt", text).string();
    options.validpref = folder.file("valid.txt", "one \u00e4\n\n \nlast").string();
    options.vocab_size = 40;
    options.destdir = (folder / "corpus").string();
    options.workers = 2;
  }

  Corpus split(const std::string& name) const {
    return open_split(options.destdir, name, read_vocabularies(options.destdir));
  }
  nlohmann::json manifest() const { return nlohmann::json::parse(text_of(folder / "corpus" / "manifest.json")); }

  ScratchFolder folder;
  PreprocessOptions options;
};

TEST_F(PreprocessSingleText, KeepsBlankLinesAsTheEndsOfDocuments) {
  preprocess(options);
  const Corpus train = split("train"), valid = split("valid");
  EXPECT_EQ(train.task().name, kLanguageModeling);
  EXPECT_EQ(train.size(), 600);
  EXPECT_EQ(train.document_ends().size(), 12u);
  EXPECT_EQ(train.document_ends()[0], 50u);
  EXPECT_FALSE(train.has_text());
  ASSERT_EQ(valid.size(), 4);
  EXPECT_EQ(valid.column("text").text(0), "one \u00e4");
  EXPECT_EQ(valid.column("text").text(2), " ");
  EXPECT_TRUE(valid.column("text").ids(2).empty());
  EXPECT_EQ(std::vector<uint64_t>(valid.document_ends().begin(), valid.document_ends().end()),
            (std::vector<uint64_t>{3, 4}));
}

TEST_F(PreprocessSingleText, CountsCharactersAndBytesWithALineFeedALine) {
  preprocess(options);
  const std::string text = text_of(folder / "train.txt");
  const auto bytes = static_cast<int64_t>(text.size());
  EXPECT_EQ(split("train").column("text").text_size(), (TextSize{bytes, bytes}));
  EXPECT_EQ(split("valid").column("text").text_size(), (TextSize{6 + 1 + 2 + 5, 7 + 1 + 2 + 5}));
  EXPECT_EQ(manifest()["splits"]["valid"]["corpus"]["characters"], 14);
  EXPECT_EQ(manifest()["splits"]["valid"]["corpus"]["bytes"], 15);
}

TEST_F(PreprocessSingleText, DoesNotDependOnTheNumberOfWorkers) {
  options.train_drop_duplicates = true;
  std::string first;
  for (const int64_t workers : {1, 2, 5}) {
    options.workers = workers;
    preprocess(options);
    const std::string bytes = text_of(folder / "corpus" / "train.safetensors");
    if (first.empty()) first = bytes;
    EXPECT_TRUE(bytes == first) << workers;
  }
  const Corpus train = split("train");
  EXPECT_EQ(train.size(), 97 + 12) << "blank lines are no duplicates";
}

TEST_F(PreprocessSingleText, LeavesOutLongLinesAndForeignOnes) {
  std::string line;
  for (int i = 0; i < 40; ++i) line += "the number ";
  folder.file("train.txt", text_of(folder / "train.txt") + "\u0447\u0438\u0441\u043b\u043e\n" + line + "\n");
  options.source_lang = "en";
  options.train_min_script = 0.5;
  options.train_max_length = 30;
  preprocess(options);
  const auto dropped = manifest()["splits"]["train"]["dropped"];
  EXPECT_EQ(dropped["script"], 1);
  EXPECT_EQ(dropped["length"], 1);
  EXPECT_EQ(dropped["blank"], 0);
  EXPECT_EQ(split("train").column("text").info().language, "en");
}

TEST_F(PreprocessSingleText, OfBytesHasOneTokenForEach) {
  const std::string bytes = "a\r\n\xff\xe4 b\n\n\r\n\tz\n";
  options.trainpref = folder.file("bytes", bytes).string();
  options.model_type = "byte";
  preprocess(options);
  const Corpus train = split("train");
  const CorpusColumn& text = train.column("text");
  EXPECT_EQ(text.tokens(), static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(text.text_size()->bytes, static_cast<int64_t>(bytes.size()));
  const Vocabulary vocabulary = read_vocabularies(options.destdir).source;
  std::string again;
  for (int64_t i = 0; i < train.size(); ++i) again += vocabulary.decode(text.ids(i)) + "\n";
  EXPECT_EQ(again, bytes);
  EXPECT_EQ(text_of(folder / "corpus" / "vocabulary.model"), serialized_bytes());
}

TEST_F(PreprocessSingleText, OfCharactersHasOneTokenForEachAndTakesAVocabularyAgain) {
  options.model_type = "char";
  preprocess(options);
  const auto train = manifest()["splits"]["train"]["corpus"];
  EXPECT_EQ(train["text_tokens"].get<int64_t>() + 600, train["characters"]);
  const std::string model = text_of(folder / "corpus" / "vocabulary.model");
  options.srcdict = (folder / "corpus" / "vocabulary.model").string();
  options.testpref = options.validpref + "," + options.validpref;
  options.trainpref = options.validpref = "";
  preprocess(options);
  EXPECT_EQ(text_of(folder / "corpus" / "vocabulary.model"), model);
  EXPECT_EQ(split("test1").size(), 4);
  EXPECT_EQ(split("train").size(), 600) << "of the same vocabulary";
}

TEST_F(PreprocessSingleText, RefusesATextOfBlankLines) {
  options.validpref = folder.file("blank", "\n \n").string();
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "/blank", "blank lines only"));
  options.validpref = folder.file("empty", "").string();
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "/empty", "an empty file"));
  options.validpref = (folder / "absent").string();
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "/absent or ", "absent.gz"));
}

}  // namespace
}  // namespace rotor
