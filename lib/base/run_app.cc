#include "base/run_app.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include <cstdint>
#include <cstdio>
#include <iostream>
#include <new>
#include <string_view>

#include "base/check.h"
#include "base/command_line.h"
#include "base/excerpt.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/signals.h"

namespace tcmalloc {
/// The function by which tcmalloc writes its messages, if the command has it: it is exported, but no public header
/// declares it.
extern void (*log_message_writer)(const char* message, int length) __attribute__((weak));
}  // namespace tcmalloc

namespace rotor {

namespace {

/// Memory that runs out is this command's to report, in one line; tcmalloc has one for each failed attempt.
void silence_failed_allocations() {
  if (&tcmalloc::log_message_writer == nullptr) return;
  tcmalloc::log_message_writer = [](const char* message, int length) {
    const std::string_view text(message, static_cast<size_t>(length));
    if (text.find("allocation failed") != text.npos) return;
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, message, text.size());
  };
}

/// Makes numbers too small to be normal zero, in this thread and in those that it starts. Attention that decays with
/// the distance comes to many of them, and Intel's CPUs compute each of them slowly: fox trained at 2,500
/// tokens/s in place of 8,600 (transformer_lm_tiny, 256 tokens a sample, one thread of Granite Rapids).
void flush_denormals() {
#if defined(__SSE__)
  _mm_setcsr(_mm_getcsr() | 0x8040);  // results and inputs
#elif defined(__aarch64__)
  uint64_t control = 0;
  asm("mrs %0, fpcr" : "=r"(control));
  asm volatile("msr fpcr, %0" ::"r"(control | uint64_t{1} << 24));
#endif
}

/// Opens /dev/null in place of each standard stream that is closed, because the next file opened would take its number.
/// Its mode lets what was refused on the closed stream still be refused.
void fill_closed_streams() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(file, F_GETFD) >= 0) continue;
    [[maybe_unused]] const int opened = ::open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

std::string& stored_name() {
  static std::string name = program_invocation_short_name;
  return name;
}

/// The text may hold a line of a file: of any length, and with bytes that a terminal would obey.
int report(int code, std::string_view text) {
  constexpr size_t kMost = 4000;
  erase_progress();
  const std::string line = command_name() + ": " + excerpt(text, kMost) + '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);  // which may be closed or full
  return code;
}

}  // namespace

int run_app(const std::function<void()>& body) {
  fill_closed_streams();
  log::start();
  silence_failed_allocations();
  flush_denormals();
  std::ios::sync_with_stdio(false);
  signal(SIGXFSZ, SIG_IGN);  // a file above its limit is a failed write, not the end
  end_at_lost_files();
  try {
    try {
      body();
    } catch (const CommandLine::Exit&) {
    }
    std::cout.flush();
    ROTOR_CHECK(std::cout.good(), "cannot write to standard output; is the disk full?");
    return 0;
  } catch (const UsageError& error) {
    return report(2, error.what());
  } catch (const Interrupted& signal) {
    std::cout.flush();
    return report(128 + signal.number(), signal.what());
  } catch (const std::bad_alloc&) {
    return report(1, "out of memory; give it more, or ask for less at once, such as smaller batches");
  } catch (const std::exception& error) {
    return report(1, error.what());
  }
}

const std::string& command_name() {
  return stored_name();
}

void name_command(std::string name) {
  stored_name() = std::move(name);
}

}  // namespace rotor
