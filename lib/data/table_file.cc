#include "data/table_file.h"

#include <algorithm>
#include <set>

#include "base/csv.h"
#include "base/excerpt.h"
#include "base/files.h"
#include "base/json.h"
#include "base/option_text.h"

namespace rotor {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

namespace {

/// Names of columns, for a message.
std::string list_of(const Cells& names) {
  return excerpt(join(names, ", "), 200);
}

void split_at_tabs(const std::string& line, Cells& cells) {
  cells.clear();
  size_t begin = 0;
  for (size_t tab; (tab = line.find('\t', begin)) != line.npos; begin = tab + 1) {
    cells.push_back(line.substr(begin, tab - begin));
  }
  cells.push_back(line.substr(begin));
}

/// The rows of a file of any format.
class Rows : public TableFile {
 public:
  explicit Rows(const fs::path& path) : lines_(path) {}

  bool next(Cells& cells) final {
    if (!held_ && !read_next()) return false;
    held_ = false;
    if (is_blank()) {
      const std::string where = place();
      while (is_blank()) {
        if (!read_next()) return false;
      }
      held_ = true;
      refuse_row("{}: expected a row, got a blank line before another row", where);
    }
    take(cells);
    return true;
  }

  std::string place() const final { return fmt::format("{}:{}", lines_.name(), line_); }

 protected:
  /// Reads the next row into the object; false at the end.
  virtual bool read() = 0;
  virtual bool is_blank() const = 0;
  /// The cells asked for of the row read last.
  virtual void take(Cells& cells) const = 0;

  bool read_next() {
    line_ = lines_.line_number() + 1;
    return read();
  }
  bool read_line(std::string& line) {
    if (!lines_.next(line)) return false;
    if (line_ == 1) drop_byte_order_mark(line);
    return true;
  }
  LineReader& lines() { return lines_; }

 private:
  LineReader lines_;
  int64_t line_ = 0;   ///< at which the row read last begins
  bool held_ = false;  ///< that row was read to look past blank lines, and is still to be given
};

/// Rows of cells between tabs or commas.
class SeparatedRows : public Rows {
 public:
  SeparatedRows(const fs::path& path, TableFormat format, const Cells& columns, bool has_header)
      : Rows(path), format_(format), has_header_(has_header) {
    if (has_header) {
      ROTOR_CHECK(read_next(), "{}: expected a header with the names of columns, got an empty file", lines().name());
      for (const std::string& column : columns) chosen_.push_back(find(column));
      width_ = cells_.size();
    } else {
      for (const std::string& column : columns) chosen_.push_back(column_number(column) - 1);
      width_ = *std::max_element(chosen_.begin(), chosen_.end()) + 1;
    }
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto end = chosen_.begin() + static_cast<int64_t>(i), same = std::find(chosen_.begin(), end, chosen_[i]);
      ROTOR_CHECK(same == end, "{}: expected different columns, got '{}' and '{}' for the same one", lines().name(),
                  columns[same - chosen_.begin()], columns[i]);
    }
  }

 private:
  bool read() final {
    if (format_ == TableFormat::kCommas) return read_csv_record(lines(), cells_);
    std::string line;
    if (!read_line(line)) return false;
    split_at_tabs(line, cells_);
    return true;
  }

  bool is_blank() const final { return cells_.size() == 1 && cells_[0].empty(); }

  void take(Cells& cells) const final {
    const bool fits = has_header_ ? cells_.size() == width_ : cells_.size() >= width_;
    if (!fits) {
      refuse_row("{}: expected {}{} cells between {}{}, got {}{}", place(), has_header_ ? "" : "at least ", width_,
                 format_ == TableFormat::kTabs ? "tabs" : "commas", has_header_ ? ", as in the header" : "",
                 cells_.size(), hint());
    }
    cells.clear();
    for (size_t index : chosen_) cells.push_back(cells_[index]);
  }

