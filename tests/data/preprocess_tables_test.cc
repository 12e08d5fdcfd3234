#include "data/preprocess_tables.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "base/scratch.h"
#include "data/corpus_folder.h"
#include "data/preprocess.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

/// Tables of pairs of texts with labels, in three splits.
class PreprocessTables : public testing::Test {
 protected:
  PreprocessTables() {
    std::string table = "first\tsecond\tlabel\n";
    for (int i = 0; i < 600; ++i) {
      table += fmt::format("the number {}\t\"is\" {}\t{}\n", i * 79 % 97, i, i % 3 == 0 ? "odd one" : "even");
    }
    options.task = kSentencePrediction;
    options.trainpref = folder.file("train.tsv", table).string();
    options.validpref = folder.file("valid.tsv", "label\tsecond\tfirst\neven\tis \u00e4\tthe\n").string();
    options.tables.text_columns = "first,second";
    options.tables.label_column = "label";
    options.vocab_size = 60;
    options.destdir = (folder / "corpus").string();
    options.workers = 2;
  }

  Corpus split(const std::string& name) const {
    return open_split(options.destdir, name, read_vocabularies(options.destdir));
  }
  Json manifest() const { return Json::parse(text_of(folder / "corpus" / "manifest.json")); }
  std::string refusal() const {
    return message_of<Error>([&] { preprocess(options); });
  }
  /// What is logged meanwhile.
  std::string logged() const {
    log::start();
    testing::internal::CaptureStderr();
    preprocess(options);
    return testing::internal::GetCapturedStderr();
  }
  void add_valid_row(const std::string& row) const {
    folder.file("valid.tsv", "label\tsecond\tfirst\neven\tis\tthe\n" + row + "\n");
  }

  ScratchFolder folder;
  PreprocessOptions options;
};

TEST_F(PreprocessTables, WritesTextsAndClasses) {
  const std::string log = logged();
  EXPECT_TRUE(says(log, "vocabulary: 60 pieces", "train: 600 rows, 0 skipped",
                   "first: ", "labels: even 400, odd one 200", "valid: 1 rows", "labels: even 1, odd one 0"));
  const Corpus train = split("train"), valid = split("valid");
  EXPECT_EQ(train.task().name, kSentencePrediction);
  EXPECT_EQ(train.classes(), (std::vector<std::string>{"even", "odd one"}));
  ASSERT_EQ(train.size(), 600);
  EXPECT_EQ(train.labels()[0], 1);
  EXPECT_EQ(train.labels()[1], 0);
  EXPECT_FALSE(train.has_text());
  const Vocabulary vocabulary = read_vocabularies(options.destdir).source;
  EXPECT_EQ(vocabulary.decode(train.column("text2").ids(599)), "\"is\" 599");
  EXPECT_EQ(vocabulary.decode(train.column("text").ids(1)), "the number 79");
  EXPECT_GE(vocabulary.specials().mask, 0) << "for pre-training on such texts";
  EXPECT_EQ(valid.column("text2").text(0), "is \u00e4");
}

TEST_F(PreprocessTables, SaysWhichCaseAVocabTxtIsReadIn) {
  options.srcdict = folder.file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nnumber\nis\n").string();
  EXPECT_TRUE(says(logged(), "vocabulary: 8 pieces (WordPiece, uncased)"));
  options.do_lower_case = "false";
  EXPECT_TRUE(says(logged(), "vocabulary: 8 pieces (WordPiece, cased)"));
}

TEST_F(PreprocessTables, RecordsThemInTheManifest) {
  preprocess(options);
  const Json json = manifest(), train = json["splits"]["train"];
  EXPECT_EQ(json["task"], kSentencePrediction);
  EXPECT_EQ(json["texts"], 2);
  EXPECT_EQ(json["labels"], Json::parse(R"(["even","odd one"])"));
  EXPECT_EQ(train["tables"][0]["rows"], 600);
  EXPECT_EQ(train["tables"][0]["sha256"], sha256_of_file(options.trainpref));
  EXPECT_EQ(train["labels"], Json::parse(R"({"even": 400, "odd one": 200})"));
  EXPECT_EQ(train["options"]["text_columns"], "first,second");
  EXPECT_EQ(train["corpus"]["rows"], 600);
  EXPECT_EQ(train["corpus"]["text2_unknown"], 0);
  EXPECT_EQ(json["splits"]["valid"]["corpus"]["text2_unknown"], 1);
  EXPECT_EQ(json["splits"]["valid"]["clean"]["text_sha256"], sha256("the\n"));
  EXPECT_EQ(train["corpus"]["sha256"], sha256_of_file(folder / "corpus" / "train.safetensors"));
}

TEST_F(PreprocessTables, DoesNotDependOnTheNumberOfWorkers) {
  std::string first;
  for (const int64_t workers : {1, 2, 5}) {
    options.workers = workers;
    preprocess(options);
    const std::string bytes = text_of(folder / "corpus" / "train.safetensors");
    if (first.empty()) first = bytes;
    EXPECT_TRUE(bytes == first) << workers;
  }
}

TEST_F(PreprocessTables, ReadsSeveralTablesAsOneAndSkipsMalformedRowsIfAsked) {
  const std::string more = folder.file("more.tsv", "first\tsecond\tlabel\na\tb\teven\na\tb\na\t \teven\n").string();
  options.trainpref += "," + more;
  EXPECT_TRUE(says(refusal(), "more.tsv:3", "3 cells", "--skip-malformed-rows"));
  EXPECT_FALSE(std::filesystem::exists(options.destdir)) << "nothing is left of a failure";
  options.tables.skip_malformed_rows = true;
  EXPECT_TRUE(
      says(logged(), "left out malformed rows of train: 2, the first as ", "more.tsv:3", "601 rows, 2 skipped"));
  EXPECT_EQ(split("train").size(), 601);
  EXPECT_EQ(manifest()["splits"]["train"]["tables"][1]["rows"], 1);
  EXPECT_EQ(manifest()["splits"]["train"]["skipped"], 2);
}

