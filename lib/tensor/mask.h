// AttentionMask: which keys a query may see. Padding stands on the right and causal queries see no later key, so every
// mask of a Transformer is the length of a visible prefix.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace rotor {

struct AttentionMask {
  std::vector<int32_t> key_lengths;    ///< [B] keys that are not padding; empty: all
  std::vector<int32_t> query_lengths;  ///< [B] queries that are not padding; empty: all. The others' results are zero.
  bool causal = false;
  int64_t first_query = 0;  ///< the position of query 0 among the keys, for causal masks

  /// How many of `keys` keys query i of batch row b sees.
  int64_t visible(int64_t b, int64_t i, int64_t keys) const {
    if (!key_lengths.empty()) keys = std::min<int64_t>(keys, key_lengths[b]);
    return causal ? std::min(keys, first_query + i + 1) : keys;
  }

  /// How many of `queries` queries of batch row b count.
  int64_t queries(int64_t b, int64_t queries) const {
    return query_lengths.empty() ? queries : std::min<int64_t>(queries, query_lengths[b]);
  }
};

}  // namespace rotor
