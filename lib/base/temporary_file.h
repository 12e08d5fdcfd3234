// A temporary file for data that are too large to be collected in memory: bytes are appended to it, and the complete
// file is mapped into memory. It disappears with its object.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string_view>

#include "base/mapped_file.h"

namespace rotor {

class TemporaryFile {
 public:
  /// A file that cannot be made is an Error.
  explicit TemporaryFile(std::filesystem::path path);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void append(const void* data, size_t bytes);
  size_t size() const { return bytes_; }

  /// Ends writing and maps the written bytes, for the life of this object.
  std::string_view map();

 private:
  void check() const;

  std::filesystem::path path_;
  std::ofstream out_;
  size_t bytes_ = 0;
  std::unique_ptr<MappedFile> mapped_;
};

}  // namespace rotor
