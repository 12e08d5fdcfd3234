#include "train/adam.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/json.h"
#include "golden.h"
#include "model/model_file.h"
#include "train/criterion.h"
#include "train/ten_updates.h"

namespace rotor {
namespace {

class TenUpdates : public testing::TestWithParam<std::string> {};

TEST_P(TenUpdates, GiveTheReferencesLossesAndParameters) {
  const SafeTensors file = golden::open("transformer_" + GetParam());
  EncoderDecoder model(TransformerOptions::from_config(file.metadata("config"), "golden"));
  read_parameters(file, model);
  const auto loss = [&](int64_t u) {
    const std::string name = "training.batch." + std::to_string(u % 3) + ".";
    Batch batch;
    batch.source = golden::tokens(file, name + "source", name + "source_lengths");
    batch.decoder_input = golden::tokens(file, name + "decoder_input", name + "target_lengths");
    batch.target = golden::tokens(file, name + "target", name + "target_lengths");
    return std::pair(label_smoothed_cross_entropy(features_of(model), model.output(), batch, 0.1),
                     golden::count(batch.target));
  };
  golden::expect_ten_updates(file, model, model.options().decoder.embed_dim, loss, 1e-4);
  const auto zero = nlohmann::json::parse(file.metadata("zero_gradients")).get<std::vector<std::string>>();
  for (const auto& [name, variable, initialiser] : model.parameters()) {
    if (std::find(zero.begin(), zero.end(), name) != zero.end()) continue;
    golden::expect_near(variable.value(), file.tensor("trained." + name), 2e-3, name);
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, TenUpdates,
                         testing::Values("sinusoidal", "learned", "rope", "none", "mixed", "window", "grouped",
                                         "rms_swiglu", "ssru"),
                         [](const auto& info) { return info.param; });

/// Twenty numbers to be trained.
class Numbers : public Module {
 public:
  explicit Numbers(const std::vector<float>& values) : numbers(parameter("numbers", {std::ssize(values)}, zeros())) {
    numbers.value().copy_from(Tensor::of(numbers.shape(), values));
  }
  const Variable numbers;
};

TEST(Adam, DecaysWeightsAsFairseqsDoes) {
  const auto golden = nlohmann::json::parse(std::ifstream(ROTOR_GOLDEN "/optimization.json"))["adam"];
  Numbers module(golden["start"]);
  ParameterBuffer parameters(module);
  OptimizationOptions options;
  options.adam_betas = golden["betas"];
  options.adam_eps = golden["eps"];
  options.weight_decay = golden["weight_decay"];
  Adam adam(options, parameters);
  for (const auto& update : golden["updates"]) {
    const std::vector<float> gradient = update["gradient"], expected = update["parameter"];
    parameters.part(parameters.gradients(), 0).copy_from(Tensor::of({std::ssize(gradient)}, gradient));
    adam.step(update["rate"], 1);
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(module.numbers.value().data()[i], expected[i], 1e-6);
  }
}

}  // namespace
}  // namespace rotor
