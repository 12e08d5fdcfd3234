#include "train/parameter_groups.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/json.h"
#include "model/tiny_model.h"
#include "random_tensor.h"
#include "threads.h"
#include "train/adam.h"

namespace rotor {
namespace {

/// Parameters of any names.
class Named : public Module {
 public:
  void add(const std::string& name, const std::vector<float>& values) {
    parameter(name, {std::ssize(values)}, zeros()).value().copy_from(Tensor::of({std::ssize(values)}, values));
  }
};

OptimizationOptions fine_tuning(double weight_decay, double layer_lr_decay) {
  OptimizationOptions options;
  options.weight_decay = weight_decay;
  options.no_decay_norms_and_biases = true;
  options.layer_lr_decay = layer_lr_decay;
  return options;
}

TEST(ParameterGroups, GiveTheUpdatesOfPyTorchsAdamW) {
  const auto golden = nlohmann::json::parse(std::ifstream(ROTOR_GOLDEN "/adamw_groups.json"));
  Named module;
  for (const auto& parameter : golden["parameters"]) module.add(parameter["name"], parameter["start"]);
  ParameterBuffer parameters(module);
  OptimizationOptions options = fine_tuning(golden["weight_decay"], golden["layer_lr_decay"]);
  options.adam_betas = golden["betas"];
  options.adam_eps = golden["eps"];
  Adam adam(options, parameters);
  for (size_t u = 0; u < golden["rates"].size(); ++u) {
    for (size_t i = 0; i < golden["parameters"].size(); ++i) {
      const std::vector<float> gradient = golden["parameters"][i]["gradients"][u];
      parameters.part(parameters.gradients(), i).copy_from(Tensor::of({std::ssize(gradient)}, gradient));
    }
    adam.step(golden["rates"][u], 1);
  }
  for (size_t i = 0; i < golden["parameters"].size(); ++i) {
    const std::vector<float> expected = golden["parameters"][i]["end"];
    const Tensor found = parameters.part(parameters.values(), i);
    for (size_t j = 0; j < expected.size(); ++j) {
      EXPECT_NEAR(found.data()[j], expected[j], 1e-6) << golden["parameters"][i]["name"] << " " << j;
    }
  }
}

TEST(ParameterGroups, AreOneWhereAllIsTreatedAlike) {
  EncoderDecoder model(tiny_options());
  const ParameterBuffer parameters(model);
  OptimizationOptions options;
  options.weight_decay = 0.1;
  const int64_t all = parameters.values().elements();
  EXPECT_EQ(parameter_groups(options, parameters), (std::vector<ParameterGroup>{{0, all, 1, 0.1}}));
  options.no_decay_norms_and_biases = true;
  options.weight_decay = 0;
  EXPECT_EQ(parameter_groups(options, parameters), (std::vector<ParameterGroup>{{0, all, 1, 0}}));
}

TEST(ParameterGroups, FillTheBufferWithGroupsThatDiffer) {
  EncoderDecoder model(tiny_options());
  const ParameterBuffer parameters(model);
  const auto groups = parameter_groups(fine_tuning(0.1, 0.5), parameters);
  ASSERT_GT(groups.size(), 4u);
  EXPECT_EQ(groups.front().begin, 0);
  EXPECT_EQ(groups.back().end, parameters.values().elements());
  for (size_t i = 1; i < groups.size(); ++i) {
    EXPECT_EQ(groups[i].begin, groups[i - 1].end);
    EXPECT_FALSE(groups[i].rate == groups[i - 1].rate && groups[i].weight_decay == groups[i - 1].weight_decay) << i;
  }
}

TEST(ParameterGroups, CountTheLayersThatAreFrozen) {
  Named module;
  for (const char* name : {"encoder.embed_tokens.weight", "encoder.layers.0.fc1.weight", "encoder.layers.1.fc1.weight",
                           "decoder.layers.0.fc1.weight", "decoder.layers.10.fc1.weight", "decoder.position.bias"}) {
    module.add(name, {1});
  }
  module.freeze("encoder.layers.1");
  const auto groups = parameter_groups(fine_tuning(0, 0.5), ParameterBuffer(module));
  std::vector<double> rates;
  for (const ParameterGroup& group : groups) rates.push_back(group.rate);
  EXPECT_EQ(rates, (std::vector<double>{0.125, 0.25, std::pow(0.5, 11), 0.5, std::pow(0.5, 12)}));
}

TEST(ParameterGroups, KnowNormsAndBiases) {
  for (const char* name :
       {"encoder.layer_norm.weight", "encoder.layers.0.self_attn_layer_norm.bias", "encoder.layernorm_embedding.weight",
        "decoder.layers.3.fc1.bias", "bias", "decoder.layers.0.self_attn.position.content_bias"}) {
    EXPECT_TRUE(is_norm_or_bias(name)) << name;
  }
  for (const char* name : {"encoder.embed_tokens.weight", "encoder.layers.0.fc1.weight", "encoder.position.weight"}) {
    EXPECT_FALSE(is_norm_or_bias(name)) << name;
  }
}

TEST(ParameterGroups, GiveTheSameBitsForAnyNumberOfThreads) {
  expect_the_same_for_any_threads([] {
    Named module;
    for (int i = 0; i < 4; ++i) {
      module.add(fmt::format("encoder.layers.{}.fc1.weight", i), std::vector<float>(40'003, 0.5f));
      module.add(fmt::format("encoder.layers.{}.fc1.bias", i), std::vector<float>(61, 0.5f));
    }
    ParameterBuffer parameters(module);
    Adam adam(fine_tuning(0.1, 0.7), parameters);
    for (uint64_t update = 0; update < 3; ++update) {
      parameters.gradients().copy_from(random_tensor(parameters.gradients().shape(), update + 1));
      adam.step(0.1, 0.5);
    }
    return std::vector<Tensor>{parameters.values().clone(), adam.first_moments(), adam.second_moments()};
  });
}

}  // namespace
}  // namespace rotor
