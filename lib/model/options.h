// The options that define a model: its task, the sizes of its stacks, what their layers share, and vocabularies. A
// model file holds all of them, including those left at their defaults.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attention/options.h"
#include "base/options.h"
#include "nn/norm.h"
#include "position/options.h"
#include "text/special_tokens.h"
#include "text/task.h"

namespace rotor {

/// The value of --decoder-autoreg with which an SSRU (attention/ssru.h) takes the place of self-attention.
inline constexpr const char* kSsru = "ssru";

inline constexpr int64_t kMostLayers = 10000;  ///< of a stack

/// The sizes of one stack of layers, and what it does not share with others.
struct StackOptions {
  int64_t layers = 6, embed_dim = 512, ffn_embed_dim = 2048, attention_heads = 8;
  int64_t key_value_heads = 0;  ///< heads of keys and values; 0: as many as of queries
  bool normalize_before = false;
  double layerdrop = 0, word_dropout = 0;
  std::string position_encoding;           ///< empty: that of all stacks
  int64_t no_position_every = -1;          ///< negative: that of all stacks
  std::string autoreg = "self-attention";  ///< of decoders: what stands for self-attention

  /// Adds the options that begin with the stack's name, "encoder" or "decoder".
  void describe(Options& options, const std::string& name);
};

/// The options that the layers of all stacks of a model share.
struct LayerOptions {
  std::string activation_fn = "relu";
  NormOptions norm;
  AttentionOptions attention;
  bool ffn_bias = true;              ///< of the feed-forward layers
  bool scale_embedding = true;       ///< token vectors are multiplied by √D
  bool layernorm_embedding = false;  ///< a norm of the embeddings, before their dropout
  int64_t token_types = 0;           ///< kinds of segments, with a vector each; 0: none
  double dropout = 0.1, activation_dropout = 0;
  PositionOptions position;

  /// The name of one stack's position encoding.
  const std::string& position_encoding(const StackOptions& stack) const {
    return stack.position_encoding.empty() ? position.encoding : stack.position_encoding;
  }
  /// Every so many layers of one stack have no positions; 0: all have them.
  int64_t no_position_every(const StackOptions& stack) const {
    return stack.no_position_every < 0 ? position.no_position_every : stack.no_position_every;
  }
};

/// What a model of sentences as wholes makes of its encoder's features.
struct HeadOptions {
  std::string kind = "bert";             ///< one of head_names()
  std::string pooling = "first";         ///< of the features of a row: those of its first token, or their "mean"
  bool normalize = false;                ///< of sentence encoders: vectors are scaled to the length 1
  std::vector<std::string> labels = {};  ///< the classes; none: one number is predicted. Taken from the corpus

  int64_t outputs() const { return labels.empty() ? 1 : static_cast<int64_t>(labels.size()); }
};

/// A language model is a decoder without a source; a masked language model and a model of sentences are an encoder
/// without a target.
struct TransformerOptions : LayerOptions {
  /// The greatest whole number of a model: no size is near it, and no product of two overflows.
  static constexpr int64_t kMost = int64_t{1} << 28;

  std::string task = kTranslation;  ///< taken from the corpus; not on the command line
  std::string arch = "transformer_base";
  StackOptions encoder, decoder;
  HeadOptions head;
  double initial_deviation = 0;  ///< of all weights at the start, as of BERT's; 0: each layer has its own start
  /// The embedding matrices that are shared: all three, or the decoder's input and output. Separate vocabularies switch
  /// the first off.
  bool share_all_embeddings = true, share_decoder_input_output_embed = true;
  bool output_bias = false;  ///< of the scores of tokens that a decoder predicts
  // Taken from the corpus; not on the command line.
  int64_t source_vocabulary = 0, target_vocabulary = 0;  ///< number of entries
  SpecialTokens tokens;

  bool has_encoder() const { return task != kLanguageModeling; }
  bool has_decoder() const { return task == kTranslation || task == kLanguageModeling; }
  /// Whether the model predicts something of a row as a whole.
  bool has_head() const { return task == kSentencePrediction || task == kSentenceRanking; }
  /// Whether the model makes one vector of a row's features.
  bool pools() const { return has_head() || task == kSentenceEncoding; }
  /// The stacks that the model has.
  std::vector<const StackOptions*> stacks() const;

  /// Adds the options of the groups "Model" and "Position".
  void describe(Options& options);

  /// Sets the sizes of a named architecture.
  void apply_architecture(const std::string& name);
  /// The architecture that a task has by default.
  static std::string default_architecture(const std::string& task);

  /// Impossible values and combinations are a UsageError.
  void check() const;

  /// The number of parameters, or somewhat fewer: of all matrices but those of the position encodings. A model of these
  /// options need not be made for it, and it does not overflow.
  double least_parameters() const;

  /// The options as the `config` of a model file: a JSON object with names in snake case.
  std::string to_config() const;
  static TransformerOptions from_config(const std::string& text, const std::string& origin);

 private:
  /// BERT's forms, apart from its sizes (Devlin et al. 2019).
  void apply_bert();
  void describe_sharing(Options& options);
  void describe_head(Options& options);
  void describe_positions(Options& options);
  void describe_layers_without_positions(Options& options);
  void describe_cross_positions(Options& options);
};

/// The names of the heads of models of whole sentences (model/classifier.h).
std::vector<std::string> head_names();

}  // namespace rotor
