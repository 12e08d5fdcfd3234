#include "base/output_path.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace rotor {

namespace fs = std::filesystem;

OutputPath output_path(const fs::path& name) {
  std::error_code ignored;
  ROTOR_CHECK(!fs::is_directory(name, ignored), "expected a file to write, got the folder {}", name.string());
  if (fs::exists(name, ignored) && !fs::is_regular_file(name, ignored)) return {name, true};
  constexpr int kMostLinks = 40;  // as Linux has it
  fs::path path = name;
  for (int links = 0; fs::is_symlink(path, ignored); ++links) {
    ROTOR_CHECK(links < kMostLinks, "cannot write {}: {}", name.string(), std::strerror(ELOOP));
    path = folder_of(path) / fs::read_symlink(path, ignored);
  }
  return {path, false};
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : ".";
}

void sync_folder(const fs::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

}  // namespace rotor