  /// The index of a column of the header, which was read last.
  size_t find(const std::string& column) const {
    const auto found = std::find(cells_.begin(), cells_.end(), column);
    if (found != cells_.end()) {
      const auto count = std::count(found, cells_.end(), column);
      ROTOR_CHECK(count == 1, "{}: expected a column '{}', got a header with {} of that name; give the number of one",
                  place(), column, count);
      return found - cells_.begin();
    }
    const int64_t number = column_number(column);
    if (number > 0 && number <= std::ssize(cells_)) return number - 1;
    const std::string other_format = hint();
    fail("{}: expected a column '{}', got a header with {}{}; name a column, or give its number from 1{}", place(),
         column, list_of(cells_), other_format.empty() ? did_you_mean(column, cells_) : "", other_format);
  }

  /// The format that the row read last seems to have, if that is another.
  std::string hint() const {
    if (cells_.size() > 1) return "";
    const bool tabs = format_ == TableFormat::kTabs;
    if (cells_[0].find(tabs ? ',' : '\t') == std::string::npos) return "";
    return tabs ? "; a table with commas takes --table-format csv" : "; a table with tabs takes --table-format tsv";
  }

  TableFormat format_;
  bool has_header_;
  std::vector<size_t> chosen_;
  size_t width_ = 0;  ///< number of cells of a row, the least one without a header
  Cells cells_;
};

/// A JSON object a line.
class JsonRows : public Rows {
 public:
  JsonRows(const fs::path& path, Cells columns) : Rows(path), columns_(std::move(columns)) {}

 private:
  bool read() final { return read_line(text_); }
  bool is_blank() const final { return text_.empty(); }

  void take(Cells& cells) const final {
    const Json object = parse();
    cells.clear();
    for (const std::string& column : columns_) {
      const auto found = object.find(column);
      if (found == object.end()) refuse_row("{}: expected a key '{}', got {}", place(), column, keys_of(object));
      if (found->is_structured()) {
        refuse_row("{}: expected a text or a number as '{}', got {}", place(), column, found->type_name());
      }
      cells.push_back(found->is_string() ? found->get<std::string>() : found->is_null() ? "" : found->dump());
    }
  }

  static std::string keys_of(const Json& object) {
    Cells keys;
    for (const auto& [key, value] : object.items()) keys.push_back(key);
    return keys.empty() ? "an object without keys" : "an object with " + list_of(keys);
  }

  Json parse() const {
    if (is_nested_deeper(text_)) {
      refuse_row("{}: expected a JSON object, got brackets within brackets, more than {} deep: {}", place(),
                 kDeepestJson, excerpt(text_));
    }
    Json object;
    std::set<std::string> keys;
    try {
      object = Json::parse(text_, [&](int depth, Json::parse_event_t event, const Json& parsed) {
        if (event == Json::parse_event_t::key && depth == 1 && !keys.insert(parsed.get<std::string>()).second) {
          refuse_row("{}: expected each key once, got {} twice", place(), excerpt(parsed.dump()));
        }
        return true;
      });
    } catch (const Json::parse_error& error) {
      refuse_row("{}: expected a JSON object, got something else at byte {}: {}", place(), error.byte, excerpt(text_));
    } catch (const Json::exception&) {
      refuse_row("{}: expected numbers that 64 bits hold, got a larger one: {}", place(), excerpt(text_));
    }
    if (!object.is_object()) refuse_row("{}: expected a JSON object, got {}", place(), object.type_name());
    return object;
  }

  Cells columns_;
  std::string text_;
};

}  // namespace

std::unique_ptr<TableFile> open_table(const fs::path& path, TableFormat format, const Cells& columns, bool has_header) {
  if (format == TableFormat::kJsonLines) return std::make_unique<JsonRows>(path, columns);
  return std::make_unique<SeparatedRows>(path, format, columns, has_header);
}

bool has_column(const fs::path& path, TableFormat format, const std::string& column, bool has_header) {
  LineReader lines(path);
  Cells cells;
  if (format == TableFormat::kCommas) {
    read_csv_record(lines, cells);
  } else {
    std::string line;
    lines.next(line);
    drop_byte_order_mark(line);
    if (format == TableFormat::kJsonLines) {
      const Json object = parse_json(line);
      return !object.is_object() || object.contains(column);  // a line that is no object is refused when it is read
    }
    split_at_tabs(line, cells);
  }
  if (has_header && std::find(cells.begin(), cells.end(), column) != cells.end()) return true;
  const int64_t number = column_number(column);
  return number > 0 && number <= std::ssize(cells);
}

}  // namespace rotor
