#include "base/temporary_file.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/check.h"

namespace rotor {

TemporaryFile::TemporaryFile(std::filesystem::path path) : path_(std::move(path)), out_(path_, std::ios::binary) {
  check();
}

TemporaryFile::~TemporaryFile() {
  out_.close();
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void TemporaryFile::append(const void* data, size_t bytes) {
  out_.write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
  check();
  bytes_ += bytes;
}

std::string_view TemporaryFile::map() {
  out_.close();
  check();
  if (bytes_ == 0) return {};
  mapped_ = std::make_unique<MappedFile>(path_);
  return mapped_->bytes();
}

void TemporaryFile::check() const {
  ROTOR_CHECK(out_, "cannot write {}: {}", path_.string(), std::strerror(errno));
}

}  // namespace rotor
