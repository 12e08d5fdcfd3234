// Runs commands as a user does and keeps what they printed.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/scratch.h"

namespace rotor {

struct CommandResult {
  int exit_code = -1;  ///< 128 + the signal's number if one ended it
  std::string out, err;
};

/// Runs a shell command line in a folder. A word that begins with "rotor-" is looked for in build/bin.
inline CommandResult run(const ScratchFolder& folder, const std::string& command) {
  const ScratchFolder captured;
  const auto out = captured / "out", err = captured / "err";
  const std::string line = "cd '" + folder.path().string() + "' && export PATH='" ROTOR_BIN "':\"$PATH\" && (" +
                           command + ") > '" + out.string() + "' 2> '" + err.string() + "'";
  const int status = std::system(line.c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, text_of(out), text_of(err)};
}

inline int64_t count_lines(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

/// One line of message that says all parts.
template <typename... Parts>
testing::AssertionResult refused(const CommandResult& result, int code, const Parts&... parts) {
  if (result.exit_code != code)
    return testing::AssertionFailure() << "exit code " << result.exit_code << ": " << result.err;
  if (count_lines(result.err) != 1) return testing::AssertionFailure() << "expected one line, got: " << result.err;
  return says(result.err, parts...);
}

}  // namespace rotor
