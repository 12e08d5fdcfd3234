// The folder to which a corpus is written. It is made first, so that an unwritable folder is found before hours of
// work.
#pragma once

#include <filesystem>
#include <optional>

#include "base/files.h"

namespace rotor {

class DestinationFolder {
 public:
  /// Makes the folder if need be, keeps it to this process, and removes what a killed one left half-written. A folder
  /// that cannot be made or written to, or in which another process works, is an Error.
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
