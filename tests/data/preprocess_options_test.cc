#include "data/preprocess_options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/json.h"
#include "base/scratch.h"
#include "data/preprocess_examples.h"

namespace rotor {
namespace {

TEST(PreprocessOptions, NameSplitsInOrder) {
  PreprocessOptions options = options_of_text();
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
  EXPECT_FALSE(options_of_text().vocabulary_training().mask);
  EXPECT_TRUE(options_of_table().vocabulary_training().mask);
  PreprocessOptions masked = options_of_text();
  masked.task = kMaskedLm;
  EXPECT_TRUE(masked.vocabulary_training().mask);
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

TEST(PreprocessOptions, LetTheVocabularyDecideOnLowerCaseUnlessTold) {
  EXPECT_EQ(parsed("--destdir", "a").lower_case(), std::nullopt);
  EXPECT_EQ(parsed("--do-lower-case", "false").lower_case(), false);
  EXPECT_EQ(parsed("--do-lower-case", "true").lower_case(), true);
}

TEST(PreprocessOptions, RecordWhatTheCorpusDependsOn) {
  PreprocessOptions options = options_of_text();
  options.byte_fallback = true;
  const auto record = options.record();
  EXPECT_EQ(record["task"], "language_modeling");
  EXPECT_EQ(record["model_type"], "bpe");
  EXPECT_EQ(record["character_coverage"], 0.9995);
  EXPECT_FALSE(record.contains("workers"));
  EXPECT_FALSE(record.contains("destdir"));
  EXPECT_FALSE(record.contains("text_columns"));
  EXPECT_EQ(options_of_table().record()["text_columns"], "a,b");
  EXPECT_FALSE(options_of_table().record().contains("train_max_length"));
}

}  // namespace
}  // namespace rotor
