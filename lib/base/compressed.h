// Text files that may be compressed, as Boost.Iostreams reads them: gzip (.gz), xz (.xz) and Zstandard (.zst), of one
// or several members, streams or frames. Zeros may
// follow gzip data, and a multiple of four zeros xz data.
#pragma once

#include <filesystem>
#include <istream>
#include <memory>
#include <string>
#include <vector>

namespace rotor {

/// The endings of compressed files: ".gz", ".xz", ".zst".
const std::vector<std::string>& compressed_endings();

/// Opens a file, decompressed as its ending says. What cannot be opened is an Error; data that are truncated or corrupt
/// set badbit where they are met.
std::unique_ptr<std::istream> open_text(const std::filesystem::path& path);

}  // namespace rotor
