#include "base/process.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace rotor {

namespace {

/// A nameless file in memory: unlike a pipe it never blocks its writer, so that one side may finish before the other
/// starts.
class MemoryFile {
 public:
  MemoryFile() : file_(::memfd_create("rotor", MFD_CLOEXEC)) {
    ROTOR_CHECK(file_ >= 0, "cannot make a file in memory: {}", std::strerror(errno));
  }
  ~MemoryFile() { ::close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  int descriptor() const { return file_; }

  void fill(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(file_, text.data(), text.size());
      ROTOR_CHECK(written > 0 || errno == EINTR, "cannot write to a file in memory: {}", std::strerror(errno));
      if (written > 0) text.remove_prefix(written);
    }
    ::lseek(file_, 0, SEEK_SET);
  }

  std::string text() {
    std::string text(::lseek(file_, 0, SEEK_END), '\0');
    for (size_t at = 0; at < text.size();) {
      const ssize_t size = ::pread(file_, text.data() + at, text.size() - at, static_cast<off_t>(at));
      ROTOR_CHECK(size > 0 || errno == EINTR, "cannot read a file in memory: {}", std::strerror(errno));
      if (size > 0) at += size;
    }
    return text;
  }

 private:
  int file_;
};

}  // namespace

ProcessResult run_process(const std::vector<std::string>& command, std::string_view input) {
  MemoryFile in, out, err;
  in.fill(input);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.descriptor(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.descriptor(), STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ROTOR_CHECK(error == 0, "cannot run {}: {}", command[0], std::strerror(error));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    ROTOR_CHECK(errno == EINTR, "cannot wait for {}: {}", command[0], std::strerror(errno));
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), out.text(), err.text()};
}

}  // namespace rotor
