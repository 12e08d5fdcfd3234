// Everything that decides what a Transformer is: its sizes, its norms and activation, its vocabularies and its position
// encodings. A model file holds all of it, defaults too.
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
  /// Which matrices are one: all three, or the decoder's input and output. Off with separate vocabularies.
  bool share_all_embeddings = true, share_decoder_input_output_embed = true;
  PositionOptions position;
  int64_t source_vocabulary = 0, target_vocabulary = 0;  ///< entries, from the corpus; not on the command line

  /// Adds the options of the groups "Model" and "Position".
  void describe(Options& options);

  /// Sets the sizes of a named architecture.
  void apply_architecture(const std::string& name);

  /// Refuses impossible combinations.
  void check() const;

  /// As a model file's `config`: a JSON object in snake case, and back.
  std::string to_config() const;
  static TransformerOptions from_config(const std::string& text, const std::string& origin);
};

std::vector<std::string> architecture_names();

}  // namespace rotor
