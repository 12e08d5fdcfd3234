// PositionEncoding: hooks at the places where positions enter a Transformer. Every hook is the identity by
// default; an encoding overrides one or two, and attention does not know its kind. B batch, T length, D model width, H
// heads, d = D / H. The equations' numbers are those of Su et al. 2021 (RoFormer, arXiv 2104.09864).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>

#include "autograd/variable.h"
#include "nn/linear.h"

namespace rotor {

/// The positions of a block of tokens: begin … begin + size − 1.
struct Range {
  int64_t begin = 0, size = 0;
  int64_t end() const { return begin + size; }
};

/// The positions of an encoding that serves sentences of any length.
inline constexpr int64_t kUnlimitedPositions = std::numeric_limits<int32_t>::max();

/// The places of an attention that an encoding changes. Hooks of the other places are not called where that saves work.
struct Touches {
  bool input = false;       ///< on_input()
  bool heads = false;       ///< on_queries(), on_keys() or on_values(); if not, packed tokens need not be unpacked
  bool scores = false;      ///< on_scores() or on_context(); if not, attention runs fused and no [Tq,Tk] tensor is made
  int64_t key_columns = 0;  ///< the number of columns that key_columns() adds to each head of the keys
  bool reads_keys = false;  ///< whether on_scores() reads k; if not, steps of decoding need not gather it
};

class PositionEncoding : public Module {
 public:
  virtual Touches touches() const { return {}; }

  /// The number of positions that it serves, 0 … max_positions() − 1; one that has fewer than kUnlimitedPositions
  /// refuses the others by an Error from one of its hooks.
  virtual int64_t max_positions() const { return kUnlimitedPositions; }

  /// Changes the input x [B,T,D], once in each stack, after the scaled embedding.
  virtual Variable on_input(const Variable& x, Range) const { return x; }

  /// Makes e columns for each of G heads of keys of the layer's input x [.., D] -> [.., G·e]. They are the last ones of
  /// the keys that other hooks and the KV cache have, and no part of a product with queries.
  virtual Variable key_columns(const Variable& /*x*/) const { return {}; }

  /// Changes the queries q [B,H,T,d], already scaled by 1/√d.
  virtual Variable on_queries(const Variable& q, Range) const { return q; }

  /// Changes the keys k [B,H,T,d], once for each key, before it enters the KV cache.
  virtual Variable on_keys(const Variable& k, Range) const { return k; }

  /// Changes the values v [B,H,T,d], once for each value, before it enters the KV cache.
  virtual Variable on_values(const Variable& v, Range) const { return v; }

  /// Changes the scores [B,H,Tq,Tk] before mask and softmax; q and k are as on_queries() and on_keys() returned them,
  /// but k may be undefined if touches() does not say that it is read.
  virtual Variable on_scores(const Variable& scores, const Variable& /*q*/, const Variable& /*k*/, Range /*queries*/,
                             Range /*keys*/) const {
    return scores;
  }

  /// Changes the context [B,H,Tq,d] = weights · v; the weights [B,H,Tq,Tk] are those after softmax and dropout.
  virtual Variable on_context(const Variable& context, const Variable& /*weights*/, Range /*queries*/,
                              Range /*keys*/) const {
    return context;
  }

  /// The encoding that serves a layer in place of this one, if it needs the layer's own projections; null if it does
  /// not. The result may refer to both projections and belongs to the layer that owns them.
  virtual std::shared_ptr<const PositionEncoding> for_layer(const Linear& /*q_proj*/, const Linear& /*k_proj*/) const {
    return nullptr;
  }
};

}  // namespace rotor
