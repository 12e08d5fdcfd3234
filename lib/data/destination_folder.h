// The folder that a corpus is written to. It is made before anything else, so that one that cannot be written to is
// found before hours of work.
#pragma once

#include <filesystem>
#include <optional>

#include "base/files.h"

namespace rotor {

class DestinationFolder {
 public:
  /// Makes the folder if need be, keeps it to this process, and removes what a killed one left half-written. An Error
  /// if it cannot be made or written to, or another process is at work in it.
  explicit DestinationFolder(std::filesystem::path path);
  /// Removes the folder if it was made here and nothing is in it.
  ~DestinationFolder();
  DestinationFolder(const DestinationFolder&) = delete;
  DestinationFolder& operator=(const DestinationFolder&) = delete;

 private:
  std::filesystem::path path_;
  bool made_ = false;
  std::optional<FolderLock> lock_;
};

}  // namespace rotor
