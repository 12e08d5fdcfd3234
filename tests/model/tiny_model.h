// Small Transformers and batches of random tokens.
#pragma once

#include "model/encoder_decoder.h"

namespace rotor {

/// Two layers a stack of width 12 with 2 heads, one vocabulary of 30 words, no dropout.
inline TransformerOptions tiny_options() {
  TransformerOptions o;
  o.encoder.layers = o.decoder.layers = 2;
  o.encoder.embed_dim = o.decoder.embed_dim = 12;
  o.encoder.ffn_embed_dim = o.decoder.ffn_embed_dim = 20;
  o.encoder.attention_heads = o.decoder.attention_heads = 2;
  o.source_vocabulary = o.target_vocabulary = 30;
  o.dropout = 0;
  return o;
}

/// Sentences of those lengths of words that are neither special nor beyond the vocabulary.
inline TokenBatch random_tokens(const std::vector<int64_t>& lengths, int64_t vocabulary, uint64_t seed) {
  Random random(seed);
  std::vector<std::vector<int32_t>> sentences;
  for (int64_t length : lengths) {
    auto& sentence = sentences.emplace_back();
    for (int64_t i = 0; i < length; ++i) sentence.push_back(static_cast<int32_t>(4 + random.below(vocabulary - 4)));
  }
  return TokenBatch::of(sentences);
}

/// Columns begin … begin + size − 1 of a batch without padding.
inline TokenBatch columns(const TokenBatch& batch, int64_t begin, int64_t size) {
  TokenBatch chunk{batch.rows, size, {}, std::vector<int32_t>(batch.rows, static_cast<int32_t>(size)), {}};
  for (int64_t row = 0; row < batch.rows; ++row) {
    const auto from = batch.ids.begin() + row * batch.length + begin;
    chunk.ids.insert(chunk.ids.end(), from, from + size);
  }
  return chunk;
}

/// Row r of a batch, alone and without padding.
inline TokenBatch alone(const TokenBatch& batch, int64_t r) {
  const auto ids = batch.row(r);
  TokenBatch row = TokenBatch::of({{ids.begin(), ids.end()}});
  if (batch.types.empty()) return row;
  const auto types = batch.types.begin() + r * batch.length;
  row.types.assign(types, types + row.length);
  return row;
}

}  // namespace rotor
