// A whole file of comma-separated values (base/csv.h): a header, and rows of as many cells.
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
/// cells and misplaced quotes are an Error that names file and line.
CsvFile read_csv(const std::filesystem::path& path);

}  // namespace rotor
