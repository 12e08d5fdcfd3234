#include "page/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include "base/check.h"
#include "base/files.h"
#include "page/latex_table.h"
#include "page/page_style.h"

namespace rotor {
namespace {

constexpr const char* kNotKnown = "–";

constexpr const char* kMark = "<!-- A page of Rotor, which removes its figures when they are drawn no more. -->\n";

std::string escaped(const std::string& text, const std::vector<std::pair<char, const char*>>& replacements) {
  std::string result;
  for (char c : text) {
    const char* replacement = nullptr;
    for (const auto& [from, to] : replacements) {
      if (c == from) replacement = to;
    }
    replacement ? result += replacement : result += c;
  }
  return result;
}

constexpr std::string_view kAtMost = "≤ ";

std::string csv_field(std::string text) {
  if (text.starts_with(kAtMost)) text.erase(0, kAtMost.size());
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return '"' + escaped(text, {{'"', "\"\""}}) + '"';
}

struct Html {
  std::string operator()(const Heading& heading) const {
    return fmt::format("<h2>{}</h2>\n", html_escaped(heading.text));
  }
  std::string operator()(const Paragraph& paragraph) const {
    return fmt::format("<p>{}</p>\n", html_escaped(paragraph.text));
  }
  std::string operator()(const Listing& listing) const {
    return fmt::format("<details><summary>{}</summary><pre>{}</pre></details>\n", html_escaped(listing.title),
                       html_escaped(listing.text));
  }
  std::string operator()(const MarkedLines& marked) const {
    std::string text =
        fmt::format("<p class=\"caption\">{}</p>\n<table class=\"marked\">\n", html_escaped(marked.title));
    for (const auto& line : marked.lines) {
      text += fmt::format("<tr><th>{}</th><td>", html_escaped(line.label));
      for (const Piece& piece : line.pieces) {
        text += piece.differs ? fmt::format("<mark>{}</mark>", html_escaped(piece.text)) : html_escaped(piece.text);
      }
      text += "</td></tr>\n";
    }
    return text + "</table>\n";
  }
  std::string operator()(const Figure& figure) const {
    return fmt::format("<figure>\n<div class=\"wide\">{}</div>\n<figcaption>{}</figcaption>\n</figure>\n", figure.svg,
                       html_escaped(figure.caption));
  }
  std::string operator()(const Table& table) const {
    if (!table.shown) return "";
    std::string text = fmt::format("<p class=\"caption\">{}</p>\n<div class=\"wide\"><table>\n<thead><tr>",
                                   html_escaped(table.caption));
    for (const Column& column : table.columns) {
      text += fmt::format("<th{}>{}</th>", column.number ? " class=\"n\"" : "", html_escaped(column.title));
    }
    text += "</tr></thead>\n<tbody>\n";
    const auto best = best_cells(table);
    for (size_t r = 0; r < table.rows.size(); ++r) {
      const auto& row = table.rows[r];
      text += "<tr>";
      for (size_t i = 0; i < row.size(); ++i) {
        const std::string shown = row[i].empty() ? kNotKnown : html_escaped(row[i]);
        text += fmt::format("<{0}{1}>{2}</{0}>", i == 0 ? "th" : "td", table.columns[i].number ? " class=\"n\"" : "",
                            best[r][i] ? fmt::format("<b>{}</b>", shown) : shown);
      }
      text += "</tr>\n";
    }
    return text + "</tbody></table></div>\n";
  }
};

struct Markdown {
  std::string operator()(const Heading& heading) const {
    return fmt::format("## {}\n", markdown_escaped(heading.text));
  }
  std::string operator()(const Paragraph& paragraph) const { return markdown_escaped(paragraph.text) + '\n'; }
  std::string operator()(const Listing& listing) const {
    return fmt::format("{}:\n\n```\n{}{}```\n", markdown_escaped(listing.title), listing.text,
                       listing.text.ends_with('\n') ? "" : "\n");
  }
  std::string operator()(const MarkedLines& marked) const {
    std::string text = markdown_escaped(marked.title) + "\n\n";
    for (const auto& line : marked.lines) {
      text += fmt::format("- {}: ", markdown_escaped(line.label));
      for (const Piece& piece : line.pieces) {
        text += piece.differs ? fmt::format("**{}**", markdown_escaped(piece.text)) : markdown_escaped(piece.text);
      }
      text += '\n';
    }
    return text;
  }
  std::string operator()(const Figure& figure) const {
    return fmt::format("![{}]({}.svg)\n", markdown_escaped(figure.caption), figure.name);
  }
  std::string operator()(const Table& table) const {
    if (!table.shown) return "";
    std::string text = markdown_escaped(table.caption) + "\n\n|", rule = "|";
    for (const Column& column : table.columns) {
      text += fmt::format(" {} |", markdown_escaped(column.title));
      rule += column.number ? " ---: |" : " --- |";
    }
    text += '\n' + rule + '\n';
    const auto best = best_cells(table);
    for (size_t r = 0; r < table.rows.size(); ++r) {
      text += '|';
      for (size_t i = 0; i < table.rows[r].size(); ++i) {
        const std::string& cell = table.rows[r][i];
        const std::string shown = cell.empty() ? kNotKnown : markdown_escaped(cell);
        text += best[r][i] ? fmt::format(" **{}** |", shown) : fmt::format(" {} |", shown);
      }
      text += '\n';
    }
    return text;
  }
};

/// The number that a cell is; none for other texts.
std::optional<double> number_in(const std::string& cell) {
  double number = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  if (cell.empty() || error != std::errc() || end != cell.data() + cell.size()) return std::nullopt;
  return number;
}

/// The names of the figures to which a report refers, if there is one that a page wrote.
std::set<std::string> figures_of(const std::filesystem::path& report) {
  std::ifstream in(report);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.find(kMark) == text.npos) return {};
  const std::regex figure(R"(\]\(([\w-]+)\.svg\))");
  std::set<std::string> names;
  for (std::sregex_iterator found(text.begin(), text.end(), figure), end; found != end; ++found) {
    names.insert((*found)[1]);
  }
  return names;
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  write_atomically(path, [&](std::ostream& out) { out << text; });
}

}  // namespace

