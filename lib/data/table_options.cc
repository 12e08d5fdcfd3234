#include "data/table_options.h"

#include <algorithm>

#include "base/compressed.h"
#include "base/option_text.h"

namespace rotor {

namespace fs = std::filesystem;

void TableOptions::describe(Options& options) {
  options.group("Tables");
  options
      .add("text-columns", text_columns,
           "columns with the texts of a row, separated by commas: names in the header, or numbers from 1")
      .common();
  options
      .add("label-column", label_column,
           "column with the labels; without it rows have none, but of a ranking the first candidate is the right one")
      .common();
  options.add("no-header", no_header, "the first line is a row, not the names of columns; give columns by number");
  options.add("table-format", table_format,
              "format of the tables: tsv has tabs and no quoting, csv is that of RFC 4180, jsonl has an object a line; "
              "auto goes by the file's ending, and takes tsv for others than .csv, .jsonl and .ndjson",
              {"auto", "tsv", "csv", "jsonl"});
  options.add("skip-malformed-rows", skip_malformed_rows,
              "leave out rows with too few or too many cells, an empty text or no label, and say how many");
}

void TableOptions::check() const {
  require(!text_columns.empty(), "expected --text-columns with the columns of texts, such as sentence1,sentence2");
  std::vector<std::string> columns = text_column_list();
  if (!label_column.empty()) columns.push_back(label_column);
  for (const std::string& column : columns) {
    require(!column.empty(), "--text-columns expects columns separated by commas, got an empty one in '{}'",
            text_columns);
    require(std::count(columns.begin(), columns.end(), column) == 1,
            "--text-columns and --label-column expect different columns, got '{}' twice", column);
    require(!no_header || column_number(column) > 0,
            "--no-header expects columns by number from 1, such as 6,7, got '{}'", column);
  }
  require(!no_header || table_format != "jsonl", "--no-header is not for JSON lines: each names its columns itself");
}

std::vector<std::string> TableOptions::text_column_list() const {
  std::vector<std::string> columns(1);
  for (char c : text_columns) {
    if (c == ',') {
      columns.emplace_back();
    } else {
      columns.back() += c;
    }
  }
  return columns;
}

TableFormat TableOptions::format_of(const fs::path& file) const {
  std::string format = table_format;
  if (format == "auto") {
    const auto& compressed = compressed_endings();
    const bool packed = std::count(compressed.begin(), compressed.end(), file.extension()) > 0;
    format = (packed ? file.stem() : file).extension();
    format.erase(0, 1);  // the dot
  }
  if (format == "csv") return TableFormat::kCommas;
  if (format == "jsonl" || format == "ndjson") return TableFormat::kJsonLines;
  return TableFormat::kTabs;
}

int64_t column_number(const std::string& column) {
  int64_t number = 0;
  return read_value({column}, number) && number > 0 ? number : 0;
}

}  // namespace rotor
