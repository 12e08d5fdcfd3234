#include "page/csv_file.h"

#include "base/check.h"
#include "base/csv.h"

namespace rotor {

CsvFile read_csv(const std::filesystem::path& path) {
  CsvFile file;
  LineReader reader(path);
  std::vector<std::string> cells;
  for (int64_t line = 1; read_csv_record(reader, cells); line = reader.line_number() + 1) {
    if (cells.size() == 1 && cells[0].empty()) continue;
    if (file.header.empty()) {
      file.header = cells;
      continue;
    }
    ROTOR_CHECK(cells.size() == file.header.size(), "{}:{}: expected {} cells, as in the header, got {}", path.string(),
                line, file.header.size(), cells.size());
    file.rows.push_back(cells);
  }
  ROTOR_CHECK(!file.header.empty(), "{}: expected a header with the names of columns, got an empty file",
              path.string());
  return file;
}

}  // namespace rotor
