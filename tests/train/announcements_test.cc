#include "train/announcements.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "data/corpora.h"

namespace rotor {
namespace {

TEST(AnnounceEnd, NamesEveryLimitThatIsSet) {
  TrainerOptions options;
  options.optimization.max_update = 300;
  EXPECT_EQ(announce_end(options, true),
            "training will end after update 300; Ctrl-C saves checkpoint_last and ends it before");
  options.optimization.max_epoch = 5;
  options.optimization.stop_min_lr = 1e-6;
  options.checkpoints.patience = 2;
  EXPECT_TRUE(says(announce_end(options, true), "after update 300 or after epoch 5 or after 2 validations in a row",
                   "learning rate is at most 1e-06, whichever comes first"));
  EXPECT_EQ(announce_end(options, false).find("validations"), std::string::npos) << "patience is in vain";
}

TEST(AnnounceEnd, SaysThatOnlyASignalWillEndARunWithoutLimits) {
  TrainerOptions options;
  EXPECT_EQ(announce_end(options, true),
            "training has no end of its own, since no --max-update, --max-epoch or --patience is given: Ctrl-C saves "
            "checkpoint_last and ends it");
  options.checkpoints.no_save = true;
  options.checkpoints.patience = 3;
  EXPECT_EQ(announce_end(options, false),
            "training has no end of its own, since no --max-update or --max-epoch is given: Ctrl-C ends it");
}

TEST(AnnounceSkipped, CountsTheSamplesAndSaysWhatIsWrongWithThem) {
  const ScratchFolder folder;
  BatchOptions batches;
  batches.max_source_positions = 64;
  batches.max_target_positions = 32;
  const auto pairs = make_samples(corpus_of_lengths(folder / "pairs.safetensors", {{3, 4}}), batches);
  EXPECT_EQ(announce_skipped(3, 20, "validation", *pairs, batches),
            "left out 3 of 20 validation pairs: they have more than 64 source or 32 target tokens (</s> counted), "
            "the lesser of --max-source-positions and --max-target-positions and of what the position encodings serve");
}

}  // namespace
}  // namespace rotor
