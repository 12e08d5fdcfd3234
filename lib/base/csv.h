// Comma-separated values as in RFC 4180. A cell in double quotes may hold commas, ends of lines and, doubled, quotes.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"

namespace rotor {

/// Reads the next record, which begins at the next line: its cells without their quotes, an end of a line within one as
/// LF. A blank line is a record of one empty cell; a byte order mark before the first line is left out. Returns false
/// at the end of the file. A quote within a cell without quotes, text after a closing quote, and a quote that is not
/// closed are an Error that names file and line.
bool read_csv_record(LineReader& lines, std::vector<std::string>& cells);

}  // namespace rotor
