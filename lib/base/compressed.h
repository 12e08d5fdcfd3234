// Text files that may be compressed, read by Boost.Iostreams: gzip (.gz), xz (.xz) and Zstandard (.zst), with one or
// several members, streams or frames. Zeros may follow gzip data, and a multiple of four zeros xz data.
#pragma once

#include <filesystem>
#include <istream>
#include <memory>
#include <string>
#include <vector>

namespace rotor {

/// The endings of compressed files: ".gz", ".xz", ".zst".
const std::vector<std::string>& compressed_endings();

/// Opens a file and decompresses it as its ending says. A file that cannot be opened is an Error; truncated or corrupt
/// data set badbit where they are met.
std::unique_ptr<std::istream> open_text(const std::filesystem::path& path);

}  // namespace rotor
