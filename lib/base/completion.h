// Scripts that let a shell complete a command's options.
#pragma once

#include <string>

#include "base/option_help.h"

namespace rotor {

/// A script for `shell`, "bash" or "zsh" (else a UsageError), that completes the names of all options and those values
/// that are chosen from a list; other values are completed as the names of files.
std::string completion_script(const OptionTable& table, const std::string& shell);

}  // namespace rotor
