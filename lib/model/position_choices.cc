#include "model/position_choices.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "attention/kernel.h"
#include "attention/performer.h"
#include "base/json.h"
#include "base/option_text.h"
#include "model/position_sizes.h"

namespace rotor {
namespace {

/// The names of the encodings that suit what an attention has.
std::vector<std::string> encodings_that(bool (*suit)(const Touches&)) {
  std::vector<std::string> names;
  for (const auto& row : position_encodings()) {
    if (suit(row.touches())) names.push_back(row.name);
  }
  return names;
}

/// Attention without scores serves no encoding that acts on them, and no window.
void check_attention_without_scores(const LayerOptions& o, const StackOptions& stack) {
  require(o.attention.window == 0, "--attention-window needs --attention softmax, got --attention {}",
          o.attention.kernel);
  const std::string& encoding = o.position_encoding(stack);
  const auto& row = rotor::position_encoding(encoding);
  require(!row.touches().scores,
          "--attention {} cannot combine with the position encoding '{}', which acts on scores; choose one of: {}",
          o.attention.kernel, encoding,
          fmt::join(encodings_that([](const Touches& touches) { return !touches.scores; }), ", "));
  const Module::Hollow hollow;
  require(!row.make(o.position, position_sizes(stack, o, true))->touches().scores,
          "--attention {} cannot combine with --rope-scaling {}, which acts on scores; choose linear, ntk or llama3",
          o.attention.kernel, o.position.rope_scaling.kind);
}

/// Layers without positions are between layers that have them, not above an input that has them.
void check_layers_without_positions(const LayerOptions& o, const StackOptions& stack) {
  const int64_t every = o.no_position_every(stack);
  if (every == 0) return;
  require(every >= 2, "--no-position-every expects 0, or 2 or more, got {}; --position-encoding none takes all away",
          every);
  const std::string& encoding = o.position_encoding(stack);
  require(!rotor::position_encoding(encoding).touches().input,
          "--no-position-every takes positions away inside layers, and those of '{}' are in the input; choose another "
          "--position-encoding",
          encoding);
}

/// Whether a stack has positions, and so many layers that one of them is to go without.
bool has_layer_to_spare(const LayerOptions& o, const StackOptions& stack) {
  return o.position_encoding(stack) != "none" && o.no_position_every(stack) <= stack.layers;
}

/// Whether it matters to a stack if its features are rotated, or queries and keys before them: where its encoding turns
/// these, and where a performer draws an even number of features for them to be turned.
bool reads_linear_rotary(const LayerOptions& o, const StackOptions& stack) {
  if (rotor::position_encoding(o.position_encoding(stack)).touches().heads) return true;
  if (o.attention.kernel != "performer") return false;
  AttentionOptions after = o.attention, before = o.attention;
  after.linear_rotary = "after";
  before.linear_rotary = "before";
  const int64_t width = std::max<int64_t>(stack.embed_dim / stack.attention_heads, 1);
  return performer_features(after, width) != performer_features(before, width);
}

/// An SSRU has no heads, keys or scores.
void check_ssru(const LayerOptions& o, const StackOptions& stack) {
  if (stack.autoreg != kSsru) return;
  const std::string& encoding = o.position_encoding(stack);
  const auto suits = [](const Touches& touches) { return !touches.heads && !touches.scores; };
  require(suits(rotor::position_encoding(encoding).touches()),
          "--decoder-autoreg ssru has no queries and keys, on which the position encoding '{}' acts; choose one of {} "
          "as --decoder-position-encoding",
          encoding, fmt::join(encodings_that(suits), ", "));
  require(stack.key_value_heads == 0, "--decoder-autoreg ssru has no heads: leave out --decoder-key-value-heads");
}

}  // namespace

void check_positions(const LayerOptions& o, const StackOptions& stack) {
  const std::string& encoding = o.position_encoding(stack);
  if (const auto& row = rotor::position_encoding(encoding); row.check) {
    row.check(o.position, position_sizes(stack, o, true), encoding);  // whether it is causal changes no size
  }
  check_layers_without_positions(o, stack);
  check_ssru(o, stack);
  if (!attention_kernel(o.attention.kernel).has_scores) check_attention_without_scores(o, stack);
}

std::vector<std::string> position_keys() {
  TransformerOptions all;  // of translation, which has both stacks
  Options options;
  all.describe(options);
  const nlohmann::ordered_json positions = options.to_json({"Position"});
  std::vector<std::string> keys;
  for (const auto& [key, value] : positions.items()) keys.push_back(key);
  return keys;
}

bool is_position_parameter(const std::string& name) {
  return name.find(".position.") != std::string::npos;
}

void TransformerOptions::describe_positions(Options& options) {
  std::vector<std::string> names = position_encoding_names(), names_or_empty = names;
  names_or_empty.insert(names_or_empty.begin(), "");
  options.group("Position");
  options.add("position-encoding", &position.encoding, "position encoding of encoder and decoder", names)
      .common()
      .only("for a stack that has none of its own", [this] {
        const auto all = stacks();
        return std::any_of(all.begin(), all.end(), [](const auto* stack) { return stack->position_encoding.empty(); });
      });
  if (has_encoder()) {
    options
        .add("encoder-position-encoding", &encoder.position_encoding, "position encoding of the encoder, if it differs",
             names_or_empty)
        .only("for models with an encoder", [this] { return has_encoder(); });
  }
  if (has_decoder()) {
    options
        .add("decoder-position-encoding", &decoder.position_encoding, "position encoding of the decoder, if it differs",
             names_or_empty)
        .only("for models with a decoder", [this] { return has_decoder(); });
  }
  describe_layers_without_positions(options);
  describe_cross_positions(options);
  options.option("linear-rotary").only("for position encodings that turn queries and keys", [this] {
    const auto all = stacks();
    return std::any_of(all.begin(), all.end(),
                       [this](const auto* stack) { return reads_linear_rotary(*this, *stack); });
  });
  position.describe(options, [this] {
    std::vector<std::string> used;
    for (const StackOptions* stack : stacks()) used.push_back(position_encoding(*stack));
    return used;
  });
}

void TransformerOptions::describe_layers_without_positions(Options& options) {
  options
      .add("no-position-every", &position.no_position_every, "every so many layers have no positions; 0: all have them")
      .at_least(0)
      .at_most(kMostLayers)
      .only("for a stack of so many layers that has positions", [this] {
        const auto all = stacks();
        return std::any_of(all.begin(), all.end(),
                           [this](const StackOptions* stack) { return has_layer_to_spare(*this, *stack); });
      });
  const auto add = [&](const char* name, StackOptions& stack) {
    options
        .add(fmt::format("{}-no-position-every", name), &stack.no_position_every,
             fmt::format("the same for the {}, if it differs; -1: as --no-position-every", name))
        .at_least(-1)
        .at_most(kMostLayers)
        .only(fmt::format("where the {} has so many layers, and positions", name), [this, &stack] {
          const bool has_stack = &stack == &encoder ? has_encoder() : has_decoder();
          return has_stack && has_layer_to_spare(*this, stack);
        });
  };
  if (has_encoder()) add("encoder", encoder);
  if (has_decoder()) add("decoder", decoder);
}

void TransformerOptions::describe_cross_positions(Options& options) {
  if (!has_encoder() || !has_decoder()) return;
  options
      .add("rotary-cross-attention", &position.rotary_cross_attention,
           "turn the queries and keys of attention to the encoder too")
      .only("for models with an encoder and a decoder", [this] { return has_encoder() && has_decoder(); })
      .only("with the decoder's position encoding rope", [this] { return position_encoding(decoder) == "rope"; });
}

}  // namespace rotor
