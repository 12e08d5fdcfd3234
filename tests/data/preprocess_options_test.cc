#include "data/preprocess_options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/json.h"
#include "base/scratch.h"

namespace rotor {
namespace {

PreprocessOptions pairs() {
  PreprocessOptions options;
  options.source_lang = "en";
  options.target_lang = "de";
  options.trainpref = "train";
  return options;
}

PreprocessOptions text() {
  PreprocessOptions options;
  options.task = kLanguageModeling;
  options.trainpref = "train.txt";
  return options;
}

PreprocessOptions table() {
  PreprocessOptions options;
  options.task = kSentencePrediction;
  options.trainpref = "train.tsv";
  options.tables.text_columns = "a,b";
  options.tables.label_column = "c";
  return options;
}

/// What check() says after a change.
std::string refusal(PreprocessOptions options, const std::function<void(PreprocessOptions&)>& change) {
  change(options);
  return message_of<UsageError>([&] { options.check(); });
}

using O = PreprocessOptions;

TEST(PreprocessOptions, OfPairsWantTwoLanguages) {
  EXPECT_EQ(refusal(pairs(), [](O&) {}), "(nothing thrown)");
  EXPECT_TRUE(says(refusal(pairs(), [](O& o) { o.target_lang = ""; }), "--target-lang", "--task language_modeling"));
  EXPECT_TRUE(says(refusal(pairs(), [](O& o) { o.target_lang = "en"; }), "two languages", "got en"));
}

TEST(PreprocessOptions, OfOneTextRefuseWhatIsForPairs) {
  EXPECT_EQ(refusal(text(), [](O&) {}), "(nothing thrown)");
  EXPECT_EQ(refusal(text(), [](O& o) { o.source_lang = "en"; }), "(nothing thrown)");
  EXPECT_TRUE(says(refusal(text(), [](O& o) { o.target_lang = "de"; }), "one language", "--target-lang de"));
  for (const auto& change :
       std::vector<std::function<void(O&)>>{[](O& o) { o.joined_dictionary = true; }, [](O& o) { o.tgtdict = "a"; },
                                            [](O& o) { o.nwordssrc = 5; }, [](O& o) { o.nwordstgt = 5; }}) {
    EXPECT_TRUE(says(refusal(text(), change), "one vocabulary", "--vocab-size", "--vocabulary"));
  }
  EXPECT_TRUE(says(refusal(text(), [](O& o) { o.train_drop_identical = true; }), "--train-drop-identical"));
  EXPECT_TRUE(says(refusal(text(), [](O& o) { o.train_max_ratio = 2; }), "--train-max-ratio"));
  EXPECT_TRUE(says(refusal(text(), [](O& o) { o.train_min_script = 0.5; }), "--source-lang"));
  EXPECT_EQ(refusal(text(), [](O& o) { o.train_min_script = 0.5, o.source_lang = "en"; }), "(nothing thrown)");
}

TEST(PreprocessOptions, OfTablesNameTheirColumns) {
  EXPECT_EQ(refusal(table(), [](O&) {}), "(nothing thrown)");
  EXPECT_EQ(refusal(table(), [](O& o) { o.regression_target = true; }), "(nothing thrown)");
  EXPECT_TRUE(says(refusal(table(), [](O& o) { o.tables.text_columns = ""; }), "--text-columns"));
  EXPECT_TRUE(
      says(refusal(table(), [](O& o) { o.tables.text_columns = "a,b,d"; }), "one or two", "got 3", "sentence_ranking"));
  EXPECT_TRUE(says(refusal(table(), [](O& o) { o.tables.label_column = ""; }), "--label-column", "--trainpref"));
  EXPECT_TRUE(says(refusal(table(), [](O& o) { o.target_lang = "de"; }), "one language", "--target-lang de"));
  const auto test_alone = [](O& o) { o.tables.label_column = o.trainpref = "", o.testpref = "t", o.srcdict = "v"; };
  EXPECT_EQ(refusal(table(), test_alone), "(nothing thrown)");
  const auto numbers = [&](O& o) { test_alone(o), o.regression_target = true; };
  EXPECT_TRUE(says(refusal(table(), numbers), "--label-column", "--regression-target"));
}

TEST(PreprocessOptions, OfARankingNameAContextAndCandidates) {
  PreprocessOptions ranking = table();
  ranking.task = kSentenceRanking;
  ranking.context_column = "q";
  ranking.tables.label_column = "";
  EXPECT_EQ(refusal(ranking, [](O&) {}), "(nothing thrown)");
  EXPECT_EQ(ranking.table_columns().text_columns, "q,a,b");
  EXPECT_TRUE(says(refusal(ranking, [](O& o) { o.context_column = ""; }), "--context-column", "got ''"));
  EXPECT_TRUE(says(refusal(ranking, [](O& o) { o.context_column = "q,r"; }), "one column", "q,r"));
  EXPECT_TRUE(says(refusal(ranking, [](O& o) { o.context_column = "a"; }), "'a' twice"));
  EXPECT_TRUE(says(refusal(ranking, [](O& o) { o.tables.text_columns = "a"; }), "two candidates", "got a"));
}

TEST(PreprocessOptions, NameSplitsInOrder) {
  PreprocessOptions options = text();
  options.trainpref = "a,b";
  options.testpref = "c,d";
  const auto splits = options.splits();
  ASSERT_EQ(splits.size(), 3u);
  EXPECT_EQ(splits[0].name, "train");
  EXPECT_EQ(splits[0].prefixes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(splits[1].name, "test");
  EXPECT_EQ(splits[2].name, "test1");
  EXPECT_EQ(splits[2].prefixes, std::vector<std::string>{"d"});
}

TEST(PreprocessOptions, TrainVocabulariesWithAMaskWhereModelsHideTokens) {
  EXPECT_FALSE(text().vocabulary_training().mask);
  EXPECT_TRUE(table().vocabulary_training().mask);
  PreprocessOptions masked = text();
  masked.task = kMaskedLm;
  EXPECT_TRUE(masked.vocabulary_training().mask);
}

TEST(PreprocessOptions, WantTextToTrainAVocabularyOnUnlessThereIsOne) {
  const auto without_text = [](PreprocessOptions options, const std::function<void(O&)>& change) {
    options.trainpref = "";
    options.testpref = "test";
    return refusal(options, change);
  };
  EXPECT_TRUE(says(without_text(pairs(), [](O&) {}), "--trainpref", "--srcdict and --tgtdict"));
  EXPECT_TRUE(says(without_text(pairs(), [](O& o) { o.srcdict = "a"; }), "--trainpref"));
  EXPECT_EQ(without_text(pairs(), [](O& o) { o.srcdict = "a", o.joined_dictionary = true; }), "(nothing thrown)");
  EXPECT_TRUE(says(without_text(text(), [](O&) {}), "--trainpref", "--vocabulary"));
  EXPECT_EQ(without_text(text(), [](O& o) { o.srcdict = "a"; }), "(nothing thrown)");
  EXPECT_EQ(without_text(text(), [](O& o) { o.model_type = "byte"; }), "(nothing thrown)");
  EXPECT_TRUE(says(refusal(text(), [](O& o) { o.trainpref = ""; }), "expected text"));
}

/// Reads an option as the command does.
PreprocessOptions parsed(const char* name, const char* value) {
  PreprocessOptions options;
  CommandLine command("rotor-preprocess", "", "");
  options.describe(command);
  const char* words[] = {"rotor-preprocess", name, value};
  command.parse(3, words);
  return options;
}

TEST(PreprocessOptions, ListTheTasksAndModelTypesThereAre) {
  EXPECT_TRUE(
      says(message_of<UsageError>([] { parsed("--task", "chess"); }), "chess", "translation", "language_modeling"));
  EXPECT_TRUE(says(message_of<UsageError>([] { parsed("--model-type", "morphs"); }), "morphs", "bpe", "unigram", "char",
                   "word", "byte"));
}

TEST(PreprocessOptions, TakeAVocabularyByEitherName) {
  EXPECT_EQ(parsed("--vocabulary", "a.model").srcdict, "a.model");
  EXPECT_EQ(parsed("--srcdict", "a.model").srcdict, "a.model");
}

TEST(PreprocessOptions, SayThatWordPieceIsGivenAndNotTrained) {
  EXPECT_TRUE(
      says(refusal(text(), [](O& o) { o.model_type = "wordpiece"; }), "vocab.txt", "--vocabulary", "does not train"));
  EXPECT_EQ(refusal(text(), [](O& o) { o.model_type = "wordpiece", o.srcdict = "vocab.txt"; }), "(nothing thrown)");
  EXPECT_EQ(parsed("--destdir", "a").lower_case(), std::nullopt);
  EXPECT_EQ(parsed("--do-lower-case", "false").lower_case(), false);
  EXPECT_EQ(parsed("--do-lower-case", "true").lower_case(), true);
}

TEST(PreprocessOptions, RecordWhatTheCorpusDependsOn) {
  PreprocessOptions options = text();
  options.byte_fallback = true;
  const auto record = options.record();
  EXPECT_EQ(record["task"], "language_modeling");
  EXPECT_EQ(record["model_type"], "bpe");
  EXPECT_EQ(record["character_coverage"], 0.9995);
  EXPECT_FALSE(record.contains("workers"));
  EXPECT_FALSE(record.contains("destdir"));
  EXPECT_FALSE(record.contains("text_columns"));
  EXPECT_EQ(table().record()["text_columns"], "a,b");
  EXPECT_FALSE(table().record().contains("train_max_length"));
}

}  // namespace
}  // namespace rotor
