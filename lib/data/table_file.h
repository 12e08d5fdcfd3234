// One table file, plain or compressed, read row by row: tab-separated or comma-separated values with a header or
// without one, or JSON lines (data/table_options.h says what each is). A byte order mark before the first line and a CR
// before the end of one are left out, and so are blank lines at the end of a file.
//
// With a header, each row has as many cells as it. Without one, a row has at least the columns that are read: files
// such as those of the STS benchmark have more cells in some rows than in others.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "data/table_options.h"

namespace rotor {

/// A fault of one row, after which the next one can be read.
class RowFault : public Error {
 public:
  using Error::Error;
};

/// Throws a RowFault with that text.
template <typename... Args>
[[noreturn]] void refuse_row(fmt::format_string<Args...> format, Args&&... args) {
  throw RowFault(fmt::format(format, std::forward<Args>(args)...));
}

class TableFile {
 public:
  virtual ~TableFile() = default;

  /// Reads the cells of the next row that are in the columns asked for, in their order; false at the end. A row of
  /// another number of cells, a line that is no JSON object or lacks a column, and a value of JSON that is neither a
  /// text nor a number nor a truth value, are a RowFault; null is an empty cell. Text that is not UTF-8, and a quote of
  /// comma-separated values that is misplaced or not closed, are an Error. All name file and line.
  virtual bool next(std::vector<std::string>& cells) = 0;

  /// Where the row last read began: "train.tsv:17".
  virtual std::string place() const = 0;
};

/// Opens a file ("-" is standard input) to read some columns: a column is the name of one in the header or, if none has
/// that name, its number from 1; without a header it is a number, and of JSON lines always a name. A column that the
/// header lacks is an Error that names those it has, and so is a name that it has twice.
std::unique_ptr<TableFile> open_table(const std::filesystem::path& path, TableFormat format,
                                      const std::vector<std::string>& columns, bool has_header);

/// Whether a file that open_table() can read has a column: its header, the keys of its first line of JSON, or without a
/// header its first row say so.
bool has_column(const std::filesystem::path& path, TableFormat format, const std::string& column, bool has_header);

}  // namespace rotor
