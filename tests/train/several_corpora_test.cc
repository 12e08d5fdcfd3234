// Trainings on several corpus folders, of which the first decides what the model is.
#include <gtest/gtest.h>

#include <optional>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "text/train_vocabulary.h"
#include "train/objectives.h"

namespace rotor {
namespace {

class SeveralCorpora : public testing::Test {
 protected:
  Vocabulary letters_in_threes() const {
    std::string words;
    for (char letter = 'a'; letter <= 'z'; ++letter) words += std::string(3, letter) + ' ';
    return Vocabulary::from_bytes(train_vocabulary({folder_.file("words", words)}, {.size = 40, .mask = true}));
  }

  /// Makes a folder of ten rows, which have labels where they are of classes, or of numbers ("").
  std::string folder_of(const std::string& name, const CorpusTask& task, int64_t columns,
                        const std::optional<std::string>& classes = {}) {
    std::filesystem::create_directories(folder_ / name);
    write_vocabularies(folder_ / name, {vocabulary_, vocabulary_});
    std::vector<ColumnInfo> all;
    for (const std::string& column : task.column_names(columns)) {
      all.push_back(describe_column(column, "en", vocabulary_));
    }
    CorpusWriter writer(split_path(folder_ / name, "train"), task, all);
    for (int i = 0; i < 10; ++i) {
      writer.add(std::vector<Ids>(all.size(), {5, 6, 7}));
      if (classes) writer.label(static_cast<float>(i % 2));
    }
    if (classes && !classes->empty()) writer.name_classes(*classes);
    writer.finish();
    return folder_ / name;
  }

  std::string rows(const std::string& name, int64_t texts, const std::string& classes) {
    return folder_of(name, corpus_task(kSentencePrediction), texts, classes);
  }

  /// Number of samples of a training on these folders, made as rotor-train makes it.
  static int64_t samples(const std::vector<std::string>& folders, std::vector<const char*> words = {}) {
    TrainingOptions training;
    CommandLine line("rotor-train", "", "");
    training.describe(line);
    words.insert(words.begin(), {"rotor-train", "--arch", "bert_tiny"});
    line.read(static_cast<int>(words.size()), words.data());
    const Task& task = task_of(folders.front());
    task.set_defaults(training);
    training.apply(line);
    return task.make_objective({training, line, folders.front(), false})->training_data(folders, training).samples();
  }

  /// Why the second folder cannot be trained on beside the first.
  std::string refusal(const std::string& second, const std::vector<const char*>& words = {}) {
    return message_of<Error>([&] { samples({first_, second}, words); });
  }

  ScratchFolder folder_;
  Vocabulary vocabulary_ = letters_in_threes();
  std::string first_ = rows("first", 1, R"(["no","yes"])");
};

TEST_F(SeveralCorpora, OfTheSameClassesAreTrainedTogether) {
  EXPECT_EQ(samples({first_, rows("second", 1, R"(["no","yes"])")}), 20);
}

TEST_F(SeveralCorpora, RefuseOthersClassesTheirOtherOrderAndNumbers) {
  EXPECT_TRUE(says(refusal(rows("other", 1, R"(["a","b"])")), "other/train.safetensors", "(no, yes), got a, b"));
  EXPECT_TRUE(says(refusal(rows("turned", 1, R"(["yes","no"])")), "turned/train", "(no, yes), got yes, no"));
  EXPECT_TRUE(says(refusal(rows("numbers", 1, "")), "numbers/train", "(no, yes), got numbers"));
}

TEST_F(SeveralCorpora, RefuseRowsWithoutLabels) {
  EXPECT_TRUE(says(refusal(folder_of("bare", corpus_task(kSentencePrediction), 1)), "bare/train", "rows with labels"));
}

TEST_F(SeveralCorpora, RefusePairsForAModelOfOneTokenType) {
  const std::string pairs = rows("pairs", 2, R"(["no","yes"])");
  EXPECT_TRUE(says(refusal(pairs, {"--token-types", "1"}), "pairs/train", "rows of 2"));
  EXPECT_EQ(samples({first_, pairs}, {"--token-types", "2"}), 20);
}

TEST_F(SeveralCorpora, RefuseAnotherTask) {
  EXPECT_TRUE(says(refusal(folder_of("text", corpus_task(kMaskedLm), 1)), "corpora of one task", "masked_lm"));
}

TEST_F(SeveralCorpora, AreNotCountedForBalancedClasses) {
  const std::string second = rows("second", 1, R"(["no","yes"])");
  EXPECT_TRUE(says(message_of<UsageError>([&] {
                     samples({first_, second}, {"--class-weights", "balanced"});
                   }),
                   "one corpus, got 2", "as numbers"));
  EXPECT_EQ(samples({first_, second}, {"--class-weights", "1,2"}), 20);
  EXPECT_EQ(samples({first_}, {"--class-weights", "balanced"}), 10);
}

}  // namespace
}  // namespace rotor
