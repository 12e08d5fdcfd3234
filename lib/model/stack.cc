#include "model/stack.h"

#include <algorithm>

#include "attention/ssru.h"
#include "autograd/elementwise.h"
#include "autograd/packing.h"
#include "autograd/recompute.h"
#include "model/position_sizes.h"

namespace rotor {
namespace {

float rate(double number) {
  return static_cast<float>(number);
}

std::unique_ptr<AttentionLayer> self_attention(const StackOptions& stack, const LayerOptions& options,
                                               std::shared_ptr<const PositionEncoding> position, uint64_t seed) {
  if (stack.autoreg == kSsru) return std::make_unique<Ssru>(stack.embed_dim);
  const int64_t keys = stack.key_value_heads == 0 ? stack.attention_heads : stack.key_value_heads;
  const AttentionWidths widths{stack.embed_dim, stack.embed_dim, stack.attention_heads, keys};
  return std::make_unique<MultiHeadAttention>(widths, options.attention, std::move(position), seed);
}

/// Attention to a memory is softmax attention to all of it.
AttentionOptions to_memory(const AttentionOptions& self) {
  return {.bias = self.bias, .dropout = self.dropout};
}

}  // namespace

void StackState::select(std::span<const int64_t> rows) {
  for (LayerState& layer : layers) layer.self->select(rows);
}

void StackState::select_memory(std::span<const int64_t> rows) {
  std::vector<int32_t> lengths;
  for (const int64_t row : rows) lengths.push_back(memory_lengths[row]);
  memory_lengths = std::move(lengths);
  for (LayerState& layer : layers) layer.memory->select(rows);
}

Layer::Layer(const StackOptions& stack, const LayerOptions& options, int64_t memory_width,
             const LayerPositions& positions, uint64_t seed)
    : self_attention_(self_attention(stack, options, positions.self, seed)),
      self_residual_(stack.embed_dim, options.norm, stack.normalize_before, rate(options.dropout)),
      feed_forward_(stack.embed_dim, stack.ffn_embed_dim, activation(options.activation_fn), options.ffn_bias,
                    rate(options.activation_dropout)),
      feed_forward_residual_(stack.embed_dim, options.norm, stack.normalize_before, rate(options.dropout)) {
  part("self_attn", *self_attention_);
  if (positions.own) part("self_attn.position", *positions.self);
  part("self_attn_layer_norm", self_residual_);
  if (memory_width > 0) {
    to_memory_.reset(new ToMemory{{{stack.embed_dim, memory_width, stack.attention_heads, stack.attention_heads},
                                   to_memory(options.attention),
                                   positions.memory},
                                  {stack.embed_dim, options.norm, stack.normalize_before, rate(options.dropout)}});
    part("encoder_attn", to_memory_->attention);
    part("encoder_attn_layer_norm", to_memory_->residual);
  }
  part("fc1", feed_forward_.fc1);
  part("fc2", feed_forward_.fc2);
  if (feed_forward_.fc3) part("fc3", *feed_forward_.fc3);
  part("final_layer_norm", feed_forward_residual_);
}

Variable Layer::self(const Variable& x, const Pass& pass, AttentionState& state) const {
  return self_residual_(x, [&](const Variable& in) {
    self_attention_->absorb(in, pass.at, state, pass.packing);
    return self_attention_->attend(in, pass.at, pass.self, state, pass.packing);
  });
}

Variable Layer::operator()(const Variable& x, const Pass& pass, const Memory* memory) const {
  const auto own = self_attention_->kernel().once(pass.self);
  Variable y = self(x, pass, *own);
  if (to_memory_) {
    const auto state = to_memory_->attention.kernel().once(pass.memory);
    to_memory_->attention.absorb(memory->x, {0, memory->packing.length()}, *state, memory->packing);
    y = to_memory_->residual(y, [&](const Variable& in) {
      return to_memory_->attention.attend(in, pass.at, pass.memory, *state, pass.packing);
    });
  }
  return feed_forward_residual_(y, feed_forward_);
}

LayerState Layer::start(const Memory* memory) const {
  LayerState state{.self = self_attention_->kernel().cache()};
  if (to_memory_) {
    state.memory = to_memory_->attention.kernel().memory();
    to_memory_->attention.absorb(memory->x, {0, memory->packing.length()}, *state.memory, memory->packing);
  }
  return state;
}

Variable Layer::decode(const Variable& x, const Pass& pass, LayerState& state) const {
  Variable y = self(x, pass, *state.self);
  if (to_memory_) {
    y = to_memory_->residual(y, [&](const Variable& in) {
      if (state.keeps_weights) {
        state.weights = to_memory_->attention.weights(in, pass.at, pass.memory, *state.memory);
      }
      return to_memory_->attention.attend(in, pass.at, pass.memory, *state.memory, pass.packing);
    });
  }
  return feed_forward_residual_(y, feed_forward_);
}

Stack::Stack(const StackOptions& stack, const LayerOptions& options, bool causal, int64_t memory_width,
             std::shared_ptr<const Embedding> embedding)
    : causal_(causal),
      embedding_(std::move(embedding)),
      dropout_(rate(options.dropout)),
      word_dropout_(rate(stack.word_dropout)),
      layerdrop_(rate(stack.layerdrop)) {
  positions_ = make_positions(stack, options);
  for (int64_t i = 0; i < stack.layers; ++i) {
    layers_.push_back(std::make_unique<Layer>(stack, options, memory_width, positions_[i], static_cast<uint64_t>(i)));
  }
  if (options.token_types > 0) {
    token_types_ = std::make_unique<Embedding>(options.token_types, stack.embed_dim, Embedding::kNoPadding, 1.f);
    part("embed_token_types", *token_types_);
  }
  if (options.layernorm_embedding) {
    embedding_norm_ = std::make_unique<Norm>(stack.embed_dim, options.norm);
    part("layernorm_embedding", *embedding_norm_);
  }
  if (!positions_[0].own) part("position", *positions_[0].self);
  for (size_t i = 0; i < layers_.size(); ++i) part(fmt::format("layers.{}", i), *layers_[i]);
  if (stack.normalize_before) {
    last_norm_ = std::make_unique<Norm>(stack.embed_dim, options.norm);
    part("layer_norm", *last_norm_);
  }
}

std::vector<LayerPositions> Stack::make_positions(const StackOptions& stack, const LayerOptions& options) const {
  const std::string& name = options.position_encoding(stack);
  const PositionEncodingRow& row = position_encoding(name);
  const bool own = row.owner == PositionEncodingRow::Owner::kLayer;
  const auto none = std::make_shared<PositionEncoding>();
  const auto memory = cross_attention_encoding(name, options.position, {stack.embed_dim, stack.attention_heads});
  const int64_t without = options.no_position_every(stack);
  std::vector<LayerPositions> positions;
  for (int64_t i = 0; i < stack.layers; ++i) {
    const bool has_none = without > 0 && (i + 1) % without == 0;
    if (has_none) {
      positions.push_back({none, false, none});
    } else {
      const bool make = own || i == 0;
      const StackSizes sizes = position_sizes(stack, options, causal_);
      positions.push_back({make ? row.make(options.position, sizes) : positions[0].self, own, memory});
    }
  }
  return positions;
}

int64_t Stack::max_positions() const {
  int64_t most = kUnlimitedPositions;
  for (const auto& position : positions_) most = std::min(most, position.self->max_positions());
  return most;
}

Variable Stack::look_up(const TokenBatch& tokens) const {
  const Shape shape{tokens.rows, tokens.length, -1};
  const Variable x = reshape((*embedding_)(tokens.ids, word_dropout_), shape);
  if (!token_types_) return x;
  const std::vector<int32_t> first(tokens.types.empty() ? tokens.ids.size() : 0, 0);
  return add(x, reshape((*token_types_)(first.empty() ? tokens.types : first), shape));
}

Variable Stack::embed(const TokenBatch& tokens, Range at) const {
  const Variable x = positions_[0].self->on_input(look_up(tokens), at);
  return dropout(embedding_norm_ ? (*embedding_norm_)(x) : x, dropout_);
}

std::vector<const Layer*> Stack::layers_of_pass() const {
  const bool drops = layerdrop_ > 0 && recording();
  std::vector<const Layer*> pass;
  for (const auto& layer : layers_) {
    if (!drops || Random(next_random_key()).uniform() >= layerdrop_) pass.push_back(layer.get());
  }
  return pass;
}

Variable Stack::operator()(const TokenBatch& tokens, const Packing& packing, const Memory* memory,
                           Activations activations) const {
  Pass pass{{0, tokens.length}, packing, {{}, tokens.lengths, causal_}, {{}, tokens.lengths}};
  if (!causal_) pass.self.key_lengths = tokens.lengths;
  if (memory) pass.memory.key_lengths = memory->lengths;
  Variable x = pack(embed(tokens, pass.at), packing);
  for (const Layer* layer : layers_of_pass()) {
    if (activations == Activations::kKept) {
      x = (*layer)(x, pass, memory);
    } else if (memory) {
      x = recompute({x, memory->x}, [=, packed = memory->packing, lengths = memory->lengths](auto in) {
        const Memory again{in[1], packed, lengths};
        return (*layer)(in[0], pass, &again);
      });
    } else {
      x = recompute({x}, [=](auto in) { return (*layer)(in[0], pass, nullptr); });
    }
  }
  return finish(x);
}

StackState Stack::start(const Memory* memory) const {
  StackState state;
  if (memory) state.memory_lengths = memory->lengths;
  for (const auto& layer : layers_) state.layers.push_back(layer->start(memory));
  return state;
}

Variable Stack::decode(const TokenBatch& tokens, StackState& state) const {
  const Pass pass{{state.length, tokens.length},
                  {},
                  {{}, tokens.lengths, /*causal=*/true, state.length},
                  {state.memory_lengths, {}}};
  Variable x = embed(tokens, pass.at);
  for (size_t i = 0; i < layers_.size(); ++i) x = layers_[i]->decode(x, pass, state.layers[i]);
  state.length = pass.at.end();
  return finish(x);
}

}  // namespace rotor
