#include "base/partial_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/check.h"
#include "base/output_path.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// Whether all of a file is on the disk, as far as the system can tell.
bool sync(const fs::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  return synced;
}

}  // namespace

PartialFile::PartialFile(const fs::path& path) : remove_(false) {
  const OutputPath output = output_path(path);
  path_ = output.path;
  partial_ = output.special ? path_ : fs::path(path_.string() + ".partial");
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
  check(sync(partial_) && ::rename(partial_.c_str(), path_.c_str()) == 0);
  remove_ = false;
  sync_folder(folder_of(path_));
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
