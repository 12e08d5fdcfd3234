// What rotor-compare does between its options and its exit code: the runs that are not finished yet, one after another,
// then the report of all that are.
#pragma once

#include <filesystem>

#include "report/plan.h"

namespace rotor {

/// `commands` is the folder of Rotor's other commands. A run that fails is reported and the rest go on; at the end that
/// is an Error. Nothing starts if inputs are missing or finished runs are of another configuration. Throws Interrupted
/// after a signal.
void compare(const Plan& plan, const std::filesystem::path& commands);

}  // namespace rotor
