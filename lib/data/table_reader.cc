#include "data/table_reader.h"

#include "base/excerpt.h"
#include "base/option_text.h"
#include "text/unicode.h"

namespace rotor {

namespace {

/// A text on one line: ends of lines, CR LF, LF and CR, are blanks.
void join_lines(std::string& text) {
  replace_all(text, "\r\n", " ");
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
}

}  // namespace

TableReader::TableReader(std::vector<std::filesystem::path> files, TableOptions options)
    : files_(std::move(files)), options_(std::move(options)) {
  options_.check();
  columns_ = options_.text_column_list();
  if (!options_.label_column.empty()) columns_.push_back(options_.label_column);
}

bool TableReader::next(LabelledRow& row) {
  while (file_ || rows_.size() < files_.size()) {
    if (!file_) open();
    try {
      if (read(row)) {
        ++rows_.back();
        return true;
      }
      close();
    } catch (const RowFault& error) {
      if (!options_.skip_malformed_rows) {
        fail("{}; mend the row, or leave such rows out with --skip-malformed-rows", error.what());
      }
      if (skipped_++ == 0) first_fault_ = error.what();
    }
  }
  return false;
}

void TableReader::open() {
  const auto& path = files_[rows_.size()];
  const TableFormat format = options_.format_of(path);
  require(!options_.no_header || format != TableFormat::kJsonLines,
          "--no-header is not for JSON lines such as {}: each names its columns itself", path.string());
  file_ = open_table(path, format, columns_, !options_.no_header);
  rows_.push_back(0);
}

void TableReader::close() {
  file_.reset();
  ROTOR_CHECK(rows_.back() > 0, "{}: expected rows, got none{}", files_[rows_.size() - 1].string(),
              skipped_ > 0 ? fmt::format("; {} rows were left out, the first as {}", skipped_, first_fault_) : "");
}

bool TableReader::read(LabelledRow& row) {
  if (!file_->next(row.texts)) return false;
  place_ = file_->place();
  row.label.clear();
  const size_t texts = columns_.size() - (options_.label_column.empty() ? 0 : 1);
  for (size_t i = 0; i < texts; ++i) {
    join_lines(row.texts[i]);
    if (is_blank(row.texts[i])) refuse_row("{}: expected a text in column '{}', got none", place_, columns_[i]);
  }
  if (texts == columns_.size()) return true;
  row.label = trimmed(row.texts.back());
  row.texts.pop_back();
  if (row.label.empty()) refuse_row("{}: expected a label in column '{}', got none", place_, columns_.back());
  if (row.label.find_first_of("\t\n\r") != std::string::npos) {
    refuse_row("{}: expected a label on one line without tabs, got '{}'", place_, excerpt(row.label));
  }
  return true;
}

}  // namespace rotor
