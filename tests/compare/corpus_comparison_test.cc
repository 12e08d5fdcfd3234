#include "compare/corpus_comparison.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/files.h"
#include "base/json.h"
#include "compare/compared.h"

namespace rotor {
namespace {

/// What the base class alone makes of a plan.
class Bare : public CorpusComparison {
 public:
  explicit Bare(const Plan& plan) : CorpusComparison(plan) {}
  std::string describe_corpus() const override { return ""; }
  std::vector<std::string> results(const PlannedRun&) const override { return {}; }
  void test(const PlannedRun& run, Tests, const RunCommands& commands) const override {
    evaluate(run, "found.json", {"--predictions", run.folder / "found.tsv"}, commands);
  }
  void time(const PlannedRun&, const RunCommands&) const override {}
  std::vector<ScoredTest> read(const PlannedRun&) const override { return {}; }
  std::vector<Measure> measures() const override { return {}; }
  KindTexts texts() const override { return {}; }
  void add_lengths(const Comparison&, Page&) const override {}
};

TEST(CorpusComparison, EvaluatesASplit) {
  const ComparedFolder folder;
  CompareOptions options = folder.predictions("rope");
  options.baseline = "rope";
  options.gen_subset = "valid";
  const Plan plan(options, ComparedFolder::prediction_training());
  const Bare kind(plan);
  const PlannedRun run = plan.runs().front();
  std::filesystem::create_directories(run.folder);
  kind.test(run, ComparisonKind::Tests::kAll, RunCommands(folder.commands()));
  EXPECT_EQ(folder.calls(), "evaluate valid\n");
  EXPECT_TRUE(says(text_of(run.folder / "found.json"), "tokens_per_second"));
  EXPECT_TRUE(std::filesystem::exists(run.folder / "found.tsv"));
  EXPECT_EQ(kind.inputs()["test"], sha256_of_file(split_path(options.corpus, "valid")));
  EXPECT_EQ(kind.settings().first, "evaluation");
  EXPECT_EQ(kind.settings().second.dump(), R"({"gen_subset":"valid","average":1})");
}

TEST(CorpusComparison, RefusesASplitThatIsMissing) {
  const ComparedFolder folder;
  CompareOptions options = folder.predictions("rope");
  options.baseline = "rope";
  options.gen_subset = "tests";
  const Plan plan(options, ComparedFolder::prediction_training());
  EXPECT_TRUE(says(message_of<Error>([&] { Bare kind(plan); }), "tests", "valid"));
}

}  // namespace
}  // namespace rotor
