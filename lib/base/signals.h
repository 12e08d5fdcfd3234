// Signals that a command handles at points where it can save its work. The first SIGINT, SIGTERM, SIGHUP or SIGUSR2
// asks it to stop; those within a second of it belong to the same request, since one event may send several; a later
// one ends the process at once. SIGUSR1, by which clusters announce the end of a job, asks it to save and go on. A
// SIGHUP that was ignored from the start (nohup) stays ignored.
//
//   catch_signals();
//   while (…) {
//     if (int number = signal_received()) { save(); throw Interrupted(number); }
//     if (take_save_request()) save();
//   }
#pragma once

#include <stdexcept>
#include <string>

namespace rotor {

/// Installs the handlers; the main thread calls it. Commands that never call it end at the first signal, by the
/// system's default. At the first signal to stop, `notice` is written to standard error as a line, if it is not empty;
/// from then on outputs that nobody reads any more are failed writes, and not the end of the process (SIGPIPE).
void catch_signals(const std::string& notice = "");

/// Makes a signal to stop end the process at once, as Interrupted would but without unwinding: for times when there is
/// nothing to save. Outputs that nobody reads are failed writes from here on, after a later catch_signals() too, as the
/// work that is to be saved then is worth more than its log.
void end_at_signals();

/// Makes the loss of a file that is mapped into memory, such as one that another program cuts short, end the process
/// with a line on standard error and exit code 1 (SIGBUS).
void end_at_lost_files();

/// The number of the signal that asked to stop since catch_signals(), or 0.
int signal_received();

/// Whether SIGUSR1 came since catch_signals() or the last call.
bool take_save_request();

/// Makes the system deliver these signals to threads other than the calling one, unless that is the main thread.
void leave_signals_to_main_thread();

/// Ends a command after a signal: run_app turns it into the exit code 128 + number.
class Interrupted : public std::runtime_error {
 public:
  explicit Interrupted(int number);
  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace rotor