TEST_F(PreprocessTables, RefusesLabelsThatTrainingRowsDoNotHave) {
  add_valid_row("other\tx\ty");
  EXPECT_TRUE(says(refusal(), "valid.tsv:3", "'other'", "even, odd one"));
  add_valid_row("\tx\ty");
  EXPECT_TRUE(says(refusal(), "valid.tsv:3: expected a label in column 'label'"));
  options.validpref = folder.file("valid.tsv", "first\tsecond\na\tb\n").string();
  EXPECT_TRUE(says(refusal(), "valid.tsv:1: expected a column 'label'", "first, second"));
}

TEST_F(PreprocessTables, TakesATestWithoutLabels) {
  options.testpref = folder.file("test.tsv", "first\tsecond\na\tb\n").string() + "," + options.validpref;
  EXPECT_TRUE(says(logged(), "test.tsv has no column 'label'", "rows of test have no labels", "labels: none"));
  EXPECT_TRUE(split("test").labels().empty());
  EXPECT_EQ(split("test").column("text2").text(0), "b");
  EXPECT_EQ(split("test1").labels().size(), 1u);
  EXPECT_TRUE(manifest()["splits"]["test"]["labels"].is_null());
}

TEST_F(PreprocessTables, AddsASplitWithTheLabelsOfTheFolderOrOfAnother) {
  preprocess(options);
  options.srcdict = (folder / "corpus" / "vocabulary.model").string();
  options.trainpref = "";
  options.testpref = folder.file("test.tsv", "first\tsecond\tlabel\na\tb\todd one\n").string();
  preprocess(options);
  EXPECT_EQ(split("test").labels()[0], 1);
  EXPECT_EQ(split("train").size(), 600) << "it stays";
  options.destdir = (folder / "other").string();
  EXPECT_TRUE(says(message_of<UsageError>([&] { preprocess(options); }), "--trainpref", "--labels", "/other has none"));
  options.labels = (folder / "corpus").string();
  preprocess(options);
  EXPECT_EQ(split("test").classes(), (std::vector<std::string>{"even", "odd one"}));
}

TEST_F(PreprocessTables, RemovesSplitsOfOtherClasses) {
  preprocess(options);
  options.trainpref = folder.file("new.tsv", "first\tsecond\tlabel\na\tb\tx\na\tb\ty\n").string();
  options.validpref = "";
  options.srcdict = (folder / "corpus" / "vocabulary.model").string();
  EXPECT_TRUE(says(logged(), "removed", "valid.safetensors", "other labels"));
  EXPECT_EQ(split("train").classes(), (std::vector<std::string>{"x", "y"}));
}

TEST_F(PreprocessTables, PredictsNumbers) {
  options.regression_target = true;
  EXPECT_TRUE(says(refusal(), "train.tsv:2: expected a number as label, got 'odd one'"));
  options.trainpref = folder.file("n.tsv", "first\tsecond\tlabel\nthe number 1\tb\t3.8\nthe number\tb\t-1\n").string();
  options.validpref = "";
  options.vocab_size = 20;
  EXPECT_TRUE(says(logged(), "labels: from -1 to 3.8, mean 1.4"));
  EXPECT_EQ(split("train").labels()[0], 3.8F);
  EXPECT_TRUE(split("train").classes().empty());
  EXPECT_EQ(manifest()["labels"], "numbers");
  options.regression_target = false;
  EXPECT_TRUE(says(logged(), "2 labels are taken for classes", "3.8", "--regression-target"));
}

TEST_F(PreprocessTables, RanksCandidates) {
  options.task = kSentenceRanking;
  options.context_column = "A";
  options.tables = {.text_columns = "B,C"};
  options.trainpref = folder
                          .file("t.jsonl", R"({"A": "a b", "B": "b", "C": "c", "right": "C"})"
                                           "\n")
                          .string();
  options.validpref = "";
  options.model_type = "char";
  preprocess(options);
  EXPECT_EQ(split("train").labels()[0], 0) << "the first candidate is right";
  EXPECT_EQ(split("train").columns().size(), 3u);
  const Vocabulary vocabulary = read_vocabularies(options.destdir).source;
  EXPECT_EQ(vocabulary.decode(split("train").column("context").ids(0)), "a b");
  EXPECT_EQ(vocabulary.decode(split("train").column("candidate2").ids(0)), "c");
  options.tables.label_column = "right";
  EXPECT_TRUE(says(logged(), "labels: B 0, C 1"));
  EXPECT_EQ(split("train").labels()[0], 1);
  EXPECT_TRUE(split("train").classes().empty());
  options.tables.label_column = "B";
  options.tables.text_columns = "C,A";
  options.context_column = "right";
  EXPECT_TRUE(says(refusal(), "t.jsonl:1", "C, A", "from 1 to 2", "'b'"));
}

TEST_F(PreprocessTables, RefusesAColumnOfTextAsLabels) {
  std::string table = "a\tb\n";
  for (int i = 0; i < 10001; ++i) table += fmt::format("x\ttext {}\n", i);
  options.trainpref = folder.file("wide.tsv", table).string();
  options.tables = {.text_columns = "a", .label_column = "b"};
  EXPECT_TRUE(says(refusal(), "wide.tsv:10002", "10000 different labels in column 'b'", "--regression-target"));
}

}  // namespace
}  // namespace rotor
