#include "model/transformer.h"

#include <algorithm>
#include <cmath>

#include "autograd/elementwise.h"
#include "autograd/recompute.h"
#include "position/table.h"

namespace rotor {
namespace {

std::shared_ptr<const PositionEncoding> no_position() {
  return std::make_shared<PositionEncoding>();
}

std::shared_ptr<const AttentionKernel> kernel(const std::string& name) {
  return make_attention(name);
}

MultiHeadAttention self_attention(const TransformerOptions& o, int64_t width, int64_t heads,
                                  std::shared_ptr<const PositionEncoding> position) {
  return {width, width, heads, std::move(position), kernel(o.attention), static_cast<float>(o.attention_dropout)};
}

FeedForward feed_forward(const TransformerOptions& o, int64_t width, int64_t inner) {
  return {width, inner, o.activation_fn == "gelu" ? Activation::kGelu : Activation::kRelu,
          static_cast<float>(o.activation_dropout)};
}

}  // namespace

void DecoderState::select(std::span<const int64_t> rows) {
  for (Layer& layer : layers) layer.self->select(rows);
}

void DecoderState::select_sources(std::span<const int64_t> sources) {
  std::vector<int32_t> lengths;
  for (int64_t source : sources) lengths.push_back(source_lengths[source]);
  source_lengths = std::move(lengths);
  for (Layer& layer : layers) layer.cross->select(sources);
}

EncoderLayer::EncoderLayer(const TransformerOptions& o, std::shared_ptr<const PositionEncoding> position,
                           const PositionEncoding* own_position)
    : self_attention_(self_attention(o, o.encoder_embed_dim, o.encoder_attention_heads, std::move(position))),
      attention_residual_(o.encoder_embed_dim, o.encoder_normalize_before, static_cast<float>(o.dropout)),
      feed_forward_(feed_forward(o, o.encoder_embed_dim, o.encoder_ffn_embed_dim)),
      feed_forward_residual_(o.encoder_embed_dim, o.encoder_normalize_before, static_cast<float>(o.dropout)) {
  part("self_attn", self_attention_);
  if (own_position) part("self_attn.position", *own_position);
  part("self_attn_layer_norm", attention_residual_);
  part("fc1", feed_forward_.fc1);
  part("fc2", feed_forward_.fc2);
  part("final_layer_norm", feed_forward_residual_);
}

Variable EncoderLayer::operator()(const Variable& x, const AttentionMask& mask, const Packing& packing) const {
  const Range at{0, packing.length()};
  const Variable y = attention_residual_(x, [&](const Variable& in) {
    const auto state = self_attention_.start();
    self_attention_.absorb(in, at, *state, packing);
    return self_attention_.attend(in, at, mask, *state, packing);
  });
  return feed_forward_residual_(y, feed_forward_);
}

DecoderLayer::DecoderLayer(const TransformerOptions& o, std::shared_ptr<const PositionEncoding> position,
                           const PositionEncoding* own_position)
    : self_attention_(self_attention(o, o.decoder_embed_dim, o.decoder_attention_heads, std::move(position))),
      attention_residual_(o.decoder_embed_dim, o.decoder_normalize_before, static_cast<float>(o.dropout)),
      cross_attention_(o.decoder_embed_dim, o.encoder_embed_dim, o.decoder_attention_heads, no_position(),
                       kernel("softmax"), static_cast<float>(o.attention_dropout)),
      cross_residual_(o.decoder_embed_dim, o.decoder_normalize_before, static_cast<float>(o.dropout)),
      feed_forward_(feed_forward(o, o.decoder_embed_dim, o.decoder_ffn_embed_dim)),
      feed_forward_residual_(o.decoder_embed_dim, o.decoder_normalize_before, static_cast<float>(o.dropout)) {
  part("self_attn", self_attention_);
  if (own_position) part("self_attn.position", *own_position);
  part("self_attn_layer_norm", attention_residual_);
  part("encoder_attn", cross_attention_);
  part("encoder_attn_layer_norm", cross_residual_);
  part("fc1", feed_forward_.fc1);
  part("fc2", feed_forward_.fc2);
  part("final_layer_norm", feed_forward_residual_);
}

DecoderState::Layer DecoderLayer::start(const Variable& encoded, const Packing& packing) const {
  DecoderState::Layer state{.self = self_attention_.start(), .cross = cross_attention_.start()};
  cross_attention_.absorb(encoded, {0, packing.length()}, *state.cross, packing);
  return state;
}

Variable DecoderLayer::operator()(const Variable& x, Range at, const AttentionMask& self_mask,
                                  const AttentionMask& cross_mask, DecoderState::Layer& state,
                                  const Packing& packing) const {
  const auto weights = [&](const Tensor& in) {
    return cross_attention_.memory_weights(in, at, cross_mask.key_lengths, *state.cross);
  };
  Variable y = attention_residual_(x, [&](const Variable& in) {
    self_attention_.absorb(in, at, *state.self, packing);
    return self_attention_.attend(in, at, self_mask, *state.self, packing);
  });
  y = cross_residual_(y, [&](const Variable& in) {
    if (packing.active()) return cross_attention_.attend(in, at, cross_mask, *state.cross, packing);
    // The hypotheses of one source are so many queries to the same keys: [rows, T, D] -> [sources, hypotheses · T, D].
    if (state.keeps_weights) state.weights = weights(in.value().reshape({-1, in.size(2)}));
    const Variable queries = reshape(in, {state.cross->rows(), -1, in.size(2)});
    return reshape(cross_attention_.attend(queries, at, cross_mask, *state.cross), in.shape());
  });
  return feed_forward_residual_(y, feed_forward_);
}

Tensor DecoderLayer::step(const Tensor& x, Range at, std::span<const int32_t> source_lengths,
                          DecoderState::Layer& state) const {
  Tensor y = attention_residual_.step(x, [&](const Tensor& in) { return self_attention_.step(in, at, *state.self); });
  y = cross_residual_.step(y, [&](const Tensor& in) {
    if (state.keeps_weights) state.weights = cross_attention_.memory_weights(in, at, source_lengths, *state.cross);
    return cross_attention_.step_memory(in, at, source_lengths, *state.cross);
  });
  return feed_forward_residual_.step(y, [&](const Tensor& in) { return feed_forward_.step(in); });
}

template <typename Layer>
Stack<Layer>::Stack(const TransformerOptions& o, bool decoder, std::shared_ptr<const Embedding> embedding)
    : embedding_(std::move(embedding)),
      dropout_(static_cast<float>(o.dropout)),
      word_dropout_(static_cast<float>(decoder ? o.decoder_word_dropout : o.encoder_word_dropout)),
      layerdrop_(static_cast<float>(decoder ? o.decoder_layerdrop : o.encoder_layerdrop)) {
  const PositionEncodingRow& row = position_encoding(o.position.of_stack(decoder));
  const StackSizes sizes{decoder ? o.decoder_embed_dim : o.encoder_embed_dim,
                         decoder ? o.decoder_attention_heads : o.encoder_attention_heads, decoder};
  const bool shared = row.owner == PositionEncodingRow::Owner::kStack;
  for (int64_t i = 0; i < (decoder ? o.decoder_layers : o.encoder_layers); ++i) {
    positions_.push_back(shared && i > 0 ? positions_[0] : row.make(o.position, sizes));
    layers_.push_back(std::make_unique<Layer>(o, positions_[i], shared ? nullptr : positions_[i].get()));
  }
  if (shared) part("position", *positions_[0]);
  for (size_t i = 0; i < layers_.size(); ++i) part(fmt::format("layers.{}", i), *layers_[i]);
  if (decoder ? o.decoder_normalize_before : o.encoder_normalize_before) {
    last_norm_ = std::make_unique<LayerNorm>(sizes.width);
    part("layer_norm", *last_norm_);
  }
}

template <typename Layer>
int64_t Stack<Layer>::max_positions() const {
  int64_t most = kUnlimitedPositions;
  for (const auto& position : positions_) most = std::min(most, position->max_positions());
  return most;
}

template <typename Layer>
Variable Stack<Layer>::embed(const TokenBatch& tokens, Range at) const {
  const Variable x = reshape((*embedding_)(tokens.ids, word_dropout_), {tokens.rows, tokens.length, -1});
  return dropout(positions_[0]->on_input(x, at), dropout_);
}

template <typename Layer>
std::vector<const Layer*> Stack<Layer>::layers_of_pass() const {
  const bool drops = layerdrop_ > 0 && recording();
  std::vector<const Layer*> pass;
  for (const auto& layer : layers_) {
    if (!drops || Random(next_random_key()).uniform() >= layerdrop_) pass.push_back(layer.get());
  }
  return pass;
}

Transformer::Transformer(const TransformerOptions& o)
    : options_((o.check(), o)),
      source_embedding_(std::make_shared<Embedding>(o.source_vocabulary, o.encoder_embed_dim, kPad)),
      target_embedding_(o.share_all_embeddings
                            ? source_embedding_
                            : std::make_shared<Embedding>(o.target_vocabulary, o.decoder_embed_dim, kPad)),
      output_(o.share_all_embeddings || o.share_decoder_input_output_embed
                  ? target_embedding_
                  : std::make_shared<Embedding>(o.target_vocabulary, o.decoder_embed_dim, kPad)),
      encoder_(o, false, source_embedding_),
      decoder_(o, true, target_embedding_) {
  part("encoder.embed_tokens", *source_embedding_);
  part("encoder", encoder_);
  if (target_embedding_ != source_embedding_) part("decoder.embed_tokens", *target_embedding_);
  part("decoder", decoder_);
  if (output_ != target_embedding_) part("decoder.output_projection", *output_);
}

int64_t Transformer::max_source_positions() const {
  return encoder_.max_positions();
}

int64_t Transformer::max_target_positions() const {
  return decoder_.max_positions();
}

namespace {

/// A layer applied to its inputs.
Variable apply(Activations activations, const std::vector<Variable>& inputs,
               const std::function<Variable(std::span<const Variable>)>& layer) {
  return activations == Activations::kRecomputed ? recompute(inputs, layer) : layer(inputs);
}

}  // namespace

Variable Transformer::encode_packed(const TokenBatch& source, const Packing& packing, Activations activations) const {
  const AttentionMask mask{source.lengths, source.lengths};
  Variable x = pack(encoder_.embed(source, {0, source.length}), packing);
  for (const EncoderLayer* layer : encoder_.layers_of_pass()) {
    x = apply(activations, {x}, [&layer = *layer, mask, packing](auto in) { return layer(in[0], mask, packing); });
  }
  return encoder_.finish(x);
}

Variable Transformer::features(const TokenBatch& source, const TokenBatch& decoder_input,
                               Activations activations) const {
  const Packing from(source.length, source.lengths), to(decoder_input.length, decoder_input.lengths);
  const Range at{0, decoder_input.length};
  const AttentionMask self_mask{{}, decoder_input.lengths, true}, cross_mask{source.lengths, decoder_input.lengths};
  const Variable encoded = encode_packed(source, from, activations);
  Variable x = pack(decoder_.embed(decoder_input, at), to);
  for (const DecoderLayer* layer : decoder_.layers_of_pass()) {
    x = apply(activations, {x, encoded}, [=, &layer = *layer](auto in) {
      DecoderState::Layer state = layer.start(in[1], from);
      return layer(in[0], at, self_mask, cross_mask, state, to);
    });
  }
  x = decoder_.finish(x);
  return reshape(x, {-1, x.size(-1)});
}

Variable Transformer::encode(const TokenBatch& source) const {
  const Packing packing(source.length, source.lengths);
  return unpack(encode_packed(source, packing, Activations::kKept), packing);
}

DecoderState Transformer::start(const Variable& encoded, std::vector<int32_t> source_lengths) const {
  DecoderState state;
  const Packing packing(encoded.size(1), source_lengths);
  const Variable packed = pack(encoded, packing);
  state.source_lengths = std::move(source_lengths);
  for (const auto& layer : decoder_.layers()) state.layers.push_back(layer->start(packed, packing));
  return state;
}

Variable Transformer::decode(const TokenBatch& tokens, DecoderState& state) const {
  const Range at{state.length, tokens.length};
  const AttentionMask self_mask{{}, tokens.lengths, true, at.begin}, cross_mask{state.source_lengths, {}};
  Variable x = decoder_.embed(tokens, at);
  for (size_t i = 0; i < state.layers.size(); ++i) {
    x = (*decoder_.layers()[i])(x, at, self_mask, cross_mask, state.layers[i], Packing());
  }
  state.length = at.end();
  return decoder_.finish(x);
}

Tensor Transformer::step(std::span<const int32_t> tokens, DecoderState& state) const {
  const NoGrad no_grad;
  const auto rows = static_cast<int64_t>(tokens.size());
  const TokenBatch batch{rows, 1, {tokens.begin(), tokens.end()}, std::vector<int32_t>(tokens.size(), 1)};
  if (!packed_output_) {
    return decode(batch, state).value().contiguous().reshape({rows, -1});
  }
  const Range at{state.length, 1};
  Tensor x = decoder_.embed(batch, at).value().reshape({rows, -1});
  for (size_t i = 0; i < state.layers.size(); ++i) {
    x = decoder_.layers()[i]->step(x, at, state.source_lengths, state.layers[i]);
  }
  state.length = at.end();
  return decoder_.finish(x).value();
}

Variable Transformer::logits(const Variable& features) const {
  if (!packed_output_) return linear(features, output(), Variable());
  const Tensor scores = packed_output_->product(features.value(), Tensor());
  if (words_.empty()) return scores;
  Shape shape = scores.shape();
  const int64_t count = std::ssize(words_), vocabulary = output().size(0);
  shape[shape.rank() - 1] = vocabulary;
  const Tensor all = Tensor::full(shape, -INFINITY);
  for (int64_t row = 0; row < scores.elements() / count; ++row) {
    for (int64_t i = 0; i < count; ++i) all.data()[row * vocabulary + words_[i]] = scores.data()[row * count + i];
  }
  return all;
}

bool Transformer::fix_own_weights(WeightType type) const {
  if (words_.empty()) {
    packed_output_ = pack_weights(output().value(), type);
    return false;
  }
  const Tensor rows({std::ssize(words_), output().size(1)});
  for (size_t i = 0; i < words_.size(); ++i) {
    rows.narrow(0, static_cast<int64_t>(i), 1).copy_from(output().value().narrow(0, words_[i], 1));
  }
  packed_output_ = pack_weights(rows, type);
  return false;
}

}  // namespace rotor
