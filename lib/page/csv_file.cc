#include "page/csv_file.h"

#include "base/check.h"
#include "base/files.h"

namespace rotor {
namespace {

/// The cells of a line; false if a quote stands inside a cell without quotes, or is not closed.
bool split_cells(const std::string& line, std::vector<std::string>& cells) {
  cells.assign(1, "");
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const bool starts = i == 0 || (line[i - 1] == ',' && cells.back().empty());
    if (line[i] != '"') {
      if (line[i] == ',' && !quoted) {
        cells.emplace_back();
      } else {
        cells.back() += line[i];
      }
    } else if (!quoted && starts) {
      quoted = true;
    } else if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += line[++i];
    } else if (quoted && (i + 1 == line.size() || line[i + 1] == ',')) {
      quoted = false;
    } else {
      return false;
    }
  }
  return !quoted;
}

}  // namespace

CsvFile read_csv(const std::filesystem::path& path) {
  CsvFile file;
  LineReader reader(path);
  std::vector<std::string> cells;
  for (std::string line; reader.next(line);) {
    if (line.empty()) continue;
    ROTOR_CHECK(split_cells(line, cells),
                "{}:{}: expected comma-separated values, a cell with quotes as \"…\" with quotes doubled, got {}",
                path.string(), reader.line_number(), line);
    if (file.header.empty()) {
      file.header = cells;
      continue;
    }
    ROTOR_CHECK(cells.size() == file.header.size(), "{}:{}: expected {} cells, as in the header, got {}", path.string(),
                reader.line_number(), file.header.size(), cells.size());
    file.rows.push_back(cells);
  }
  ROTOR_CHECK(!file.header.empty(), "{}: expected a header with the names of columns, got an empty file",
              path.string());
  return file;
}

}  // namespace rotor
