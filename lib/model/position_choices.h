// What a model's stacks choose among position encodings: their options, and what suits a stack.
#pragma once

#include "model/options.h"

namespace rotor {

/// A UsageError if the position encoding of a stack does not serve its sizes, its attention, or layers without
/// positions.
void check_positions(const LayerOptions& options, const StackOptions& stack);

/// The keys of the options of positions in the configuration of a model.
std::vector<std::string> position_keys();

/// Whether a parameter belongs to a position encoding.
bool is_position_parameter(const std::string& name);

}  // namespace rotor
