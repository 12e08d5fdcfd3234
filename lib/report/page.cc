#include "report/page.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/files.h"

namespace rotor {
namespace {

constexpr const char* kNotKnown = "–";

constexpr const char* kStyle = R"(
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1c1e21; background: #fff; max-width: 68rem;
  margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-bottom: .2rem; border-bottom: 1px solid #d0d4d9; }
p { max-width: 48rem; }
.wide { overflow-x: auto; margin: 0 0 1.2rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
p.caption { color: #4a5058; font-size: .9rem; margin: 1.2rem 0 .4rem; max-width: 54rem; }
th, td { padding: .3rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid #e4e7eb; }
thead th { border-bottom: 2px solid #9aa1a9; vertical-align: bottom; font-weight: 600; }
tbody th { font-weight: 500; white-space: nowrap; }
td.n, th.n { text-align: right; }
tbody tr:hover { background: #f4f6f9; }
figure { margin: 1rem 0; }
figure svg { max-width: 100%; height: auto; }
figcaption { color: #4a5058; font-size: .9rem; max-width: 48rem; }
details { margin: 1rem 0; }
summary { cursor: pointer; }
table.marked { margin: 0 0 1.2rem; table-layout: fixed; width: 100%; }
table.marked th { width: 11rem; font-weight: 500; color: #4a5058; overflow-wrap: anywhere; white-space: pre-line; }
mark { background: #ffe3a8; color: inherit; border-radius: 2px; }
pre { font-size: .85rem; background: #f4f6f9; padding: .8rem 1rem; overflow-x: auto; }
)";

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

std::string csv_field(const std::string& text) {
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
    return fmt::format("<figure>\n{}\n<figcaption>{}</figcaption>\n</figure>\n", figure.svg,
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
    for (const auto& row : table.rows) {
      text += "<tr>";
      for (size_t i = 0; i < row.size(); ++i) {
        text += fmt::format("<{0}{1}>{2}</{0}>", i == 0 ? "th" : "td", table.columns[i].number ? " class=\"n\"" : "",
                            row[i].empty() ? kNotKnown : html_escaped(row[i]));
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
    for (const auto& row : table.rows) {
      text += '|';
      for (const std::string& cell : row)
        text += fmt::format(" {} |", cell.empty() ? kNotKnown : markdown_escaped(cell));
      text += '\n';
    }
    return text;
  }
};

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
      html_escaped(title), kStyle);
  for (const auto& block : blocks) text += std::visit(Html(), block);
  return text + "</body>\n</html>\n";
}

std::string Page::markdown() const {
  std::string text = "# " + markdown_escaped(title) + '\n';
  for (const auto& block : blocks) {
    if (const std::string form = std::visit(Markdown(), block); !form.empty()) text += '\n' + form;
  }
  return text;
}

void Page::write(const std::filesystem::path& folder) const {
  write_text(folder / "report.html", html());
  write_text(folder / "report.md", markdown());
  for (const auto& block : blocks) {
    if (const auto* table = std::get_if<Table>(&block)) write_text(folder / (table->name + ".csv"), csv(*table));
    if (const auto* figure = std::get_if<Figure>(&block)) write_text(folder / (figure->name + ".svg"), figure->svg);
  }
}

}  // namespace rotor
