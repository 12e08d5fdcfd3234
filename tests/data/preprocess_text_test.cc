#include <gtest/gtest.h>

#include "base/json.h"
#include "base/scratch.h"
#include "data/corpus_folder.h"
#include "data/preprocess.h"
#include "text/byte_vocabulary.h"

namespace rotor {
namespace {

/// A text of one language in three splits.
class PreprocessText : public testing::Test {
 protected:
  PreprocessText() {
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

TEST_F(PreprocessText, KeepsBlankLinesAsTheEndsOfDocuments) {
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

TEST_F(PreprocessText, CountsCharactersAndBytesWithALineFeedALine) {
  preprocess(options);
  const std::string text = text_of(folder / "train.txt");
  const auto bytes = static_cast<int64_t>(text.size());
  EXPECT_EQ(split("train").column("text").text_size(), (TextSize{bytes, bytes}));
  EXPECT_EQ(split("valid").column("text").text_size(), (TextSize{6 + 1 + 2 + 5, 7 + 1 + 2 + 5}));
  EXPECT_EQ(manifest()["splits"]["valid"]["corpus"]["characters"], 14);
  EXPECT_EQ(manifest()["splits"]["valid"]["corpus"]["bytes"], 15);
}

TEST_F(PreprocessText, DoesNotDependOnTheNumberOfWorkers) {
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

TEST_F(PreprocessText, LeavesOutLongLinesAndForeignOnes) {
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

TEST_F(PreprocessText, OfBytesHasOneTokenForEach) {
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

TEST_F(PreprocessText, OfCharactersHasOneTokenForEachAndTakesAVocabularyAgain) {
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

TEST_F(PreprocessText, TakesBertsVocabTxt) {
  options.srcdict = folder.file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nnumber\n1\n##2\nThe\n").string();
  options.validpref = folder.file("valid.txt", "The number 12 [MASK]\n").string();
  options.do_lower_case = "true";
  preprocess(options);
  EXPECT_EQ(split("valid").column("text").ids(0), (std::vector<int32_t>{5, 6, 7, 8, 1, 1, 1}));
  EXPECT_EQ(split("valid").column("text").info().specials.bos, 2);
  const std::string uncased = text_of(folder / "corpus" / "vocabulary.model");
  EXPECT_TRUE(says(uncased, "rotor-vocabulary wordpiece 1 do_lower_case=true"));
  options.do_lower_case = "auto";
  preprocess(options);
  EXPECT_EQ(split("valid").column("text").ids(0).front(), 9) << "cased, since a token has a capital letter";
}

TEST_F(PreprocessText, RefusesATextOfBlankLines) {
  options.validpref = folder.file("blank", "\n \n").string();
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "/blank", "blank lines only"));
  options.validpref = folder.file("empty", "").string();
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "/empty", "an empty file"));
  options.validpref = (folder / "absent").string();
  EXPECT_TRUE(says(message_of<Error>([&] { preprocess(options); }), "/absent or ", "absent.gz"));
}

}  // namespace
}  // namespace rotor
