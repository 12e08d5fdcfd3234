// Stack: embedded tokens with positions pass through layers of self-attention, of attention to a memory if the stack is
// given one, and of feed-forward. The same layers serve training, which sees all tokens in one pass, and decoding,
// which adds tokens to a state.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "attention/multi_head.h"
#include "model/options.h"
#include "nn/embedding.h"
#include "nn/feed_forward.h"
#include "nn/norm.h"
#include "text/token_batch.h"

namespace rotor {

/// The activations that training keeps of a layer for the backward pass: all, or only the layer's inputs, from which
/// the others are recomputed.
enum class Activations { kKept, kRecomputed };

/// The sequences that a stack attends to beside its own: x [rows, T, width], packed.
struct Memory {
  Variable x;
  Packing packing;
  std::vector<int32_t> lengths;
};

/// The states of a layer's attentions, with all that they have absorbed.
struct LayerState {
  std::unique_ptr<AttentionState> self;
  std::unique_ptr<AttentionMemory> memory = nullptr;
  bool keeps_weights = false;
  Tensor weights = {};  ///< weights of the tokens fed last to the memory, if they are kept
};

/// The state of decoding: everything that the attentions of every layer have absorbed.
struct StackState {
  std::vector<LayerState> layers;
  std::vector<int32_t> memory_lengths;
  int64_t length = 0;  ///< number of tokens so far

  /// Replaces each row r by the former row rows[r]. The memory stays: each of its rows must keep the same number of
  /// rows, next to each other.
  void select(std::span<const int64_t> rows);

  /// Keeps only these rows of the memory; select() then chooses the rows that attend to them.
  void select_memory(std::span<const int64_t> rows);

  /// Makes every later decode() store its attention().
  void keep_attention() { layers.back().keeps_weights = true; }

  /// Weights of the last layer's attention to the memory for the tokens fed last, averaged over heads (fairseq's
  /// alignment): [rows · tokens, longest of memory], zero past a row's end.
  const Tensor& attention() const { return layers.back().weights; }
};

/// The tokens of one pass: their positions, how they are packed, and the keys that they may see.
struct Pass {
  Range at;
  Packing packing;
  AttentionMask self, memory;
};

/// The position encodings of a layer's attentions.
struct LayerPositions {
  std::shared_ptr<PositionEncoding> self;
  bool own = false;  ///< whether `self` belongs to the layer; if not, the stack has it
  std::shared_ptr<const PositionEncoding> memory;
};

class Layer : public Module {
 public:
  /// `memory_width` is 0 without a memory; `seed` is that of what its attention draws.
  Layer(const StackOptions& stack, const LayerOptions& options, int64_t memory_width, const LayerPositions& positions,
        uint64_t seed);

  /// All tokens in one pass: x [rows, T, D], packed. `memory` is null without one.
  Variable operator()(const Variable& x, const Pass& pass, const Memory* memory) const;

  /// The next tokens of a state: x [rows, T, D].
  Variable decode(const Variable& x, const Pass& pass, LayerState& state) const;

  /// The state of a layer that has absorbed the memory and no token.
  LayerState start(const Memory* memory) const;

 private:
  /// The part of a layer that attends to a memory.
  struct ToMemory {
    MultiHeadAttention attention;
    Residual residual;
  };

  Variable self(const Variable& x, const Pass& pass, AttentionState& state) const;

  std::unique_ptr<AttentionLayer> self_attention_;
  Residual self_residual_;
  std::unique_ptr<ToMemory> to_memory_;
  FeedForward feed_forward_;
  Residual feed_forward_residual_;
};

class Stack : public Module {
 public:
  /// Queries of a causal stack see no later token. `memory_width` is 0 without a memory.
  Stack(const StackOptions& stack, const LayerOptions& options, bool causal, int64_t memory_width,
        std::shared_ptr<const Embedding> embedding);

  /// The features of all tokens in one pass, [rows, T, D], packed.
  Variable operator()(const TokenBatch& tokens, const Packing& packing, const Memory* memory,
                      Activations activations) const;

  /// The state before the first token.
  StackState start(const Memory* memory) const;

  /// Feeds the next tokens to the state; returns their features [rows, T, D].
  Variable decode(const TokenBatch& tokens, StackState& state) const;

  /// The most tokens of a sentence, </s> counted, that its position encodings serve.
  int64_t max_positions() const;

 private:
  /// Maps tokens to their vectors, and those of their types, [rows, T, D].
  Variable look_up(const TokenBatch& tokens) const;
  /// Maps tokens at positions at.begin … to their embeddings [rows, T, D].
  Variable embed(const TokenBatch& tokens, Range at) const;
  /// The encodings of every layer, by the options.
  std::vector<LayerPositions> make_positions(const StackOptions& stack, const LayerOptions& options) const;
  /// The layers of one pass: all of them, but in training without those that LayerDrop leaves out (Fan et al. 2020).
  std::vector<const Layer*> layers_of_pass() const;
  Variable finish(const Variable& x) const { return last_norm_ ? (*last_norm_)(x) : x; }

  bool causal_;
  std::shared_ptr<const Embedding> embedding_;
  std::unique_ptr<Embedding> token_types_;
  std::unique_ptr<Norm> embedding_norm_;
  std::vector<LayerPositions> positions_;  ///< one for each layer; often the same one
  std::vector<std::unique_ptr<Layer>> layers_;
  std::unique_ptr<Norm> last_norm_;
  float dropout_, word_dropout_, layerdrop_;
};

}  // namespace rotor
