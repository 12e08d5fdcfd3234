#include "train/parameter_groups.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/pattern.h"

namespace rotor {
namespace {

/// A layer of a stack, "encoder." or "decoder.".
struct Layer {
  std::string stack;
  int64_t number;  ///< from 1
};

std::optional<Layer> layer_of(const std::string& parameter) {
  static const Pattern kLayer(R"(^(.*?)\blayers\.(\d{1,9})\.)");
  const auto found = kLayer.find(parameter);
  if (!found) return std::nullopt;
  return Layer{(*found)[1], std::stoll((*found)[2]) + 1};
}

/// Embeddings of tokens and positions, with their norm, and what all layers share of a position encoding.
bool is_embedding(const std::string& parameter) {
  static const Pattern kEmbedding(R"((^|\.)(embed_|layernorm_embedding\.|position\.))");
  return kEmbedding.find(parameter).has_value();
}

/// The factors of the learning rate by the depth of a parameter, as BEiT is fine-tuned (Bao et al. 2022). ELECTRA's
/// code (Clark et al. 2020) has them once more for layers and embeddings: decay^(n + 2 − l).
class LayerRates {
 public:
  LayerRates(double decay, const ParameterBuffer& parameters) : decay_(decay) {
    for (const NamedParameter& parameter : parameters.parameters()) count(parameter.name);
    for (const std::string& name : parameters.frozen()) count(name);
  }

  /// decay^(n + 1 − l) in layer l of a stack of n, where embeddings are l = 0; 1 above all layers.
  double operator()(const std::string& parameter) const {
    if (const auto layer = layer_of(parameter)) return factor(layers_.at(layer->stack) + 1 - layer->number);
    if (!is_embedding(parameter)) return 1;
    const auto stack = layers_.find(parameter.substr(0, parameter.find('.') + 1));
    return stack == layers_.end() ? 1 : factor(stack->second + 1);
  }

 private:
  void count(const std::string& parameter) {
    const auto layer = layer_of(parameter);
    if (layer) layers_[layer->stack] = std::max(layers_[layer->stack], layer->number);
  }
  double factor(int64_t power) const { return std::pow(decay_, static_cast<double>(power)); }

  double decay_;
  std::map<std::string, int64_t> layers_;  ///< of each stack
};

}  // namespace

bool is_norm_or_bias(const std::string& parameter) {
  static const Pattern kPattern(R"(((^|\.|_)bias$)|(norm[^.]*\.weight$))");
  return kPattern.find(parameter).has_value();
}

std::vector<ParameterGroup> parameter_groups(const OptimizationOptions& options, const ParameterBuffer& parameters) {
  const LayerRates rates(options.layer_lr_decay, parameters);
  const int64_t all = parameters.values().elements();
  std::vector<ParameterGroup> groups;
  for (size_t i = 0; i < parameters.parameters().size(); ++i) {
    const std::string& name = parameters.parameters()[i].name;
    const bool spared = options.no_decay_norms_and_biases && is_norm_or_bias(name);
    const ParameterGroup group{parameters.begin(i), all, rates(name), spared ? 0 : options.weight_decay};
    const bool joined =
        !groups.empty() && groups.back().rate == group.rate && groups.back().weight_decay == group.weight_decay;
    if (joined) continue;
    if (!groups.empty()) groups.back().end = group.begin;
    groups.push_back(group);
  }
  return groups;
}

}  // namespace rotor
