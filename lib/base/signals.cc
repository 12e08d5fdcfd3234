#include "base/signals.h"

#include <fmt/format.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <string_view>

#include "base/run_app.h"

namespace rotor {

namespace {

volatile sig_atomic_t received = 0, save_requested = 0;

std::atomic<int64_t> received_at = 0;  ///< in milliseconds
static_assert(std::atomic<int64_t>::is_always_lock_free, "handlers may not wait for a lock");

constexpr int64_t kOneEvent = 1000;  ///< milliseconds from the first of an event's signals to the last

/// The texts that the handlers write, made before they are installed: handlers may call little but write().
std::string notice_line, last_lines[NSIG];

void say(const std::string& line) {
  const int kept = errno;
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
  errno = kept;
}

/// A monotonic clock that handlers may read.
int64_t milliseconds_now() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

/// A terminal that closes sends SIGHUP twice, and `timeout` SIGTERM to the process and to its group: only a later
/// signal is a second request. Ctrl-C ends the readers of this process's outputs too, as in `| tee log`.
void ask_to_stop(int number) {
  const int64_t now = milliseconds_now();
  if (received != 0) {
    if (now - received_at >= kOneEvent) _exit(128 + number);
    return;
  }
  received_at = now;
  received = number;
  signal(SIGPIPE, SIG_IGN);
  say(notice_line);
}

void end(int number) {
  say(last_lines[number]);
  _exit(128 + number);
}

/// Writes one line, of the first of the threads that miss the file; the others wait for the end.
void end_without_file(int number, siginfo_t* info, void* /*context*/) {
  if (info->si_code != BUS_ADRERR) {  // a fault of another kind, which comes again
    signal(number, SIG_DFL);
    return;
  }
  static std::atomic_flag said;
  while (said.test_and_set()) ::pause();
  constexpr std::string_view kWhy = ": a file in use was cut short or cannot be read; replace files by mv, not by cp\n";
  const std::string& name = command_name();
  const std::array parts = {iovec{const_cast<char*>(name.data()), name.size()},
                            iovec{const_cast<char*>(kWhy.data()), kWhy.size()}};
  [[maybe_unused]] const auto written = ::writev(STDERR_FILENO, parts.data(), parts.size());
  _exit(1);
}

void ask_to_save(int) {
  save_requested = 1;
}

void install(int number, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

constexpr int kStopping[] = {SIGINT, SIGTERM, SIGUSR2};

/// Makes handlers run on a separate stack: oneDNN's AVX-512 kernels (2.6) keep numbers below the stack pointer, further
/// than the 128 bytes that a handler's frame leaves alone, and a signal would overwrite them. A thread has such a stack
/// or none, so the others leave signals to the main one.
void use_own_stack() {
  alignas(16) static char memory[64 << 10];
  stack_t stack = {};
  sigaltstack(nullptr, &stack);
  if ((stack.ss_flags & SS_DISABLE) == 0) return;  // there is one
  stack = {.ss_sp = memory, .ss_flags = 0, .ss_size = sizeof memory};
  sigaltstack(&stack, nullptr);
}

/// Installs `handler` for the signals to stop.
void install_all(void (*handler)(int)) {
  received = 0;
  save_requested = 0;
  use_own_stack();
  struct sigaction hang_up = {};
  sigaction(SIGHUP, nullptr, &hang_up);
  if (hang_up.sa_handler != SIG_IGN) install(SIGHUP, handler);
  for (const int number : kStopping) install(number, handler);
  install(SIGUSR1, ask_to_save);
}

/// A line of its own on a terminal, in place of a progress bar.
std::string as_line(const std::string& text) {
  return (isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : "") + text + "\n";
}

}  // namespace

void catch_signals(const std::string& notice) {
  notice_line = notice.empty() ? "" : as_line(notice);
  install_all(ask_to_stop);
}

void end_at_signals() {
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGUSR2}) {
    last_lines[number] = as_line(command_name() + ": " + Interrupted(number).what());
  }
  install_all(end);
  signal(SIGPIPE, SIG_IGN);
}

void end_at_lost_files() {
  command_name();  // which is made by the first call, and not in the handler
  struct sigaction action = {};
  action.sa_sigaction = end_without_file;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, nullptr);
}

void leave_signals_to_main_thread() {
  if (gettid() == getpid()) return;
  sigset_t left;
  sigemptyset(&left);
  for (const int number : kStopping) sigaddset(&left, number);
  for (const int number : {SIGHUP, SIGUSR1}) sigaddset(&left, number);
  pthread_sigmask(SIG_BLOCK, &left, nullptr);
}

int signal_received() {
  return received;
}

bool take_save_request() {
  const bool requested = save_requested != 0;
  if (requested) save_requested = 0;
  return requested;
}

Interrupted::Interrupted(int number)
    : std::runtime_error(fmt::format("stopped by signal {} ({})", number, strsignal(number))), number_(number) {}

}  // namespace rotor
