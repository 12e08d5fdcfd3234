#include "train/dry_run.h"

#include "base/progress.h"
#include "train/training.h"

namespace rotor {
namespace {

TEST_F(TrainerTest, ADryRunTellsTheSizesOfTheRunAndLeavesNothing) {
  options_.checkpoints.save_dir = folder_ / "run";
  options_.optimization.max_update = 12;
  options_.optimization.freeze = {"embed_tokens"};
  options_.optimization.ema_decay = 0.9;
  const TrainingData data(std::vector<WeightedCorpus>{{train_, 1}}, batches_);
  const auto objective = objective_of(options_);
  const TrainingNeeds needs = dry_run(options_, *objective, data);
  EXPECT_EQ(needs.parameters, count_elements(objective->module().parameters()));
  EXPECT_EQ(needs.trained_parameters, needs.parameters - 30 * 12) << "without the words' vectors";
  EXPECT_EQ(needs.updates, 12);
  EXPECT_EQ(needs.updates_an_epoch, (data.size() + 1) / 2);
  EXPECT_GT(needs.seconds_an_epoch, 0);
  EXPECT_NEAR(needs.seconds_an_update() * static_cast<double>(needs.updates_an_epoch), needs.seconds_an_epoch, 1e-9);
  EXPECT_GE(needs.memory_mb, 1);
  EXPECT_LE(needs.memory_mb, peak_memory_mb());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run"));
  EXPECT_TRUE(says(needs.text(), "memory", "checkpoint", "an update", "an epoch", "12 updates"));

  train("run", 12);
  const SafeTensors file(folder_ / "run" / "checkpoint_last.safetensors");
  const size_t rest = sizeof(uint64_t) + file.header().size() + vocabulary_.source.size();
  EXPECT_EQ(file.size() - rest, static_cast<size_t>(needs.checkpoint_bytes)) << "but for header and vocabulary";
}

TEST_F(TrainerTest, ADryRunOfSeveralWorkersIsOneOfAll) {
  Team::run(2, [&](Workers& workers) {
    const TrainingData data(std::vector<WeightedCorpus>{{train_, 1}}, batches_);
    const auto objective = objective_of(options_);
    const TrainingNeeds needs = dry_run(options_, *objective, data, workers);
    EXPECT_EQ(needs.updates_an_epoch, (data.size() + 3) / 4);
    EXPECT_EQ(needs.updates, 0) << "no limit";
  });
}

TEST(TrainingNeeds, FitOneProcessAMemoryNodeAsFarAsThereIsMemory) {
  const TrainingNeeds needs{.memory_mb = 3000};
  EXPECT_EQ(needs.fit({.cores = 2, .nodes = 1, .memory_mb = 8000}),
            "machine     2 cores, 1 memory node, 8000 MB of memory: 1 process of 2 threads\n");
  EXPECT_TRUE(says(needs.fit({.cores = 64, .nodes = 4, .memory_mb = 64000}), "64 cores, 4 memory nodes",
                   "4 processes of 16 threads", "mpirun -n 4 --map-by numa:pe=16"));
  EXPECT_TRUE(says(needs.fit({.cores = 64, .nodes = 4, .memory_mb = 7000}), "2 processes of 32 threads"));
  EXPECT_TRUE(says(needs.fit({.cores = 64, .nodes = 2, .memory_mb = 4000}), "1 process of 64 threads", "no memory"));
  EXPECT_TRUE(says(needs.fit({.cores = 64, .nodes = 2, .memory_mb = 2000}), "too little for one process"));
}

}  // namespace
}  // namespace rotor
