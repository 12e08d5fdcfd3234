// FAVOR+ attention for tests, of features and linear attention.
#pragma once

#include "autograd/favor.h"
#include "autograd/gradient_check.h"
#include "autograd/linear_attention.h"
#include "position/encoding.h"

namespace rotor {

inline Variable same(const Variable& x, Range) {
  return x;
}

/// FAVOR+ attention; `turn` rotates features, as with --linear-rotary after.
template <typename Turn>
Variable attention(const Inputs& x, const FavorProjection& projection, const AttentionMask& mask, Turn turn) {
  const Range at{0, x[0].size(2)};
  const Variable queries = favor_queries(x[0], projection, mask);
  const KeyFeatures keys = favor_keys(x[1], projection, mask, {});
  return linear_attention(turn(queries, at), turn(keys.features, at), x[2], queries, keys.features, mask, {},
                          keys.log_scales);
}

}  // namespace rotor
