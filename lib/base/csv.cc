#include "base/csv.h"

#include "base/check.h"
#include "base/excerpt.h"

namespace rotor {
namespace {

/// Takes a record apart, line by line.
class RecordSplitter {
 public:
  explicit RecordSplitter(std::vector<std::string>& cells) : cells_(cells) { cells_.assign(1, ""); }

  /// Adds a line; false if a quote stands where none may.
  bool add(const std::string& line) {
    bool begins = !quoted_;  // whether the next character is the first of its cell
    for (size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (quoted_) {
        if (c != '"') {
          cells_.back() += c;
        } else if (i + 1 < line.size() && line[i + 1] == '"') {
          cells_.back() += line[++i];
        } else {
          quoted_ = false;
          if (i + 1 < line.size() && line[i + 1] != ',') return false;
        }
      } else if (c == ',') {
        cells_.emplace_back();
        begins = true;
      } else if (c == '"') {
        if (!begins) return false;
        quoted_ = true;
      } else {
        cells_.back() += c;
        begins = false;
      }
    }
    if (quoted_) cells_.back() += '\n';
    return true;
  }

  /// Whether the record goes on in the next line.
  bool open() const { return quoted_; }

 private:
  std::vector<std::string>& cells_;
  bool quoted_ = false;
};

}  // namespace

bool read_csv_record(LineReader& lines, std::vector<std::string>& cells) {
  std::string line;
  if (!lines.next(line)) return false;
  const int64_t first = lines.line_number();
  if (first == 1) drop_byte_order_mark(line);
  RecordSplitter record(cells);
  do {
    ROTOR_CHECK(record.add(line),
                "{}:{}: expected comma-separated values, a cell with quotes as \"…\" with quotes doubled, got {}",
                lines.name(), lines.line_number(), excerpt(line));
  } while (record.open() && lines.next(line));
  ROTOR_CHECK(!record.open(),
              "{}:{}: expected a closing quote for a cell that begins in this record, got the end of the file; close "
              "the cell, or double a quote that belongs to the text",
              lines.name(), first);
  return true;
}

}  // namespace rotor
