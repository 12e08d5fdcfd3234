// A body run as a command of its own: a child process whose exit and outputs are kept.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

#include "base/run_app.h"
#include "base/scratch.h"

namespace rotor {

struct Outcome {
  int status;
  std::string out, err;
};

/// Runs a body as a command of its own: a child process whose standard output and error are kept.
inline Outcome run_as_command(const std::function<void()>& body, const char* standard_output = nullptr) {
  ScratchFolder folder;
  const std::string out = standard_output ? standard_output : (folder / "out").string();
  const std::string err = (folder / "err").string();
  std::fflush(nullptr);  // what is still buffered would be written by both
  const pid_t child = fork();
  if (child == 0) {
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    _exit(run_app(body));
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {status, standard_output ? "" : text_of(out), text_of(err)};
}

inline int exit_code(const Outcome& outcome) {
  return WIFEXITED(outcome.status) ? WEXITSTATUS(outcome.status) : -1;
}

}  // namespace rotor
