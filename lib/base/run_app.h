// The frame of every command: it starts the log, turns failures into one line and an exit code, and checks that
// standard output was written completely.
#pragma once

#include <functional>
#include <string>

namespace rotor {

/// Runs a command's body and returns its exit code: 0 done (also after CommandLine::Exit), 1 after an Error or any
/// other exception, 2 after a UsageError, 128 + number after Interrupted. The failure is one line on standard error, of
/// at most 4,000 characters without control characters; so is the loss of a mapped file (end_at_lost_files()). Results
/// go to std::cout, not to C's stdout: the two no longer share a buffer. No file takes the place of a standard stream
/// that is closed. Numbers too small to be normal are zero from then on, in threads that start later too. Every
/// apps/*.cc is `int main(int argc, char** argv) { return rotor::run_app([&] { … }); }`.
int run_app(const std::function<void()>& body);

/// Sets the beginning of the failure's line, which by default is the program's name.
const std::string& command_name();
void name_command(std::string name);

}  // namespace rotor
