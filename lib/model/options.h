// The options that define a Transformer: its sizes, norms and activation, vocabularies and position encodings. A model
// file holds all of them, including those left at their defaults.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/options.h"
#include "position/options.h"

namespace rotor {

struct TransformerOptions {
  std::string arch = "transformer_base";
  int64_t encoder_layers = 6, encoder_embed_dim = 512, encoder_ffn_embed_dim = 2048, encoder_attention_heads = 8;
  int64_t decoder_layers = 6, decoder_embed_dim = 512, decoder_ffn_embed_dim = 2048, decoder_attention_heads = 8;
  bool encoder_normalize_before = false, decoder_normalize_before = false;
  std::string activation_fn = "relu";
  double dropout = 0.1, attention_dropout = 0, activation_dropout = 0;
  double encoder_layerdrop = 0, decoder_layerdrop = 0;
  double encoder_word_dropout = 0, decoder_word_dropout = 0;
  std::string attention = "softmax";
  /// The embedding matrices that are shared: all three, or the decoder's input and output. Separate vocabularies switch
  /// the first off.
  bool share_all_embeddings = true, share_decoder_input_output_embed = true;
  PositionOptions position;
  int64_t source_vocabulary = 0,
          target_vocabulary = 0;  ///< number of entries, taken from the corpus; not on the command line

  /// Adds the options of the groups "Model" and "Position".
  void describe(Options& options);

  /// Sets the sizes of a named architecture.
  void apply_architecture(const std::string& name);

  /// Impossible values and combinations are a UsageError.
  void check() const;

  /// The number of parameters, or somewhat fewer: of all matrices but those of the position encodings. A model of these
  /// options need not be made for it, and it does not overflow.
  double least_parameters() const;

  /// The options as the `config` of a model file: a JSON object with names in snake case.
  std::string to_config() const;
  static TransformerOptions from_config(const std::string& text, const std::string& origin);
};

std::vector<std::string> architecture_names();

}  // namespace rotor
