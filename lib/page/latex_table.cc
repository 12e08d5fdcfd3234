#include "page/latex_table.h"

#include <fmt/format.h>

#include <sstream>
#include <string_view>

namespace rotor {
namespace {

constexpr std::pair<std::string_view, std::string_view> kEscapes[] = {
    {"\\", "\\textbackslash{}"},
    {"&", "\\&"},
    {"%", "\\%"},
    {"$", "\\$"},
    {"#", "\\#"},
    {"_", "\\_"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"~", "\\textasciitilde{}"},
    {"^", "\\textasciicircum{}"},
    {"<", "\\textless{}"},
    {">", "\\textgreater{}"},
    {"|", "\\textbar{}"},
    {"≤", "$\\leq$"},
    {"≥", "$\\geq$"},
    {"±", "$\\pm$"},
    {"−", "$-$"},
    {"×", "$\\times$"},
    {"→", "$\\rightarrow$"},
    {"α", "$\\alpha$"},
    {"–", "--"},
    {"…", "\\dots{}"},
    {"\n", " "},
    {"\r", " "},
};

/// A caption as comments, which end with their line.
std::string comments(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) result += "% " + line + '\n';
  return result;
}

}  // namespace

std::string latex_escaped(const std::string& text) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    std::string_view from = std::string_view(text).substr(at, 1), to = from;
    for (const auto& [character, escape] : kEscapes) {
      if (std::string_view(text).substr(at).starts_with(character)) from = character, to = escape;
    }
    result += to;
    at += from.size();
  }
  return result;
}

std::string latex(const Table& table) {
  std::string text = comments(table.caption) + "% Needs \\usepackage{booktabs}.\n\\begin{tabular}{";
  for (const Column& column : table.columns) text += column.number ? 'r' : 'l';
  text += "}\n\\toprule\n";
  const auto add_row = [&](size_t cells, auto cell) {
    for (size_t i = 0; i < cells; ++i) text += (i > 0 ? " & " : "") + cell(i);
    text += " \\\\\n";
  };
  add_row(table.columns.size(), [&](size_t i) { return latex_escaped(table.columns[i].title); });
  text += "\\midrule\n";
  const auto best = best_cells(table);
  for (size_t row = 0; row < table.rows.size(); ++row) {
    add_row(table.rows[row].size(), [&](size_t i) {
      const std::string cell = table.rows[row][i].empty() ? "--" : latex_escaped(table.rows[row][i]);
      return best[row][i] ? fmt::format("\\textbf{{{}}}", cell) : cell;
    });
  }
  return text + "\\bottomrule\n\\end{tabular}\n";
}

}  // namespace rotor
