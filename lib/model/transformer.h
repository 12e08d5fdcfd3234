// The Transformer (Vaswani et al. 2017): an encoder reads the source, a decoder predicts the target token by token. The
// same layers train and decode: training decodes a whole target from an empty state, translation decodes one token at a
// time and adds each to the state. Parameters have fairseq's names.
//
//   Variable features = model.features(source, decoder_input);   // training: [tokens, D]
//
//   DecoderState state = model.start(model.encode(source), source.lengths);
//   Variable features = model.decode(decoder_input, state);   // [rows, T, D]
//   Variable scores = model.logits(features);                 // [rows, T, V]
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "attention/multi_head.h"
#include "model/options.h"
#include "nn/layers.h"
#include "text/token_batch.h"

namespace rotor {

/// The state of decoding: everything that the attentions of every layer have absorbed.
struct DecoderState {
  struct Layer {
    std::unique_ptr<AttentionState> self, cross;
    bool keeps_weights = false;
    Tensor weights = {};  ///< cross-attention weights of the tokens fed last, if they are kept
  };
  std::vector<Layer> layers;
  std::vector<int32_t> source_lengths;
  int64_t length = 0;  ///< number of target tokens so far

  /// Replaces each hypothesis r by the former hypothesis rows[r]. The sources stay: every source must keep the same
  /// number of hypotheses, next to each other.
  void select(std::span<const int64_t> rows);

  /// Makes every later decode() and step() store its attention().
  void keep_attention() { layers.back().keeps_weights = true; }

  /// Cross-attention weights of the last layer for the tokens fed last, averaged over heads (fairseq's alignment):
  /// [rows · tokens, longest source], zero past a source's end.
  const Tensor& attention() const { return layers.back().weights; }

  /// Keeps only these sources; select() then chooses their hypotheses.
  void select_sources(std::span<const int64_t> sources);
};

/// The activations that training keeps of a layer for the backward pass: all, or only the layer's inputs, from which
/// the others are recomputed.
enum class Activations { kKept, kRecomputed };

class EncoderLayer : public Module {
 public:
  EncoderLayer(const TransformerOptions& options, std::shared_ptr<const PositionEncoding> position,
               const PositionEncoding* own_position);
  /// x [rows, T, D], packed.
  Variable operator()(const Variable& x, const AttentionMask& mask, const Packing& packing) const;

 private:
  MultiHeadAttention self_attention_;
  Residual attention_residual_;
  FeedForward feed_forward_;
  Residual feed_forward_residual_;
};

class DecoderLayer : public Module {
 public:
  DecoderLayer(const TransformerOptions& options, std::shared_ptr<const PositionEncoding> position,
               const PositionEncoding* own_position);
  /// x [rows, T, D], packed; the number of rows is that of the state, or a multiple of the number of its sources.
  Variable operator()(const Variable& x, Range at, const AttentionMask& self_mask, const AttentionMask& cross_mask,
                      DecoderState::Layer& state, const Packing& packing) const;
  /// Processes one token of each row, x [rows, D], with prepacked weights.
  Tensor step(const Tensor& x, Range at, std::span<const int32_t> source_lengths, DecoderState::Layer& state) const;
  /// The state of a layer that has absorbed the encoded sources, packed, and no target.
  DecoderState::Layer start(const Variable& encoded, const Packing& packing) const;

 private:
  MultiHeadAttention self_attention_;
  Residual attention_residual_;
  MultiHeadAttention cross_attention_;
  Residual cross_residual_;
  FeedForward feed_forward_;
  Residual feed_forward_residual_;
};

/// The common part of encoder and decoder: embedded tokens with positions pass through layers, and through a last norm
/// if norms come first.
template <typename Layer>
class Stack : public Module {
 public:
  Stack(const TransformerOptions& options, bool decoder, std::shared_ptr<const Embedding> embedding);

  /// The most tokens of a sentence, </s> counted, that its position encodings serve.
  int64_t max_positions() const;

  /// Maps tokens at positions at.begin … to their embeddings [rows, T, D].
  Variable embed(const TokenBatch& tokens, Range at) const;
  Variable finish(const Variable& x) const { return last_norm_ ? (*last_norm_)(x) : x; }
  const std::vector<std::unique_ptr<Layer>>& layers() const { return layers_; }
  /// The layers of one pass: all of them, but in training without those that LayerDrop leaves out (Fan et al. 2020).
  std::vector<const Layer*> layers_of_pass() const;

 private:
  std::shared_ptr<const Embedding> embedding_;
  std::vector<std::shared_ptr<const PositionEncoding>> positions_;  // one for each layer; often the same one
  std::vector<std::unique_ptr<Layer>> layers_;
  std::unique_ptr<LayerNorm> last_norm_;
  float dropout_, word_dropout_, layerdrop_;
};

class Transformer : public Module {
 public:
  explicit Transformer(const TransformerOptions& options);

  /// Features [tokens, D] of all target tokens for training, computed in one pass, row after row without the padding.
  Variable features(const TokenBatch& source, const TokenBatch& decoder_input,
                    Activations activations = Activations::kKept) const;

  /// Encodes sources with their </s> -> [rows, T, D of the encoder].
  Variable encode(const TokenBatch& source) const;

  /// The state of the decoder before the first target token of these encoded sources.
  DecoderState start(const Variable& encoded, std::vector<int32_t> source_lengths) const;

  /// Feeds the next tokens, with the same number of rows for each source (a source's hypotheses next to each other),
  /// and returns features [rows, T, D] for output().
  Variable decode(const TokenBatch& tokens, DecoderState& state) const;

  /// Decodes one token of each row, for search: features [rows, D]. With prepacked weights it spends little time
  /// outside the products.
  Tensor step(std::span<const int32_t> tokens, DecoderState& state) const;

  /// The matrix [V, D] that maps features to scores of tokens.
  const Variable& output() const { return output_->weight; }
  Variable logits(const Variable& features) const;

  /// Makes fix_weights() pack the rows of output() for these tokens only: logits() of the others are −∞ then.
  void limit_words(std::vector<int32_t> words) { words_ = std::move(words); }

  const TransformerOptions& options() const { return options_; }

  /// The most tokens of a source and of a target, </s> counted, that the stacks' position encodings serve.
  int64_t max_source_positions() const;
  int64_t max_target_positions() const;

 protected:
  bool fix_own_weights(WeightType type) const override;

 private:
  Variable encode_packed(const TokenBatch& source, const Packing& packing, Activations activations) const;

  TransformerOptions options_;
  std::shared_ptr<const Embedding> source_embedding_, target_embedding_, output_;
  Stack<EncoderLayer> encoder_;
  Stack<DecoderLayer> decoder_;
  mutable std::unique_ptr<PackedWeights> packed_output_;
  std::vector<int32_t> words_;  ///< tokens that packed_output_ holds; empty: all
};

}  // namespace rotor
