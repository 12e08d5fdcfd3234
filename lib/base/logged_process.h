// Child processes: a command run to its end with its output in a log, and with the signals that ask this program to
// stop passed on to it, so that it can save its work too.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace rotor {

/// Runs a program (command[0], a path) with arguments and waits for its end. Its standard input is empty; its standard
/// output and error are appended to the file `log`. `tick` is called a few times a second meanwhile. Returns the exit
/// code, or 128 + the number of the signal that ended it. The first signal to stop that catch_signals() sees goes on to
/// the child, and when that has ended, Interrupted is thrown; SIGUSR1 goes on to the child only. If this program dies,
/// the child is asked to stop (SIGTERM). A program that cannot be started, or a log that cannot be written, is an
/// Error.
int run_logged(
    const std::vector<std::string>& command, const std::filesystem::path& log,
    const std::function<void()>& tick = [] {});

/// The folder of the running program's file, where its sibling commands are.
std::filesystem::path program_folder();

}  // namespace rotor
