// Rope whose frequencies depend on the length of the text: dynamic-ntk and longrope ("position/rope_frequencies.h"). A
// decoder does not know how long its text will be, so the length of a query at m and a key at n is that of the text up
// to the later one, max(m, n) + 1: the score is what a text that ends there gives. So steps give what one pass gives,
// and a sentence does not depend on others in its batch. Queries and keys are turned as in texts of the original
// length; scores beyond it are turned on ("kernel/turned_scores.h").
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

/// The options are checked (check_rope()).
std::unique_ptr<PositionEncoding> make_rope_by_length(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
