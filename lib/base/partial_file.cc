#include "base/partial_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/check.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

bool is_special(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) && !fs::is_regular_file(path, ignored);
}

fs::path followed(const fs::path& path) {
  std::error_code ignored;
  return fs::is_symlink(path, ignored) && fs::exists(path, ignored) ? fs::canonical(path) : path;
}

fs::path partial_name(const fs::path& path) {
  return is_special(path) ? path : fs::path(path.string() + ".partial");
}

/// Whether all of a file or folder is on the disk, as far as the system can tell.
bool sync(const fs::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  return synced;
}

}  // namespace

PartialFile::PartialFile(const fs::path& path) : path_(followed(path)), partial_(partial_name(path_)), remove_(false) {
  std::error_code ignored;
  ROTOR_CHECK(!fs::is_directory(path_, ignored), "expected a file to write, got the folder {}", path.string());
  out_.open(partial_, std::ios::binary);
  check(out_.is_open());
  remove_ = partial_ != path_;
}

PartialFile::~PartialFile() {
  out_.close();
  std::error_code ignored;
  if (remove_) fs::remove(partial_, ignored);
}

void PartialFile::finish() {
  out_.close();
  check(out_.good());
  if (partial_ == path_) return;
  check(sync(partial_, O_WRONLY) && ::rename(partial_.c_str(), path_.c_str()) == 0);
  remove_ = false;
  sync(path_.has_parent_path() ? path_.parent_path() : ".", O_RDONLY | O_DIRECTORY);
}

fs::path PartialFile::keep() {
  out_.flush();
  remove_ = false;
  return partial_;
}

void PartialFile::check(bool written) const {
  ROTOR_CHECK(written, "cannot write {}: {}", path_.string(), std::strerror(errno));
}

}  // namespace rotor
