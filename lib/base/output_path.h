// Where an output goes: to a file, which links may lead to, or to a device or pipe.
#pragma once

#include <filesystem>

namespace rotor {

struct OutputPath {
  std::filesystem::path path;  ///< of a file without links, also of one that is not there yet
  bool special;                ///< a device or pipe, which is written to directly
};

/// Follows the links of an output's name. A folder is an Error.
OutputPath output_path(const std::filesystem::path& name);

/// The folder that a file is in.
std::filesystem::path folder_of(const std::filesystem::path& file);

/// Brings the names of a folder's files to the disk, as far as the system can.
void sync_folder(const std::filesystem::path& folder);

}  // namespace rotor
