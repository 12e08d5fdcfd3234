// AttentionMask: the keys that a query may see. Padding is on the right, causal queries see no later key, and a window
// hides the keys that are far away, so every mask of a Transformer is a range of visible keys.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace rotor {

/// The keys begin … end − 1; begin <= end.
struct KeyRange {
  int64_t begin = 0, end = 0;

  int64_t size() const { return end - begin; }
  bool operator==(const KeyRange&) const = default;
};

struct AttentionMask {
  std::vector<int32_t> key_lengths;    ///< [B] number of keys that are not padding; empty: all keys
  std::vector<int32_t> query_lengths;  ///< [B] number of queries that are not padding; empty: all queries. The results
                                       ///< of padding are zero.
  bool causal = false;
  int64_t first_query = 0;  ///< the position of query 0 among the keys, for causal masks and windows
  int64_t window = 0;       ///< a query at position i sees keys j with |i − j| < window; 0: at any distance

  /// The keys, of `keys` in all, that query i of batch row b sees.
  KeyRange visible(int64_t b, int64_t i, int64_t keys) const { return visible(b, i, 1, keys); }

  /// The keys that any of the queries i … i + count − 1 sees; count > 0.
  KeyRange visible(int64_t b, int64_t i, int64_t count, int64_t keys) const {
    const int64_t first = first_query + i, last = first + count - 1;
    int64_t end = key_lengths.empty() ? keys : std::min<int64_t>(keys, key_lengths[b]);
    if (causal) end = std::min(end, last + 1);
    if (window == 0) return {0, end};
    end = std::min(end, last + window);
    return {std::clamp<int64_t>(first - window + 1, 0, end), end};
  }

  /// Number of queries, of `queries` in all, of batch row b that are not padding.
  int64_t queries(int64_t b, int64_t queries) const {
    return query_lengths.empty() ? queries : std::min<int64_t>(queries, query_lengths[b]);
  }
};

}  // namespace rotor
