// Runs another program without a shell: its whole input is given at the start, and its whole output is returned.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rotor {

struct ProcessResult {
  int exit_code = 0;  ///< 128 + the signal's number if a signal ended it
  std::string out, err;
};

/// Runs `command[0]`, looked for in PATH, with the rest as its arguments and `input` as its standard input, and waits
/// for its end. A program that cannot be started is an Error that names it and the system's reason.
ProcessResult run_process(const std::vector<std::string>& command, std::string_view input);

}  // namespace rotor
