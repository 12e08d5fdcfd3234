// Comma-separated values as in RFC 4180, read from a file: a header, and rows of as many cells. A cell in double quotes
// may hold commas and, doubled, quotes, but no end of a line.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rotor {

struct CsvFile {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  ///< each has as many cells as the header
};

/// Reads a file (.gz is unpacked); blank lines are passed over. A file without a header, a row with another number of
/// cells and a quote that is not closed are an Error that names file and line.
CsvFile read_csv(const std::filesystem::path& path);

}  // namespace rotor
