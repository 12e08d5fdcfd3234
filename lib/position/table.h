// The only list of all position encodings: their names, properties and constructors. --help, error messages and the
// parameterised tests read it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "position/encoding.h"
#include "position/options.h"

namespace rotor {

/// The stack that an encoding serves. Queries of a causal one see no later keys.
struct StackSizes {
  int64_t width = 0, heads = 0;
  bool causal = false;
  int64_t key_heads = 0;  ///< heads of keys; 0: as many as of queries
  int64_t features = 0;   ///< width of the vectors that on_queries() and on_keys() change, if it is not that of a head
  bool scores = true;     ///< whether attention has a softmax of scores

  int64_t head_width() const { return width / heads; }
  int64_t turned_width() const { return features > 0 ? features : head_width(); }
};

struct PositionEncodingRow {
  std::string name;
  enum class Owner { kStack, kLayer } owner;  ///< one instance for each stack, or one for each layer
  std::unique_ptr<PositionEncoding> (*make)(const PositionOptions&, const StackSizes&);
  std::vector<std::string> options = {};  ///< the names of the PositionOptions that it reads
  /// Throws a UsageError, with the row's name, for options and a stack that it cannot serve; null if it serves all.
  void (*check)(const PositionOptions&, const StackSizes&, const std::string& name) = nullptr;

  /// The places that encodings of this row touch, by default.
  Touches touches() const { return make({}, {2, 1, true})->touches(); }
};

std::span<const PositionEncodingRow> position_encodings();
std::vector<std::string> position_encoding_names();
/// The row of that name; for an unknown name, an Error lists the names.
const PositionEncodingRow& position_encoding(const std::string& name);

/// The encoding of a stack's attention to another one, for the stack's own encoding of that name: rope with
/// --rotary-cross-attention turns its queries by their positions in the stack and its keys by theirs in the other one;
/// otherwise positions change nothing.
std::shared_ptr<const PositionEncoding> cross_attention_encoding(const std::string& name, PositionOptions options,
                                                                 const StackSizes& sizes);

}  // namespace rotor
