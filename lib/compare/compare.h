// The work of rotor-compare between its options and its exit code: it makes the unfinished runs, one after another,
// then the report of all finished ones.
#pragma once

#include <filesystem>

#include "compare/plan.h"

namespace rotor {

/// `commands` is the folder of Rotor's other commands. A run that fails is reported, the others continue, and an Error
/// is thrown at the end. No run starts if inputs are missing or finished runs have another configuration. Throws
/// Interrupted after a signal.
void compare(const Plan& plan, const std::filesystem::path& commands);

}  // namespace rotor
