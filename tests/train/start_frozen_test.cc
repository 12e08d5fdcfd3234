// Trainings of which parts are frozen (--freeze).
#include "base/check.h"
#include "train/starts.h"

namespace rotor {
namespace {

TEST_F(StartTest, FrozenPartsStayAndTheOthersLearn) {
  options_.optimization.weight_decay = 0.1;
  train("first", 2);
  checkpoints().finetune_from_model = last("first");
  options_.optimization.freeze = {"^encoder\\.layers", "embed_tokens"};
  train("second", 4, 0, 99);
  const auto same = same_in("first", "second");
  for (const auto& [name, tensor] : parameters("first")) {
    EXPECT_EQ(same.contains(name), name.starts_with("encoder.layers") || name == "encoder.embed_tokens.weight") << name;
  }
  EXPECT_FALSE(SafeTensors(last("second")).contains("optimizer.first_moment.encoder.embed_tokens.weight"));
}

TEST_F(StartTest, FrozenPartsResumeExactlyWithOtherWorkersAndRecomputedLayersToo) {
  options_.optimization.freeze = {"embed_tokens", "encoder\\.layers\\.0"};
  train("whole", 6);
  train("parts", 3);
  train("parts", 6, 0, 99);
  EXPECT_TRUE(bytes("parts", "last") == bytes("whole", "last"));
  options_.optimization.checkpoint_activations = true;
  train("recomputed", 6);
  expect_same_reports("whole", "recomputed");
  options_.optimization.checkpoint_activations = false;
  train_together("two", 2, 1, 6);
  expect_same_reports("whole", "two");
}

TEST_F(StartTest, SaysWhatWasFrozenThenAndIsNotNow) {
  options_.optimization.freeze = {"fc1"};
  train("run", 2);
  options_.optimization.freeze.clear();
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 3); }), "fc1", "which was frozen", "--reset-optimizer"));
}

TEST_F(StartTest, RefusesToFreezeNothingOrEverything) {
  options_.optimization.freeze = {"embd"};
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 1); }), "--freeze embd", "encoder.embed_tokens.weight"));
  options_.optimization.freeze = {"["};
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 1); }), "regular expression"));
  options_.optimization.freeze = {"."};
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 1); }), "frozen whole"));
}

}  // namespace
}  // namespace rotor
