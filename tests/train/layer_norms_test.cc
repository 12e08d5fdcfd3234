#include "train/layer_norms.h"

#include "train/training.h"

namespace rotor {
namespace {

TEST_F(TrainerTest, ReportsLayerNormsThatAddUpToTheWhole) {
  options_.checkpoints.log_layers = true;
  options_.checkpoints.save_interval_updates = 1;
  train("run", 3);
  const auto report = reports("run").back();
  double gradients = 0, weights = 0;
  std::vector<std::string> names;
  for (const auto& [layer, norms] : report["layers"].items()) {
    names.push_back(layer);
    gradients += std::pow(norms["grad_norm"].get<double>(), 2);
    weights += std::pow(norms["weight_norm"].get<double>(), 2);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"decoder.layers.0", "decoder.layers.1", "encoder.embed_tokens",
                                             "encoder.layers.0", "encoder.layers.1"}));
  EXPECT_NEAR(std::sqrt(gradients) / report["grad_norm"].get<double>(), 1, 1e-6);
  double expected = 0;
  const SafeTensors file(folder_ / "run" / "checkpoint_1_3.safetensors");
  for (const auto& parameter : EncoderDecoder(model_options_).parameters()) {
    for (float value : file.elements<float>(parameter.name)) expected += static_cast<double>(value) * value;
  }
  EXPECT_NEAR(weights / expected, 1, 1e-6);
}

TEST_F(TrainerTest, ReportsHowManyUpdatesWereClippedAndTheHighestNorm) {
  options_.checkpoints.log_interval = 5;
  options_.optimization.clip_norm = 1e-9;
  train("always", 5);
  EXPECT_EQ(reports("always")[0]["clip"], 100);
  options_.optimization.clip_norm = 1e9;
  train("never", 5);
  EXPECT_EQ(reports("never")[0]["clip"], 0);
  options_.checkpoints.log_interval = 1;
  train("each", 5);
  double highest = 0;
  for (const auto& report : reports("each")) highest = std::max<double>(highest, report["grad_norm"]);
  EXPECT_EQ(reports("never")[0]["grad_norm_max"], highest);
}

}  // namespace
}  // namespace rotor
