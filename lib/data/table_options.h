// The options that say how tables of labelled texts are read: their format, and which columns hold texts and labels.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/options.h"

namespace rotor {

/// Tab-separated values: a row a line, a tab between cells, and no quoting: a quote is a character. Comma-separated
/// values as in RFC 4180. JSON lines: an object a line, whose keys name the columns.
enum class TableFormat { kTabs, kCommas, kJsonLines };

struct TableOptions {
  /// Columns by their names in the header, or by number from 1, separated by commas.
  std::string text_columns = {};
  std::string label_column = {};  ///< may be empty: no labels
  bool no_header = false;         ///< the first line is a row; columns are numbers
  std::string table_format = "auto";
  bool skip_malformed_rows = false;

  void describe(Options& options);

  /// Throws a UsageError for impossible values and combinations.
  void check() const;

  /// The columns of texts, one after the other.
  std::vector<std::string> text_column_list() const;

  /// The format of a file: that of the options or, where they leave it open, that which the ending of its name says
  /// after those of compression: .csv, .jsonl or .ndjson; all others have tabs.
  TableFormat format_of(const std::filesystem::path& file) const;
};

/// The number that a column is given by, from 1; 0 if the text is none.
int64_t column_number(const std::string& column);

}  // namespace rotor
