#include "model/options.h"

#include <fmt/ranges.h>

#include "attention/kernel.h"
#include "base/json.h"
#include "base/option_text.h"
#include "position/table.h"

namespace rotor {
namespace {

struct Architecture {
  const char* name;
  int64_t layers, width, inner, heads;
};

constexpr Architecture kArchitectures[] = {
    {"transformer_tiny", 4, 128, 256, 4},
    {"transformer_iwslt", 6, 512, 1024, 4},
    {"transformer_base", 6, 512, 2048, 8},
    {"transformer_big", 6, 1024, 4096, 16},
};

/// Linear attention has no scores that an encoding could act on.
void check_linear_attention(const std::string& encoding) {
  std::vector<std::string> others;
  for (const auto& row : position_encodings()) {
    if (!row.needs_scores()) others.push_back(row.name);
  }
  require(!position_encoding(encoding).needs_scores(),
          "--attention linear cannot combine with the position encoding '{}', which acts on scores; choose one of: {}",
          encoding, fmt::join(others, ", "));
}

void check_heads(const std::string& stack, int64_t width, int64_t heads) {
  require(width % heads == 0,
          "--{0}-embed-dim {1} cannot be divided among {2} heads; choose --{0}-attention-heads that divides it", stack,
          width, heads);
}

}  // namespace

std::vector<std::string> architecture_names() {
  std::vector<std::string> names;
  for (const auto& architecture : kArchitectures) names.emplace_back(architecture.name);
  return names;
}

void TransformerOptions::describe(Options& options) {
  options.group("Model");
  options.add("arch", &arch, "named set of sizes, which the options below override", architecture_names()).common();
  options.add("encoder-layers", &encoder_layers, "layers of the encoder").at_least(1).at_most(10000).common();
  options.add("encoder-embed-dim", &encoder_embed_dim, "width of the encoder").at_least(1).common();
  options.add("encoder-ffn-embed-dim", &encoder_ffn_embed_dim, "inner width of the feed-forward layers").at_least(1);
  options.add("encoder-attention-heads", &encoder_attention_heads, "number of attention heads").at_least(1);
  options.add("encoder-normalize-before", &encoder_normalize_before,
              "apply layer norm before each sublayer, not after it");
  options.add("decoder-layers", &decoder_layers, "layers of the decoder").at_least(1).at_most(10000).common();
  options.add("decoder-embed-dim", &decoder_embed_dim, "width of the decoder").at_least(1).common();
  options.add("decoder-ffn-embed-dim", &decoder_ffn_embed_dim, "inner width of the feed-forward layers").at_least(1);
  options.add("decoder-attention-heads", &decoder_attention_heads, "number of attention heads").at_least(1);
  options.add("decoder-normalize-before", &decoder_normalize_before,
              "apply layer norm before each sublayer, not after it");
  options.add("activation-fn", &activation_fn, "activation of the feed-forward layers", {"relu", "gelu"});
  options.add("attention", &attention, "kind of self-attention", attention_names());
  const auto add_rate = [&](const char* name, double* rate, const char* help) -> Option& {
    return options.add(name, rate, help).at_least(0).below(1);
  };
  add_rate("dropout", &dropout, "dropout after embeddings and sublayers").common();
  add_rate("attention-dropout", &attention_dropout, "dropout of the attention weights");
  add_rate("activation-dropout", &activation_dropout, "dropout inside the feed-forward layers");
  add_rate("encoder-layerdrop", &encoder_layerdrop, "probability that a training batch skips a layer");
  add_rate("decoder-layerdrop", &decoder_layerdrop, "probability that a training batch skips a layer");
  add_rate("encoder-word-dropout", &encoder_word_dropout,
           "dropout of whole source words, as vectors (Marian's --dropout-src)");
  add_rate("decoder-word-dropout", &decoder_word_dropout, "dropout of whole target words (Marian's --dropout-trg)");
  options.add("share-all-embeddings", &share_all_embeddings, "one matrix for source, target and output").common();
  options.add("share-decoder-input-output-embed", &share_decoder_input_output_embed, "one matrix for target and output")
      .only("with --no-share-all-embeddings", [this] { return !share_all_embeddings; });
  position.describe(options);
}

void TransformerOptions::apply_architecture(const std::string& name) {
  for (const auto& a : kArchitectures) {
    if (a.name != name) continue;
    arch = name;
    encoder_layers = decoder_layers = a.layers;
    encoder_embed_dim = decoder_embed_dim = a.width;
    encoder_ffn_embed_dim = decoder_ffn_embed_dim = a.inner;
    encoder_attention_heads = decoder_attention_heads = a.heads;
  }
}

void TransformerOptions::check() const {
  check_values(*this);
  check_heads("encoder", encoder_embed_dim, encoder_attention_heads);
  check_heads("decoder", decoder_embed_dim, decoder_attention_heads);
  if (attention == "linear") {
    for (bool decoder : {false, true}) check_linear_attention(position.of_stack(decoder));
  }
  require(!share_all_embeddings || encoder_embed_dim == decoder_embed_dim,
          "--share-all-embeddings needs equal widths, got --encoder-embed-dim {} and --decoder-embed-dim {}; add "
          "--no-share-all-embeddings",
          encoder_embed_dim, decoder_embed_dim);
  require(!share_all_embeddings || source_vocabulary == target_vocabulary,
          "--share-all-embeddings needs one joined vocabulary, got {} source and {} target entries; preprocess with "
          "--joined-dictionary, or add --no-share-all-embeddings",
          source_vocabulary, target_vocabulary);
}

double TransformerOptions::least_parameters() const {
  const auto number = [](int64_t value) { return static_cast<double>(value); };
  const double from = number(encoder_embed_dim), to = number(decoder_embed_dim);
  const double encoder_layer = 4 * from * from + 2 * from * number(encoder_ffn_embed_dim);
  const double decoder_layer = 6 * to * to + 2 * from * to + 2 * to * number(decoder_ffn_embed_dim);
  const double embeddings =
      number(source_vocabulary) * from + (share_all_embeddings ? 0 : number(target_vocabulary) * to);
  return number(encoder_layers) * encoder_layer + number(decoder_layers) * decoder_layer + embeddings;
}

std::string TransformerOptions::to_config() const {
  TransformerOptions copy = *this;
  Options options;
  copy.describe(options);
  nlohmann::ordered_json config = options.to_json();
  config["source_vocabulary"] = source_vocabulary;
  config["target_vocabulary"] = target_vocabulary;
  return config.dump();
}

TransformerOptions TransformerOptions::from_config(const std::string& text, const std::string& origin) {
  nlohmann::ordered_json config = nlohmann::ordered_json::parse(text, nullptr, false);
  ROTOR_CHECK(config.is_object(), "{}: expected the model's config as a JSON object, got {:.60}", origin, text);
  constexpr uint64_t kMost = uint64_t{1} << 28;  // no size is near it, and no product of two overflows
  for (const auto& [key, value] : config.items()) {
    ROTOR_CHECK(!value.is_number_unsigned() || value.get<uint64_t>() <= kMost, "{}: expected {} of at most {}, got {}",
                origin, key, kMost, value.dump());
  }
  TransformerOptions result;
  for (auto [key, target] : {std::pair{"source_vocabulary", &result.source_vocabulary},
                             std::pair{"target_vocabulary", &result.target_vocabulary}}) {
    if (!config.contains(key)) continue;
    ROTOR_CHECK(config[key].is_number_integer(), "{}: expected a whole number as {}", origin, key);
    *target = config[key].get<int64_t>();
    ROTOR_CHECK(*target >= 0, "{}: expected {} of at least 0, got {}", origin, key, *target);
    config.erase(key);
  }
  Options options;
  result.describe(options);
  options.from_json(config, origin);
  try {
    result.check();
  } catch (const UsageError& error) {  // nobody gave these options now: the file is wrong
    fail("{}: {}", origin, error.what());
  }
  return result;
}

}  // namespace rotor
