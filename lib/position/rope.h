// Rotary position embedding (eq 12–16 and 34; Su et al. 2021): each pair of numbers of a head's query and key is
// rotated by the angle m·θ_i, so that q_m · k_n depends on m − n only; "position/rope_frequencies.h" has the
// frequencies θ_i. Pairs are (2i, 2i+1), or (i, i + d/2) in the half layout, of the first --rope-fraction of the head;
// the rest stays. --rotary-value turns the values in the same way (RoFormer's option), and no context back.
#pragma once

#include <memory>
#include <string>

#include "position/table.h"

namespace rotor {

/// A UsageError for options of rope that do not suit each other or the stack.
void check_rope(const PositionOptions& options, const StackSizes& sizes, const std::string& name);

/// The options are checked.
std::unique_ptr<PositionEncoding> make_rope(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
