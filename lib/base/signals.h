// Signals that ask a command to stop: the first SIGINT, SIGTERM, SIGHUP or SIGUSR1 (by which
// clusters announce the end of a job) sets a flag, for the command to see at a
// point where it can save its work; a second one ends the process at once. A SIGHUP ignored from the start (nohup)
// stays so.
//
//   catch_signals();
//   while (…) {
//     if (int number = signal_received()) { save(); throw Interrupted(number); }
//   }
#pragma once

#include <stdexcept>

namespace rotor {

/// Installs the handlers. Commands that never call it end at the first signal, as the system has it.
void catch_signals();

/// The number of the signal received since catch_signals(), or 0.
int signal_received();

/// Ends a command after a signal: run_app turns it into the exit code 128 + number.
class Interrupted : public std::runtime_error {
 public:
  explicit Interrupted(int number);
  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace rotor
