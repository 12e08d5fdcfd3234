#include "base/signals.h"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

namespace rotor {

namespace {

volatile sig_atomic_t received = 0;

void handle(int number) {
  if (received != 0) _exit(128 + number);
  received = number;
}

}  // namespace

void catch_signals() {
  received = 0;
  struct sigaction action = {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  struct sigaction previous = {};
  sigaction(SIGHUP, nullptr, &previous);
  if (previous.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGUSR1, &action, nullptr);
}

int signal_received() {
  return received;
}

Interrupted::Interrupted(int number)
    : std::runtime_error(fmt::format("stopped by signal {} ({})", number, strsignal(number))), number_(number) {}

}  // namespace rotor
