// Rows of labelled texts, from tables that are read one after the other as one (data/table_file.h).
//
//   TableReader reader({"train.tsv.gz"}, {.text_columns = "sentence1,sentence2", .label_column = "label"});
//   for (LabelledRow row; reader.next(row);) …
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data/table_file.h"

namespace rotor {

/// The columns of a row that are asked for.
struct LabelledRow {
  std::vector<std::string> texts;  ///< of each text column; an end of a line within a text is a blank
  std::string label;               ///< without blanks around it; empty without a label column
};

class TableReader {
 public:
  /// Throws a UsageError for options that contradict each other. Files are opened when it is their turn.
  TableReader(std::vector<std::filesystem::path> files, TableOptions options);

  /// Reads the next row; false at the end. A malformed row is an Error, unless options skip such rows: one that a
  /// TableFile refuses, one with a text that is blank, and one without a label or with a label of more than one line.
  /// Other errors are those of open_table() and TableFile, and a file without rows.
  bool next(LabelledRow& row);

  /// Where the row read last began: "train.tsv:17".
  std::string place() const { return place_; }

  /// The number of rows read so far from each file, of those that were begun.
  const std::vector<int64_t>& rows() const { return rows_; }

  int64_t skipped() const { return skipped_; }                       ///< number of malformed rows left out
  const std::string& first_skipped() const { return first_fault_; }  ///< the fault of the first of them, with its place

 private:
  void open();
  void close();
  bool read(LabelledRow& row);

  std::vector<std::filesystem::path> files_;
  TableOptions options_;
  std::vector<std::string> columns_;  ///< those of texts, and that of labels
  std::unique_ptr<TableFile> file_;   ///< that is read
  std::vector<int64_t> rows_;
  int64_t skipped_ = 0;
  std::string place_, first_fault_;
};

}  // namespace rotor
