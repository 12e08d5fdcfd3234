// A kind of comparison for tests of what all kinds share: its models have a loss on three segments.
#pragma once

#include "compare/comparison.h"
#include "compare/token_loss.h"

namespace rotor {

class FakeKind : public ComparisonKind {
 public:
  std::string command() const override { return "rotor-fake"; }
  std::string describe_corpus() const override { return "A corpus."; }
  nlohmann::ordered_json inputs() const override { return {{"test", "sum"}}; }
  std::pair<std::string, nlohmann::ordered_json> settings() const override { return {"fake", {{"depth", 3}}}; }
  std::vector<std::string> results(const PlannedRun&) const override { return {"test.out"}; }
  void test(const PlannedRun&, Tests, const RunCommands&) const override {}
  void time(const PlannedRun&, const RunCommands&) const override {}
  std::vector<ScoredTest> read(const PlannedRun&) const override { return {}; }
  std::vector<Measure> measures() const override {
    const CountedScore score{&loss_, 0};
    return {{.name = "Loss",
             .best = Best::kLowest,
             .decimals = 1,
             .of = [score](const ScoredRun& run) { return score.of(run.tests.at(0)); },
             .tested = std::make_shared<CountedScore>(score),
             .figure_label = "bits",
             .figure_caption = "Loss of the test"},
            {.name = "twice",
             .of = [score](const ScoredRun& run) { return 2 * score.of(run.tests.at(0)); },
             .spread = false}};
  }
  KindTexts texts() const override {
    return {"the segments", "Losses:", "Speeds are fast.", "faking", "fakes", "Scores are fake."};
  }
  void add_lengths(const Comparison&, Page& page) const override { page.blocks.emplace_back(Paragraph{"Lengths."}); }

  /// A run whose segments of one token each have these losses in bits, with validations at updates 10 and 20.
  static ScoredRun run(const std::string& label, int64_t seed, const std::vector<double>& losses) {
    ScoredRun run{label, seed, {}, {}};
    Statistics statistics(losses.size(), 2);
    for (size_t i = 0; i < losses.size(); ++i) set_loss(statistics, i, losses[i], 1);
    run.tests.push_back({{statistics}});
    run.result.training = {{{10, 1, 5, 5.5}, {20, 2, 4, 4.5}}, 20, 100, 0.5, 50};
    run.result.parameters = 6;
    run.result.averaged = 1;
    run.result.test_tokens_per_second = 40;
    run.result.test_memory_mb = 30;
    run.result.machine = "a machine";
    return run;
  }

  /// A plan of sinusoidal, the baseline, and rope; it reads no files.
  static Plan plan() {
    CompareOptions options;
    options.encodings = "sinusoidal,rope";
    options.test_source = options.test_reference = "test";
    options.bootstrap = 100;
    TrainingOptions training;
    training.model.apply_architecture("transformer_tiny");
    training.trainer.optimization.max_update = 20;
    return {options, training};
  }

 private:
  TokenLoss loss_;
};

/// A comparison of two encodings with two seeds and one.
struct FakeComparison {
  Plan plan = FakeKind::plan();
  FakeKind kind;
  Comparison comparison{
      plan,
      kind,
      {{"sinusoidal", {FakeKind::run("sinusoidal", 1, {3, 3, 3}), FakeKind::run("sinusoidal", 2, {4, 5, 6})}},
       {"rope", {FakeKind::run("rope", 1, {1, 1, 1})}}},
      {{"rope", 2, "failed: no power"}},
      "A corpus.",
      {}};
};

}  // namespace rotor
