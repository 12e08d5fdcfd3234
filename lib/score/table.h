// A table for terminals, drawn with box characters: the header and the first column stand out as in sacreBLEU's tables.
#pragma once

#include <string>
#include <vector>

namespace rotor {

using TableRow = std::vector<std::string>;

/// The first row is the header. All rows must have the same number of cells; a cell may have several lines. The first
/// column is aligned right, the others are centred.
std::string draw_table(const std::vector<TableRow>& rows);

}  // namespace rotor
