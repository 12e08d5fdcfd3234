// Positions by distance: the value that most relative encodings look up for a pair is a function of n − m, key minus
// query.
#pragma once

#include <cstdint>

#include "autograd/relative.h"
#include "position/encoding.h"

namespace rotor {

/// The smallest and largest n − m of queries at m and keys at n.
inline int64_t first_distance(Range queries, Range keys) {
  return keys.begin - (queries.end() - 1);
}
inline int64_t last_distance(Range queries, Range keys) {
  return keys.end() - 1 - queries.begin;
}

/// The index whose column for a query at m and a key at n is column(n − m).
template <typename Column>
RelativeIndex index_by_distance(Range queries, Range keys, Column column) {
  RelativeIndex index{queries.size, keys.size, {}};
  for (int64_t distance = first_distance(queries, keys); distance <= last_distance(queries, keys); ++distance) {
    index.columns.push_back(static_cast<int32_t>(column(distance)));
  }
  return index;
}

}  // namespace rotor
