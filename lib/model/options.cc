#include "model/options.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "attention/kernel.h"
#include "base/option_text.h"
#include "model/architectures.h"
#include "model/position_choices.h"
#include "nn/feed_forward.h"

namespace rotor {
namespace {

/// Rates are used as float32, of which one that rounds to 1 would leave nothing to be scaled up.
void check_rate(const std::string& option, double rate) {
  require(static_cast<float>(rate) < 1, "--{} expects a number that float32 keeps below 1, got {}", option, rate);
}

/// Widths and numbers of heads have no upper bound of their own; the product of two must not overflow.
void check_whole_numbers(TransformerOptions model) {
  constexpr int64_t kMost = TransformerOptions::kMost;
  Options options;
  model.describe(options);
  for (const Option& option : options.all()) {
    const auto* number = std::get_if<int64_t*>(&option.target);
    if (!number) continue;
    require(**number <= kMost, "--{} expects a whole number of at most {}, got {}", option.name, +kMost, **number);
  }
}

void check_stack(const std::string& stack, const StackOptions& o) {
  check_rate(stack + "-layerdrop", o.layerdrop);
  check_rate(stack + "-word-dropout", o.word_dropout);
  require(o.embed_dim % o.attention_heads == 0,
          "--{0}-embed-dim {1} cannot be divided among {2} heads; choose --{0}-attention-heads that divides it", stack,
          o.embed_dim, o.attention_heads);
  require(o.key_value_heads == 0 || o.attention_heads % o.key_value_heads == 0,
          "--{0}-key-value-heads {1} cannot be shared by {2} heads; choose a divisor of --{0}-attention-heads", stack,
          o.key_value_heads, o.attention_heads);
}

/// The parameters of a layer's products, but those of attention to a memory.
double layer_parameters(const StackOptions& o, bool gated) {
  const auto number = [](int64_t value) { return static_cast<double>(value); };
  const double keys = o.key_value_heads == 0 ? 1 : number(o.key_value_heads) / number(o.attention_heads);
  return (o.autoreg == kSsru ? 2 : 2 + 2 * keys) * number(o.embed_dim) * number(o.embed_dim) +
         (gated ? 3 : 2) * number(o.embed_dim) * number(o.ffn_embed_dim);
}

}  // namespace

std::vector<std::string> head_names() {
  return {"bert", "roformer", "linear"};
}

void StackOptions::describe(Options& options, const std::string& name) {
  const auto add = [&](const char* rest, Options::Target target, const std::string& help,
                       const std::vector<std::string>& choices = {}) -> Option& {
    return options.add(fmt::format("{}-{}", name, rest), target, help, choices);
  };
  const bool reads = name == "encoder";
  add("layers", &layers, fmt::format("layers of the {}", name)).at_least(1).at_most(kMostLayers).common();
  add("embed-dim", &embed_dim, fmt::format("width of the {}", name)).at_least(1);
  add("ffn-embed-dim", &ffn_embed_dim, "inner width of the feed-forward layers").at_least(1);
  add("attention-heads", &attention_heads, "number of attention heads").at_least(1);
  add("key-value-heads", &key_value_heads,
      "number of heads of keys and values in self-attention, which heads of queries share; 0: one for each")
      .at_least(0);
  if (!reads) {
    add("autoreg", &autoreg,
        "what the decoder's tokens know earlier ones by: self-attention, or a recurrence without it (SSRU, Kim et al. "
        "2019)",
        {"self-attention", kSsru});
  }
  add("normalize-before", &normalize_before, "apply the norm before each sublayer, not after it");
  add("layerdrop", &layerdrop, "probability that a training batch skips a layer").at_least(0).below(1);
  add("word-dropout", &word_dropout,
      fmt::format("dropout of whole {} words, as vectors (Marian's --dropout-{})", reads ? "source" : "target",
                  reads ? "src" : "trg"))
      .at_least(0)
      .below(1);
}

std::vector<const StackOptions*> TransformerOptions::stacks() const {
  std::vector<const StackOptions*> stacks;
  if (has_encoder()) stacks.push_back(&encoder);
  if (has_decoder()) stacks.push_back(&decoder);
  return stacks;
}

void TransformerOptions::describe(Options& options) {
  options.group("Model");
  options.add("arch", &arch, "named set of sizes, which the options below override", architecture_names()).common();
  if (has_encoder()) {
    options.only(
        "for models with an encoder", [this] { return has_encoder(); }, [&] { encoder.describe(options, "encoder"); });
  }
  const auto attends = [this] { return has_encoder() || decoder.autoreg != kSsru; };
  const char* const kAttends = "for models with attention";
  if (has_decoder()) {
    options.only(
        "for models with a decoder", [this] { return has_decoder(); }, [&] { decoder.describe(options, "decoder"); });
    options.option("decoder-attention-heads").only(kAttends, attends);
  }
  options.add("activation-fn", &activation_fn, "activation of the feed-forward layers", activation_names());
  options.add("norm", &norm.kind, "kind of norms", norm_names());
  options.add("layer-norm-eps", &norm.epsilon, "number that norms add to the variance").above(0);
  options.only(kAttends, attends, [&] { attention.describe(options); });
  options.add("ffn-bias", &ffn_bias, "biases of the feed-forward layers");
  options.add("scale-embedding", &scale_embedding, "multiply token vectors by the root of their width");
  options.add("layernorm-embedding", &layernorm_embedding, "apply a norm to embeddings, before their dropout");
  const auto add_rate = [&](const char* name, double* rate, const char* help) -> Option& {
    return options.add(name, rate, help).at_least(0).below(1);
  };
  add_rate("dropout", &dropout, "dropout after embeddings and sublayers").common();
  add_rate("attention-dropout", &attention.dropout, "dropout of the attention weights")
      .only("with softmax attention", [this, attends] {
        const bool to_memory = has_encoder() && has_decoder();  // which is softmax attention whatever the other is
        return to_memory || (attends() && attention_kernel(attention.kernel).has_scores);
      });
  add_rate("activation-dropout", &activation_dropout, "dropout inside the feed-forward layers");
  options
      .add("initial-deviation", &initial_deviation,
           "initialise all matrices from a normal distribution of this deviation and biases with 0, as BERT does; 0: "
           "each layer as fairseq does")
      .at_least(0);
  describe_head(options);
  describe_sharing(options);
  describe_positions(options);
}

void TransformerOptions::describe_head(Options& options) {
  if (!has_encoder()) return;
  options
      .add("token-types", &token_types,
           "number of kinds of segments, such as the two texts of a pair, each with a vector that its tokens get; 0: "
           "none")
      .at_least(0)
      .at_most(1 << 16);
  options.only(
      "for models of whole sentences", [this] { return has_head(); },
      [&] {
        options.add("classifier-head", &head.kind,
                    "layers that predict: bert, dense with tanh; roformer, dense with gelu; linear, none but the last",
                    head_names());
      });
  options
      .add("pooling", &head.pooling, "features of a row that are used: those of the first token, or the mean of all",
           {"first", "mean"})
      .only("for models of whole sentences", [this] { return pools(); });
  if (task == kSentenceEncoding) {
    options.add("normalize-vectors", &head.normalize, "scale the vectors of sentences to the length 1");
  }
}

void TransformerOptions::describe_sharing(Options& options) {
  const auto translates = [this] { return has_encoder() && has_decoder(); };
  if (translates()) {
    options.add("share-all-embeddings", &share_all_embeddings, "one matrix for source, target and output")
        .only("for translation", translates);
  }
  if (!has_decoder()) return;
  options.add("share-decoder-input-output-embed", &share_decoder_input_output_embed, "one matrix for target and output")
      .only("with --no-share-all-embeddings", [this] { return !has_encoder() || !share_all_embeddings; });
  options.add("output-bias", &output_bias, "bias of the scores of tokens")
      .only("for translation and language models", [this] { return has_decoder(); });
}

void TransformerOptions::apply_architecture(const std::string& name) {
  for (const Architecture& a : architectures()) {
    if (a.name != name) continue;
    arch = name;
    const bool translates = a.task == std::string(kTranslation), reads = a.task == std::string(kMaskedLm);
    for (StackOptions* stack : {&encoder, &decoder}) {
      if (stack == &(reads ? decoder : encoder) && !translates) continue;
      stack->layers = a.layers;
      stack->embed_dim = a.width;
      stack->ffn_embed_dim = a.inner;
      stack->attention_heads = a.heads;
      stack->normalize_before = !translates && !reads;  // as fairseq has its language models
    }
    if (reads) apply_bert();
  }
}

void TransformerOptions::apply_bert() {
  activation_fn = "gelu";
  norm.epsilon = 1e-12;
  scale_embedding = false;
  layernorm_embedding = true;
  token_types = 2;
  initial_deviation = 0.02;
  dropout = attention.dropout = 0.1;
  position.encoding = "learned";
}

std::string TransformerOptions::default_architecture(const std::string& task) {
  if (task == kTranslation) return "transformer_base";
  return task == kLanguageModeling ? "transformer_lm" : "bert_base";
}

void TransformerOptions::check() const {
  check_values(*this);
  check_whole_numbers(*this);
  check_rate("dropout", dropout);
  check_rate("attention-dropout", attention.dropout);
  check_rate("activation-dropout", activation_dropout);
  if (has_encoder()) check_stack("encoder", encoder);
  if (has_decoder()) check_stack("decoder", decoder);
  require(head.labels.empty() || task == kSentencePrediction,
          "expected labels for the task {} alone, got {} of them for the task {}; leave them out", kSentencePrediction,
          head.labels.size(), task);
  for (const StackOptions* stack : stacks()) check_positions(*this, *stack);
  for (const Architecture& a : architectures()) {
    require(a.name != arch || a.serves(task),
            "--arch {} is for the task {}, the corpus is for {}; choose one of its own", arch, a.task, task);
  }
  if (!has_encoder() || !has_decoder()) return;
  require(!share_all_embeddings || encoder.embed_dim == decoder.embed_dim,
          "--share-all-embeddings needs equal widths, got --encoder-embed-dim {} and --decoder-embed-dim {}; add "
          "--no-share-all-embeddings",
          encoder.embed_dim, decoder.embed_dim);
  require(!share_all_embeddings || source_vocabulary == target_vocabulary,
          "--share-all-embeddings needs one joined vocabulary, got {} source and {} target entries; preprocess with "
          "--joined-dictionary, or add --no-share-all-embeddings",
          source_vocabulary, target_vocabulary);
}

double TransformerOptions::least_parameters() const {
  const auto number = [](int64_t value) { return static_cast<double>(value); };
  const bool gated = activation(activation_fn).gate != nullptr;
  const double from = number(encoder.embed_dim), to = number(decoder.embed_dim);
  if (!has_decoder()) {
    return number(encoder.layers) * layer_parameters(encoder, gated) + number(source_vocabulary) * from;
  }
  const double own = number(decoder.layers) * layer_parameters(decoder, gated);
  if (!has_encoder()) {
    return own + (share_decoder_input_output_embed ? 1 : 2) * number(target_vocabulary) * to;
  }
  return own + number(decoder.layers) * (2 * to * to + 2 * from * to) +
         number(encoder.layers) * layer_parameters(encoder, gated) + number(source_vocabulary) * from +
         (share_all_embeddings ? 0 : number(target_vocabulary) * to);
}

}  // namespace rotor
