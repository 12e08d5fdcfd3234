// Files whose bytes are read as memory.
#pragma once

#include <filesystem>
#include <string_view>

namespace rotor {

/// A whole file mapped read-only into memory. If it is cut short meanwhile, reading the bytes that are lost ends a
/// command (end_at_lost_files()).
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::string_view bytes() const { return {data_, size_}; }
  /// Releases the memory of the whole pages of a part of bytes(); they are read again when they are used.
  void forget(std::string_view part) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  const char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace rotor
