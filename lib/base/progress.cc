#include "base/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace rotor {

namespace {

std::atomic<bool> bar_visible = false, hidden = false;

std::string clock_text(double seconds) {
  const auto total = static_cast<int64_t>(seconds + 0.5);
  const int64_t hours = total / 3600, minutes = total / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, total % 60);
  return fmt::format("{}:{:02}", minutes, total % 60);
}

size_t terminal_width() {
  winsize size = {};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

Progress::Progress(int64_t total) : total_(total), start_(seconds_now()), terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  erase_progress();
}

void Progress::update(int64_t done, const std::string& text) {
  const double now = seconds_now();
  if (first_ < 0) {
    first_ = done;
    start_ = now;
  }
  if (!terminal_ || hidden || (now - last_ < 0.1 && done < total_)) return;
  last_ = now;
  std::string line = text;
  if (total_ > 0) {
    constexpr int kWidth = 20;
    const double share = std::clamp(static_cast<double>(done) / static_cast<double>(total_), 0.0, 1.0);
    const int filled = static_cast<int>(share * kWidth);
    line = fmt::format("[{}{}] {:3.0f}% {}/{}", std::string(filled, '#'), std::string(kWidth - filled, '.'),
                       std::floor(share * 100), done, total_);
    if (done > first_ && done < total_) {
      const double each = (now - start_) / static_cast<double>(done - first_);
      line += " left " + clock_text(each * static_cast<double>(total_ - done));
    }
    line += " " + text;
  }
  // A line as wide as the terminal would wrap and could not be erased.
  line.resize(std::min(line.size(), terminal_width() - 1));
  line.insert(0, "\r\x1b[K");
  std::fwrite(line.data(), 1, line.size(), stderr);  // which may fail, as on a terminal that has hung up
  std::fflush(stderr);
  bar_visible = true;
}

void hide_progress() {
  hidden = true;
}

void erase_progress() {
  if (!bar_visible.exchange(false)) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int64_t peak_memory_mb() {
  // Not getrusage's ru_maxrss, which a process inherits from the one that started it.
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::atoll(line.c_str() + 6) / 1024;
  }
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

}  // namespace rotor
