#include "score/table.h"

#include <algorithm>
#include <sstream>

namespace rotor {
namespace {

size_t characters(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::vector<std::string> lines_of(const std::string& cell) {
  std::vector<std::string> lines;
  std::istringstream in(cell);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string rule(const std::vector<size_t>& widths, const char* left, const char* line, const char* cross,
                 const char* right) {
  std::string text = left;
  for (size_t c = 0; c < widths.size(); ++c) {
    for (size_t i = 0; i < widths[c] + 2; ++i) text += line;
    text += c + 1 < widths.size() ? cross : right;
  }
  return text + "\n";
}

std::string padded(const std::string& text, size_t width, bool centred) {
  const size_t space = width - characters(text), left = centred ? space / 2 : space;
  return std::string(left, ' ') + text + std::string(space - left, ' ');
}

std::string draw_row(const TableRow& row, const std::vector<size_t>& widths) {
  std::vector<std::vector<std::string>> cells;
  size_t height = 0;
  for (const auto& cell : row) height = std::max(height, cells.emplace_back(lines_of(cell)).size());
  std::string text;
  for (size_t line = 0; line < height; ++line) {
    for (size_t c = 0; c < cells.size(); ++c) {
      text += "│ " + padded(line < cells[c].size() ? cells[c][line] : "", widths[c], c > 0) + " ";
    }
    text += "│\n";
  }
  return text;
}

}  // namespace

std::string draw_table(const std::vector<TableRow>& rows) {
  std::vector<size_t> widths;
  for (const auto& name : rows.front()) widths.push_back(characters(name) + 2);
  for (const auto& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) {
      for (const auto& line : lines_of(row[c])) widths[c] = std::max(widths[c], characters(line));
    }
  }
  std::string text = rule(widths, "╒", "═", "╤", "╕") + draw_row(rows.front(), widths);
  for (size_t r = 1; r < rows.size(); ++r) {
    text += r == 1 ? rule(widths, "╞", "═", "╪", "╡") : rule(widths, "├", "─", "┼", "┤");
    text += draw_row(rows[r], widths);
  }
  return text + rule(widths, "╘", "═", "╧", "╛");
}

}  // namespace rotor
