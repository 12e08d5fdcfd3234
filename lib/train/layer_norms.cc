#include "train/layer_norms.h"

#include <cmath>

#include "base/json.h"
#include "base/pattern.h"
#include "train/adam.h"

namespace rotor {
namespace {

/// encoder.layers.0.fc1.weight -> encoder.layers.0, encoder.embed_tokens.weight -> encoder.embed_tokens
std::string layer_of(const std::string& parameter) {
  static const Pattern kLayer(R"(^\w+\.(layers\.\d+|\w+))");
  const auto found = kLayer.find(parameter);
  return found ? found->front() : parameter;
}

}  // namespace

nlohmann::ordered_json layer_norms(const ParameterBuffer& parameters, int64_t targets) {
  struct Squares {
    std::string layer;
    double weights = 0, gradients = 0;
  };
  std::vector<Squares> layers;
  for (size_t i = 0; i < parameters.parameters().size(); ++i) {
    const std::string layer = layer_of(parameters.parameters()[i].name);
    if (layers.empty() || layers.back().layer != layer) layers.push_back({layer});
    layers.back().weights += std::pow(norm(parameters.part(parameters.values(), i)), 2);
    layers.back().gradients += std::pow(norm(parameters.part(parameters.gradients(), i)), 2);
  }
  nlohmann::ordered_json report;
  for (const Squares& squares : layers) {
    report[squares.layer] = {{"weight_norm", std::sqrt(squares.weights)},
                             {"grad_norm", std::sqrt(squares.gradients) / static_cast<double>(targets)}};
  }
  return report;
}

}  // namespace rotor
