// AttentionMask: the keys that a query may see. Padding is on the right and causal queries see no later key, so every
// mask of a Transformer is the length of a visible prefix.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace rotor {

struct AttentionMask {
  std::vector<int32_t> key_lengths;    ///< [B] number of keys that are not padding; empty: all keys
  std::vector<int32_t> query_lengths;  ///< [B] number of queries that are not padding; empty: all queries. The results
                                       ///< of padding are zero.
  bool causal = false;
  int64_t first_query = 0;  ///< the position of query 0 among the keys, for causal masks

  /// Number of keys, of `keys` in all, that query i of batch row b sees.
  int64_t visible(int64_t b, int64_t i, int64_t keys) const {
    if (!key_lengths.empty()) keys = std::min<int64_t>(keys, key_lengths[b]);
    return causal ? std::min(keys, first_query + i + 1) : keys;
  }

  /// Number of queries, of `queries` in all, of batch row b that are not padding.
  int64_t queries(int64_t b, int64_t queries) const {
    return query_lengths.empty() ? queries : std::min<int64_t>(queries, query_lengths[b]);
  }
};

}  // namespace rotor
