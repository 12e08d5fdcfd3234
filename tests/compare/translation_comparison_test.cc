#include "compare/translation_comparison.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/check.h"
#include "compare/compared.h"

namespace rotor {
namespace {

TEST(TranslationComparison, DescribesItsCorpusAndItsTests) {
  const ComparedFolder folder;
  CompareOptions options = folder.options("sinusoidal");
  options.extrapolate = 5;
  const Plan plan(options, ComparedFolder::training());
  const auto kind = comparison_kind(kTranslation).make(plan);
  EXPECT_TRUE(says(kind->describe_corpus(), "Corpus: en–de, 8 training and 8 validation pairs, one vocabulary of",
                   "The longest training source has 2 words, the longest target 3."));
  EXPECT_EQ(kind->results(plan.runs()[0]), (std::vector<std::string>{"test.out", "test.scores"}));
  std::filesystem::create_directories(folder.output());
  kind->prepare();
  EXPECT_EQ(kind->results(plan.runs()[0]).size(), 8u) << "and of 2, 3 and 4 joined sentences";
  EXPECT_EQ(kind->settings().first, "translation");
  EXPECT_EQ(kind->settings().second["beam"], 5);
  EXPECT_TRUE(says(kind->texts().procedure, "translates 24 test sentences with beam 5"));
}

TEST(TranslationComparison, JoinsAsManySentencesAsAreAskedFor) {
  const ComparedFolder folder;
  CompareOptions options = folder.options("sinusoidal");
  options.extrapolate = 5;
  options.joined = "8,2";
  const Plan plan(options, ComparedFolder::training());
  const auto kind = comparison_kind(kTranslation).make(plan);
  std::filesystem::create_directories(folder.output());
  kind->prepare();
  EXPECT_EQ(kind->results(plan.runs()[0]),
            (std::vector<std::string>{"test.out", "test.scores", "joined-8.out", "joined-8.scores", "joined-2.out",
                                      "joined-2.scores"}));
  options.joined = "1,2";
  EXPECT_TRUE(
      says(message_of<UsageError>([&] { Plan(options, ComparedFolder::training()); }), "--joined", "of 2 or more"));
}

TEST(TranslationComparison, TranslatesAsAnEntryAsksFor) {
  const ComparedFolder folder;
  CompareOptions options = folder.options("sinusoidal,rope:test-rope-scaling=linear:test-rope-scaling-factor=2");
  options.extrapolate = 5;
  const Plan plan(options, ComparedFolder::training());
  const auto kind = comparison_kind(kTranslation).make(plan);
  const PlannedRun run = plan.runs()[1];
  std::filesystem::create_directories(run.folder);
  kind->test(run, ComparisonKind::Tests::kAll, RunCommands(folder.commands()));
  EXPECT_EQ(folder.calls(), "generate linear\ngenerate linear\n") << "the test, and the scores of its references";
}

TEST(TranslationComparison, TranslatesSentencesAsLongAsTrainingsMayBe) {
  const ComparedFolder folder;
  const auto settings = [&](int64_t source, int64_t target) {
    TrainingOptions training = ComparedFolder::training();
    training.max_source_positions = source;
    training.max_target_positions = target;
    CompareOptions options = folder.options("sinusoidal");
    options.extrapolate = 5;
    const Plan plan(options, training);
    const auto kind = comparison_kind(kTranslation).make(plan);
    std::filesystem::create_directories(plan.runs()[0].folder);
    kind->test(plan.runs()[0], ComparisonKind::Tests::kAll, RunCommands(folder.commands()));
    return kind->settings().second;
  };
  const auto usual = settings(1024, 64);
  EXPECT_FALSE(usual.contains("max_source_positions") || usual.contains("max_target_positions"));
  const std::string arguments = text_of(folder.scratch() / "arguments");
  const std::string positions = "--max-source-positions 1024 --max-target-positions 1024";
  EXPECT_TRUE(says(arguments, positions + " --beam", positions + " --score-reference")) << "no sentence is cut more";
  const auto longer = settings(2048, 4096);
  EXPECT_EQ(longer["max_source_positions"], 2048);
  EXPECT_EQ(longer["max_target_positions"], 4096);
  EXPECT_TRUE(
      says(text_of(folder.scratch() / "arguments"), "--max-source-positions 2048 --max-target-positions 4096 --beam"));
}

TEST(TranslationComparison, RefusesResultsThatDoNotFitTheTest) {
  const ComparedFolder folder;
  CompareOptions options = folder.options("rope");
  options.baseline = "rope";
  options.extrapolate = 5;
  const Plan plan(options, ComparedFolder::training());
  const auto kind = comparison_kind(kTranslation).make(plan);
  const PlannedRun run = plan.runs()[0];
  const auto refusal = [&] { return message_of<Error>([&] { kind->read(run); }); };
  std::filesystem::create_directories(run.folder);
  folder.scratch().file("out/runs/rope/seed-1/test.out", "eins\n");
  EXPECT_TRUE(says(refusal(), "expected 24 translations", "test.out, got 1", "result.json"));
  folder.scratch().file("out/runs/rope/seed-1/test.out", text_of(options.test_reference));
  folder.scratch().file("out/runs/rope/seed-1/test.scores", "-2.5\t4\n");
  EXPECT_TRUE(says(refusal(), "expected 24 scores", "test.scores, got 1"));
  folder.scratch().file("out/runs/rope/seed-1/test.scores", "-2.5\t4\nmany\n");
  EXPECT_TRUE(says(refusal(), "test.scores:2", "got 'many'"));
}

TEST(TranslationComparison, WantsTestsThatCanBeReadAgain) {
  const ComparedFolder folder;
  const std::string pipe = folder.scratch() / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& text : {pipe, std::string("-")}) {
    CompareOptions options = folder.options("sinusoidal");
    options.test_source = text;
    EXPECT_TRUE(says(message_of<UsageError>([&] { Plan(options, ComparedFolder::training()); }), "--test-source",
                     "a regular file"));
    options = folder.options("sinusoidal");
    options.test_reference = text;
    EXPECT_TRUE(says(message_of<UsageError>([&] { Plan(options, ComparedFolder::training()); }), "--test-reference",
                     "a regular file"));
  }
}

}  // namespace
}  // namespace rotor
