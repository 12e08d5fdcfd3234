// A progress bar on a terminal, the time, and the memory that this process uses.
#pragma once

#include <cstdint>
#include <string>

namespace rotor {

/// A progress bar: one line on standard error, redrawn at most ten times a second, with a bar, a text and the time
/// left. It shows nothing if standard error is not a terminal. The destructor and messages of the log erase it.
class Progress {
 public:
  /// `total` is the final value of `done`; 0 means that it is unknown, and then only the text is shown.
  explicit Progress(int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void update(int64_t done, const std::string& text);

 private:
  int64_t total_;
  int64_t first_ = -1;  ///< `done` at the first update: where a resumed run began
  double start_, last_ = 0;
  bool terminal_;
};

/// Shows no bar of this process from here on: --no-progress-bar.
void hide_progress();

/// Removes the bar from the terminal until its next update, so that a message can be written in its place.
void erase_progress();

double seconds_now();      ///< a monotonic clock
int64_t peak_memory_mb();  ///< peak resident memory of this process, in units of 2^20 bytes

}  // namespace rotor
