#include "compare/published_table.h"

#include <algorithm>

#include "base/check.h"
#include "base/option_text.h"
#include "page/csv_file.h"

namespace rotor {
namespace {

/// Whether a column has numbers, and empty cells at most.
bool has_numbers(const CsvFile& file, size_t column) {
  bool any = false;
  for (const auto& row : file.rows) {
    double number = 0;
    if (row[column].empty()) continue;
    if (!read_value({row[column]}, number)) return false;
    any = true;
  }
  return any;
}

}  // namespace

Table published_table(const std::filesystem::path& file) {
  CsvFile read = read_csv(file);
  ROTOR_CHECK(read.header.size() > 1, "{}: expected a header with names of columns, commas between, got '{}'",
              file.string(), read.header.front());
  ROTOR_CHECK(!read.rows.empty(), "{}: expected rows below the header, got none", file.string());
  Table table{"published",
              "Published by others, not measured here, with other data, models and tokenisers: these figures say which "
              "differences were found, and are not comparable to the ones above.",
              {},
              {}};
  for (size_t i = 0; i < read.header.size(); ++i) {
    const bool named = !read.header[i].empty();
    ROTOR_CHECK(named && std::count(read.header.begin(), read.header.end(), read.header[i]) == 1,
                "{}: expected a header with a name of its own for each column, got '{}' as column {}", file.string(),
                read.header[i], i + 1);
    table.columns.push_back({read.header[i], has_numbers(read, i)});
  }
  table.rows = std::move(read.rows);
  return table;
}

}  // namespace rotor
