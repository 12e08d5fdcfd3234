// Small models that are an encoder alone.
#pragma once

#include "model/tiny_model.h"

namespace rotor {

/// BERT's forms in two layers of width 12 with 2 heads, a vocabulary of 30 words, two token types, no dropout.
inline TransformerOptions tiny_encoder_options(const std::string& task) {
  TransformerOptions o;
  o.task = task;
  o.apply_architecture("bert_tiny");
  o.encoder.embed_dim = 12;
  o.encoder.ffn_embed_dim = 20;
  o.source_vocabulary = o.target_vocabulary = 30;
  o.dropout = o.attention.dropout = 0;
  o.initial_deviation = 0.3;  // weights that make a difference
  o.position.max_positions = 40;
  return o;
}

/// The batch with each row's tokens from its middle on of the second type.
inline TokenBatch with_types(TokenBatch batch) {
  batch.types.assign(batch.ids.size(), 0);
  for (int64_t row = 0; row < batch.rows; ++row) {
    for (int64_t i = batch.lengths[row] / 2; i < batch.lengths[row]; ++i) batch.types[row * batch.length + i] = 1;
  }
  return batch;
}

}  // namespace rotor