std::string html_escaped(const std::string& text) {
  return escaped(text, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}});
}

std::string markdown_escaped(const std::string& text) {
  return escaped(text, {{'|', "\\|"},
                        {'*', "\\*"},
                        {'_', "\\_"},
                        {'`', "\\`"},
                        {'\\', "\\\\"},
                        {'<', "\\<"},
                        {'[', "\\["},
                        {']', "\\]"},
                        {'\n', " "},
                        {'\r', " "}});
}

std::vector<std::vector<bool>> best_cells(const Table& table) {
  std::vector<std::vector<bool>> marked;
  for (const auto& row : table.rows) marked.emplace_back(row.size(), false);
  for (size_t column = 0; column < table.columns.size(); ++column) {
    if (table.columns[column].best == Best::kNone) continue;
    std::map<size_t, double> goodness;  // by row
    for (size_t row = table.heading_rows; row < table.rows.size(); ++row) {
      const auto number = column < table.rows[row].size() ? number_in(table.rows[row][column]) : std::nullopt;
      if (number) goodness[row] = table.columns[column].best == Best::kLowest ? -*number : *number;
    }
    const auto [worst, best] = std::minmax_element(goodness.begin(), goodness.end(),
                                                   [](const auto& a, const auto& b) { return a.second < b.second; });
    if (goodness.empty() || worst->second == best->second) continue;
    for (const auto& [row, value] : goodness) marked[row][column] = value == best->second;
  }
  return marked;
}

std::string csv(const Table& table) {
  std::string text;
  const auto add = [&](size_t i, const std::string& field) {
    if (i > 0) text += ',';
    text += csv_field(field);
  };
  for (size_t i = 0; i < table.columns.size(); ++i) add(i, table.columns[i].title);
  text += '\n';
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < row.size(); ++i) add(i, row[i]);
    text += '\n';
  }
  return text;
}

std::string Page::html() const {
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n",
      html_escaped(title), kPageStyle);
  for (const auto& block : blocks) text += std::visit(Html(), block);
  return text + "</body>\n</html>\n";
}

std::string Page::markdown() const {
  std::string text = "# " + markdown_escaped(title) + '\n';
  for (const auto& block : blocks) {
    if (const std::string form = std::visit(Markdown(), block); !form.empty()) text += '\n' + form;
  }
  return text + '\n' + kMark;
}

void Page::write(const std::filesystem::path& folder) const {
  std::set<std::string> former = figures_of(folder / "report.md");
  write_text(folder / "report.html", html());
  write_text(folder / "report.md", markdown());
  for (const auto& block : blocks) {
    if (const auto* table = std::get_if<Table>(&block)) {
      write_text(folder / (table->name + ".csv"), csv(*table));
      if (table->shown) write_text(folder / (table->name + ".tex"), latex(*table));
    }
    if (const auto* figure = std::get_if<Figure>(&block)) {
      write_text(folder / (figure->name + ".svg"), figure->svg);
      if (!figure->pdf.empty()) write_text(folder / (figure->name + ".pdf"), figure->pdf);
      former.erase(figure->name);
    }
  }
  for (const std::string& name : former) {
    std::error_code ignored;
    for (const char* extension : {".svg", ".pdf"}) std::filesystem::remove(folder / (name + extension), ignored);
  }
}

}  // namespace rotor
