// Rotor's other commands as the runs of a comparison call them: what they say goes to the run's log, and a failure is
// the last line that they said.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compare/plan.h"

namespace rotor {

class RunCommands {
 public:
  /// `folder` is that of the commands.
  explicit RunCommands(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// A command that cannot be run is an Error.
  void check(const std::string& command) const;

  /// Calls a command for a run and shows how far its training is, if it is one. A failure is an Error; throws
  /// Interrupted after a signal.
  void call(const PlannedRun& run, const std::string& command, std::vector<std::string> arguments) const;

 private:
  std::filesystem::path folder_;
};

/// The last line of a text file that is not blank.
std::string last_line(const std::filesystem::path& path);

}  // namespace rotor
