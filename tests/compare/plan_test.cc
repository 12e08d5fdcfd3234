#include "compare/plan.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "train/objectives.h"

namespace rotor {
namespace {

using Texts = std::vector<std::string>;

CompareOptions compared(const std::string& encodings, const std::string& seeds = "1") {
  CompareOptions options;
  options.encodings = encodings;
  options.seeds = seeds;
  options.test_source = options.test_reference = "test";
  options.output = "out";
  return options;
}

TrainingOptions training() {
  TrainingOptions options;
  options.model.apply_architecture("transformer_tiny");
  options.trainer.optimization.max_update = 10;
  return options;
}

TEST(Plan, RunsEveryEntryWithTheFirstSeedBeforeTheSecond) {
  const auto runs = Plan(compared("sinusoidal,rope", "3,5"), training()).runs();
  Texts names;
  for (const PlannedRun& run : runs) names.push_back(run.label + std::to_string(run.seed));
  EXPECT_EQ(names, (Texts{"sinusoidal3", "rope3", "sinusoidal5", "rope5"}));
  EXPECT_EQ(runs[3].folder, "out/runs/rope/seed-5");
  EXPECT_EQ(runs[3].training.trainer.checkpoints.save_dir, "out/runs/rope/seed-5/checkpoints");
  EXPECT_EQ(runs[3].training.trainer.optimization.seed, 5);
}

TEST(Plan, AnEntryChangesOnlyWhatItNames) {
  const auto runs = Plan(compared("sinusoidal,linear+rope:rope-base=500"), training()).runs();
  EXPECT_EQ(runs[1].training.model.attention.kernel, "linear");
  EXPECT_EQ(runs[1].training.model.position.encoding, "rope");
  EXPECT_EQ(runs[1].training.model.position.rope_base, 500);
  EXPECT_EQ(runs[1].training.model.encoder.embed_dim, 128);
  EXPECT_EQ(runs[0].training.model.attention.kernel, "softmax");
  EXPECT_EQ(runs[0].training.model.position.rope_base, 10000);
  EXPECT_EQ(runs[1].folder, "out/runs/linear+rope_rope-base=500/seed-1");
}

TEST(Plan, EndsAnEntryAsItAsksForOrAsAllDo) {
  TrainingOptions common = training();
  common.trainer.optimization.max_epoch = 3;
  const auto runs = Plan(compared("sinusoidal,rope:dropout=0.2,t5:max-update=7,none:max-epoch=2"), common).runs();
  std::vector<std::pair<int64_t, int64_t>> ends;
  for (const PlannedRun& run : runs) {
    ends.emplace_back(run.training.trainer.optimization.max_update, run.training.trainer.optimization.max_epoch);
  }
  EXPECT_EQ(ends, (std::vector<std::pair<int64_t, int64_t>>{{10, 3}, {10, 3}, {7, 0}, {10, 2}}));
}

/// The runs of language models, masked or not, whose trainings have these options.
std::vector<PlannedRun> runs_of(const char* task, const std::string& encodings, std::vector<const char*> words = {}) {
  TrainingOptions common;
  task_named(task, "").set_defaults(common);
  CommandLine line("rotor-compare", "", "");
  common.describe(line);
  const bool masked = std::string(task) == kMaskedLm;
  words.insert(words.begin(),
               {"rotor-compare", "--max-update", "10", "--arch", masked ? "bert_tiny" : "transformer_lm_tiny"});
  line.read(static_cast<int>(words.size()), words.data());
  common.apply(line);
  CompareOptions options = compared(encodings);
  options.task = task;
  return Plan(options, common).runs();
}

TEST(Plan, HasPositionsForTheSamplesOfAnEntry) {
  const auto positions = [](const std::string& encodings, std::vector<const char*> words = {}) {
    std::vector<int64_t> positions;
    for (const PlannedRun& run : runs_of(kLanguageModeling, encodings, std::move(words))) {
      positions.push_back(run.training.max_target_positions);
    }
    return positions;
  };
  const std::string encodings =
      "sinusoidal,rope:tokens-per-sample=2048,none:tokens-per-sample=2048:max-target-positions=2500,t5:dropout=0.2";
  EXPECT_EQ(positions(encodings), (std::vector<int64_t>{1024, 2048, 2500, 1024}));
  EXPECT_EQ(positions(encodings, {"--max-target-positions", "3000"}), (std::vector<int64_t>{3000, 3000, 2500, 3000}))
      << "as is asked for";
}

TEST(Plan, RefusesFewerPositionsThanSamplesNeedWhichATrainingWouldRaise) {
  const auto refused = [](const char* task, const std::string& encodings, std::vector<const char*> words) {
    return message_of<UsageError>([&] { runs_of(task, encodings, std::move(words)); });
  };
  EXPECT_EQ(
      refused(kLanguageModeling, "sinusoidal", {"--max-target-positions", "1024", "--tokens-per-sample", "2048"}),
      "--encodings: 'sinusoidal': expected --max-target-positions of at least --tokens-per-sample 2048, got 1024; "
      "leave it out, or lower --tokens-per-sample");
  EXPECT_TRUE(says(refused(kMaskedLm, "sinusoidal", {"--max-source-positions", "1024", "--tokens-per-sample", "2048"}),
                   "--max-source-positions of at least --tokens-per-sample 2048, got 1024"));
  EXPECT_TRUE(
      says(refused(kLanguageModeling, "sinusoidal,rope:tokens-per-sample=2048", {"--max-target-positions", "1024"}),
           "'rope:tokens-per-sample=2048'", "got 1024"));
}

TEST(Plan, KnowsWhichRunsShareATraining) {
  const auto runs =
      Plan(compared("sinusoidal,rope:test-rope-scaling=ntk:test-rope-scaling-factor=2"), training()).runs();
  EXPECT_EQ(runs[0].trained_as, "sinusoidal");
  EXPECT_TRUE(runs[0].test_arguments.empty());
  EXPECT_EQ(runs[1].trained_as, "rope");
  EXPECT_EQ(runs[1].test_arguments, (Texts{"--rope-scaling", "ntk", "--rope-scaling-factor", "2"}));
  EXPECT_EQ(runs[1].training.model.position.rope_scaling.kind, "none");
}

TEST(Plan, TriesLearningRatesUnlessAnEntryHasItsOwn) {
  CompareOptions options = compared("sinusoidal,rope:dropout=0.2");
  options.learning_rates = "0.1,0.01";
  for (const PlannedRun& run : Plan(options, training()).runs()) {
    EXPECT_EQ(run.rates, (std::vector<double>{0.1, 0.01}));
  }
  options.encodings = "sinusoidal,rope:lr=0.2";
  EXPECT_TRUE(
      says(message_of<UsageError>([&] { Plan(options, training()).runs(); }), "'rope:lr=0.2'", "--learning-rates"));
  EXPECT_TRUE(Plan(compared("sinusoidal"), training()).runs()[0].rates.empty());
}

TEST(Plan, RefusesImpossibleModelsNamingTheEntry) {
  const auto refused = [](const std::string& entry) {
    return message_of<Error>([&] { Plan(compared("sinusoidal," + entry), training()).runs(); });
  };
  EXPECT_TRUE(says(refused("linear+t5"), "'linear+t5'", "acts on scores", "rope"));
  EXPECT_TRUE(says(refused("rope:rope-bse=3"), "'rope:rope-bse=3'", "did you mean --rope-base?"));
  EXPECT_TRUE(says(refused("none:rope-base=3"), "'none:rope-base=3'", "no effect"));
  EXPECT_TRUE(says(refused("rope:rope-base=many"), "rope-base", "'many'"));
}

TEST(Plan, RefusesATrainingThatGivesNoResult) {
  const auto refused = [](auto change) {
    CompareOptions options = compared("sinusoidal");
    TrainingOptions common = training();
    change(options, common);
    return message_of<UsageError>([&] { Plan(options, common); });
  };
  EXPECT_TRUE(says(refused([](auto&, auto& t) { t.trainer.optimization.max_update = 0; }), "--max-update"));
  EXPECT_TRUE(says(refused([](auto& o, auto& t) {
                     o.average = 3;
                     t.trainer.checkpoints.keep_last_epochs = 2;
                   }),
                   "--average 3", "--keep-last-epochs 2"));
  EXPECT_EQ(refused([](auto& o, auto& t) {
              o.average = 3;
              t.trainer.checkpoints.keep_last_epochs = 0;
            }),
            "(nothing thrown)")
      << "0 keeps all";
  EXPECT_TRUE(says(refused([](auto&, auto& t) { t.trainer.checkpoints.disable_validation = true; }), "validation"));
  EXPECT_TRUE(says(refused([](auto& o, auto& t) {
                     o.average = 2;
                     t.trainer.checkpoints.no_epoch_checkpoints = true;
                   }),
                   "--average 2", "--save-interval-updates"));
  EXPECT_TRUE(says(refused([](auto&, auto& t) {
                     t.trainer.optimization.max_update = 0;
                     t.trainer.optimization.max_epoch = 2;
                     t.trainer.checkpoints.validate_interval = 3;
                   }),
                   "--validate-interval 3", "--max-epoch 2"));
  EXPECT_TRUE(says(refused([](auto& o, auto&) { o.test_source.clear(); }), "--test-source"));
  EXPECT_TRUE(says(refused([](auto& o, auto&) { o.seeds = "1,x"; }), "--seeds", "'x'"));
  EXPECT_TRUE(says(refused([](auto& o, auto&) { o.seeds = "1,1"; }), "--seeds has 1 twice"));
  EXPECT_TRUE(says(refused([](auto& o, auto&) { o.length_buckets = "8,4"; }), "--length-buckets", "8,4"));
}

}  // namespace
}  // namespace rotor
