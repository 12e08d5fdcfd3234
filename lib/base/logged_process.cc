#include "base/logged_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/check.h"
#include "base/signals.h"

namespace rotor {
namespace {

constexpr int kCannotStart = 127;
constexpr useconds_t kWait = 20'000;  // microseconds

/// Makes signals wait, and returns the mask before.
sigset_t block_signals() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  return before;
}

/// Lets signals have their default effects, those that waited too; what is ignored stays so, but for SIGPIPE, which
/// this program may have come to ignore for itself alone (end_at_signals()).
void reset_signals(const sigset_t& mask) {
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action = {};
    sigaction(number, nullptr, &action);
    if (number == SIGPIPE || action.sa_handler != SIG_IGN) signal(number, SIG_DFL);
  }
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
}

/// In the child, after fork: only calls that are safe there. A group of its own keeps a terminal's Ctrl-C from
/// reaching the child twice, by itself and passed on.
[[noreturn]] void become(char* const* arguments, int log, pid_t parent, const sigset_t& mask) {
  reset_signals(mask);
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(128 + SIGTERM);
  const int empty = open("/dev/null", O_RDONLY);
  if (empty < 0 || dup2(empty, STDIN_FILENO) < 0) _exit(kCannotStart);
  if (dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0) _exit(kCannotStart);
  execv(arguments[0], arguments);
  _exit(kCannotStart);
}

int wait_for(pid_t child, const std::function<void()>& tick) {
  int status = 0;
  bool told = false;
  for (pid_t ended = 0; ended == 0;) {
    ended = waitpid(child, &status, WNOHANG);
    ROTOR_CHECK(ended >= 0, "cannot wait for a command: {}", std::strerror(errno));
    if (ended != 0) break;
    if (const int number = signal_received(); number != 0 && !told) {
      kill(child, number);
      told = true;
    }
    if (take_save_request()) kill(child, SIGUSR1);
    tick();
    usleep(kWait);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int run_logged(const std::vector<std::string>& command, const std::filesystem::path& log,
               const std::function<void()>& tick) {
  ROTOR_CHECK(access(command[0].c_str(), X_OK) == 0, "cannot run {}: {}; install all of Rotor's commands in one folder",
              command[0], std::strerror(errno));
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  ROTOR_CHECK(output >= 0, "cannot write {}: {}", log.string(), std::strerror(errno));
  const sigset_t mask = block_signals();  // which the child would take for this program's own
  const pid_t parent = getpid(), child = fork();
  if (child == 0) become(arguments.data(), output, parent, mask);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  close(output);
  ROTOR_CHECK(child > 0, "cannot run {}: {}", command[0], std::strerror(error));
  const int code = wait_for(child, tick);
  if (const int number = signal_received()) throw Interrupted(number);
  return code;
}

std::filesystem::path program_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace rotor
