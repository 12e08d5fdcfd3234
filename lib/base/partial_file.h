// A file of results that come one by one over a long time: they stand in FILE.partial, where they can be read and where
// they stay if the process is killed, until all of them are there and the file gets its name.
#pragma once

#include <filesystem>
#include <fstream>
#include <ostream>

namespace rotor {

class PartialFile {
 public:
  /// Links are followed; a device or pipe is written to directly. A file that cannot be made is an Error.
  explicit PartialFile(const std::filesystem::path& path);
  /// Removes the partial file, unless finish() or keep() was called.
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  std::ostream& stream() { return out_; }

  /// Brings everything to the disk and gives the file its name, in place of an earlier one of that name.
  void finish();

  /// Keeps the partial file and returns its path.
  std::filesystem::path keep();

 private:
  void check(bool written) const;

  std::filesystem::path path_, partial_;  ///< the same for a device or pipe
  std::ofstream out_;
  bool remove_;
};

}  // namespace rotor
