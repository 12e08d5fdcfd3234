// A report as a list of headings, paragraphs, texts, tables and figures, and its forms: one HTML page that needs no
// other file, Markdown with the figures beside it, a CSV and a LaTeX file a table, an SVG and a PDF file a figure. All
// texts are plain; each form escapes them itself.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "score/differences.h"

namespace rotor {

/// The number of a column that is best, and set in bold.
enum class Best { kNone, kHighest, kLowest };

struct Column {
  std::string title;
  bool number = true;  ///< whether cells are aligned to the right
  Best best = Best::kNone;
};

struct Table {
  std::string name;  ///< name of its CSV file, without .csv
  std::string caption;
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  ///< one cell for each column; an empty cell means unknown
  bool shown = true;                           ///< whether the page shows it; if not, it is only a CSV file
  size_t heading_rows = 0;                     ///< rows at the top whose numbers are not compared for the best
};

struct Heading {
  std::string text;
};
struct Paragraph {
  std::string text;
};
/// Preformatted text, folded under a title.
struct Listing {
  std::string title, text;
};
/// Texts one below the other, each with a label (which may have several lines), with some parts marked.
struct MarkedLines {
  struct Line {
    std::string label;
    std::vector<Piece> pieces;
  };
  std::string title;
  std::vector<Line> lines;
};
struct Figure {
  std::string name;  ///< name of its SVG file, without .svg
  std::string caption;
  std::string svg;
  std::string pdf = {};  ///< the bytes of a PDF file; none if empty
};

struct Page {
  std::string title;
  std::vector<std::variant<Heading, Paragraph, Listing, MarkedLines, Table, Figure>> blocks;

  std::string html() const;
  std::string markdown() const;  ///< refers to figures as <name>.svg

  /// Writes report.html, report.md, <table>.csv, <table>.tex of tables that are shown, <figure>.svg and <figure>.pdf.
  /// Removes the figures of an earlier page's report.md that is there, if this page has none of the name.
  void write(const std::filesystem::path& folder) const;
};

/// For each cell of each row, whether it is the best of its column: all that are equally good, but none where all are.
std::vector<std::vector<bool>> best_cells(const Table& table);

/// Comma-separated values as in RFC 4180, with LF line ends: the titles come first. Of a cell "≤ 0.001", only the
/// number.
std::string csv(const Table& table);

std::string html_escaped(const std::string& text);
std::string markdown_escaped(const std::string& text);

}  // namespace rotor
