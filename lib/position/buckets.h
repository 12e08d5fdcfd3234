// Buckets of distances (Raffel et al. 2020, T5): near distances have one each, farther ones share wider and wider ones
// up to a maximum distance, beyond which all share the last. A learned table gives each bucket a bias for each head.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "position/encoding.h"
#include "position/table.h"

namespace rotor {

class Buckets {
 public:
  /// One-sided buckets see only keys before the query, as in a decoder; otherwise half of them are for keys after it.
  Buckets(int64_t count, int64_t max_distance, bool one_sided);

  /// The bucket of n − m, key minus query: from 0 to count − 1.
  int64_t operator()(int64_t distance) const;

 private:
  int64_t side_;  ///< buckets of one side
  bool one_sided_;
  std::vector<int64_t> starts_;  ///< the smallest |distance| of each bucket but the first
};

/// A UsageError for an odd --t5-buckets, or a --max-distance that leaves none of them for far distances.
void check_buckets(const PositionOptions& options, const StackSizes& sizes, const std::string& name);

/// Buckets of --t5-buckets and --max-distance, which are checked.
Buckets make_buckets(const PositionOptions& options, const StackSizes& sizes);

/// Returns scores [B,H,Tq,Tk] + table[bucket(n − m), h]; table [buckets, H].
Variable add_bucket_bias(const Variable& scores, const Variable& table, const Buckets& buckets, Range queries,
                         Range keys);

}  // namespace rotor
