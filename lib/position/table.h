// The one list of all position encodings: their names, what they are and how they are made. --help, error messages and
// the parameterised tests read it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "position/encoding.h"
#include "position/options.h"

namespace rotor {

/// The stack that an encoding serves.
struct StackSizes {
  int64_t width = 0, heads = 0;
  bool decoder = false;
  int64_t head_width() const { return width / heads; }
};

struct PositionEncodingRow {
  std::string name;
  enum class Owner { kStack, kLayer } owner;  ///< one instance a stack, or one a layer
  std::unique_ptr<PositionEncoding> (*make)(const PositionOptions&, const StackSizes&);
  std::vector<std::string> options = {};  ///< those of PositionOptions that it reads

  /// Whether encodings of this row say so.
  bool needs_scores() const { return make({}, {2, 1, true})->needs_scores(); }
};

std::span<const PositionEncodingRow> position_encodings();
std::vector<std::string> position_encoding_names();
/// The row of that name; an Error lists the names there are.
const PositionEncodingRow& position_encoding(const std::string& name);

}  // namespace rotor
