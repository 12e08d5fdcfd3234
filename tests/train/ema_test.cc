#include "train/ema.h"

#include "train/training.h"

namespace rotor {
namespace {

/// Two numbers to be averaged.
class Numbers : public Module {
 public:
  Numbers() : numbers(parameter("numbers", {2}, zeros())) {}
  void set(float a, float b) const { numbers.value().copy_from(Tensor::of({2}, {a, b})); }
  float operator[](int i) const { return numbers.value().data()[i]; }
  const Variable numbers;
};

TEST(Ema, IsTheAverageByHand) {
  Numbers module;
  module.set(1, -1);
  ParameterBuffer parameters(module);
  Ema ema({.ema_decay = 0.75}, parameters);
  module.set(5, 3);
  ema.update(1);  // 0.75 · 1 + 0.25 · 5, 0.75 · −1 + 0.25 · 3
  EXPECT_FLOAT_EQ(ema.shadow().data()[0], 2);
  EXPECT_FLOAT_EQ(ema.shadow().data()[1], 0);
  module.set(2, 4);
  ema.update(2);
  EXPECT_FLOAT_EQ(ema.shadow().data()[0], 2);
  EXPECT_FLOAT_EQ(ema.shadow().data()[1], 1);
}

TEST(Ema, IsTheWeightsUntilItsFirstUpdate) {
  Numbers module;
  ParameterBuffer parameters(module);
  Ema ema({.ema_decay = 0.75, .ema_start_update = 3}, parameters);
  for (int64_t update = 1; update < 3; ++update) {
    module.set(static_cast<float>(update), 0);
    ema.update(update);
    EXPECT_EQ(ema.shadow().data()[0], static_cast<float>(update));
  }
  module.set(6, 0);
  ema.update(3);
  EXPECT_FLOAT_EQ(ema.shadow().data()[0], 3) << "0.75 · 2 + 0.25 · 6";
}

TEST(Ema, StandsInTheModelWhileSwapped) {
  Numbers module;
  module.set(1, 2);
  ParameterBuffer parameters(module);
  Ema ema({.ema_decay = 0.5}, parameters);
  module.set(3, 4);
  {
    const Ema::Swapped swapped(&ema);
    EXPECT_EQ(module[0], 1);
    EXPECT_EQ(ema.shadow().data()[1], 4);
  }
  EXPECT_EQ(module[0], 3);
  EXPECT_EQ(ema.shadow().data()[1], 2);
  const Ema::Swapped none(nullptr);
  EXPECT_EQ(module[0], 3);
}

TEST_F(TrainerTest, AveragesResumeExactlyAndAreTheModelOfCheckpointsAndValidations) {
  validates_ = true;
  options_.checkpoints.save_interval_updates = 1;
  train("plain", 8);
  options_.optimization.ema_decay = 0.8;
  train("whole", 8);
  train("halves", 3);
  train("halves", 8, 0, 99);
  EXPECT_TRUE(bytes("halves", "last") == bytes("whole", "last"));
  const std::string name = "decoder.layers.0.fc1.weight";
  std::vector<float> average;
  for (int update = 1; update <= 8; ++update) {
    const std::string file = fmt::format("checkpoint_{}_{}.safetensors", 1, update);
    if (!std::filesystem::exists(folder_ / "plain" / file)) break;  // the next epoch
    const SafeTensors plain(folder_ / "plain" / file), averaged(folder_ / "whole" / file);
    const auto weights = plain.elements<float>(name), kept = averaged.elements<float>("optimizer.weights." + name);
    EXPECT_TRUE(std::equal(weights.begin(), weights.end(), kept.begin())) << "training goes on as without";
    const auto model = averaged.elements<float>(name);
    if (update > 1) {
      for (size_t i = 0; i < average.size(); ++i) {
        EXPECT_NEAR(model[i], 0.8 * average[i] + 0.2 * weights[i], 1e-6) << "update " << update;
      }
    }
    average.assign(model.begin(), model.end());
  }
  EXPECT_FALSE(average.empty());
  EXPECT_NE(reports("plain").back()["valid_loss"], reports("whole").back()["valid_loss"]);
  train_together("two", 2, 1, 8);
  expect_same_reports("whole", "two");
}

}  // namespace
}  // namespace rotor
