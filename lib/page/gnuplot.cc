#include "page/gnuplot.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"
#include "base/files.h"
#include "base/option_text.h"
#include "base/process.h"

namespace rotor {

namespace {

/// The style of every figure: plain texts, axes left and below, a faint grid, the key at the right.
constexpr std::string_view kStyle = R"(set encoding utf8
set border 3 lc rgb '#444444'
set tics nomirror out
set format '%g'
set grid lc rgb '#dddddd' lw 1 dt solid
set key outside right top vertical Left reverse samplen 3 spacing 1.2 noenhanced
)";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_id(const std::string& id) {
  const auto inner = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; };
  return !id.empty() && is_letter(id[0]) && std::all_of(id.begin(), id.end(), inner);
}

std::string plain(const std::string& text) {
  ROTOR_CHECK(is_utf8(text), "expected UTF-8 text in a figure, got other bytes");
  std::string result = text;
  std::replace_if(
      result.begin(), result.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return result;
}

std::string escape_xml(std::string text) {
  replace_all(text, "&", "&amp;");
  replace_all(text, "<", "&lt;");
  return text;
}

/// Puts `prefix` before every id in the tags, where it is given and where it is used.
std::string prefix_ids(std::string_view svg, const std::string& prefix) {
  std::string result;
  while (!svg.empty()) {
    const size_t begin = std::min(svg.find('<'), svg.size());
    const size_t end = std::min(svg.find('>', begin), svg.size());
    result += svg.substr(0, begin);
    std::string tag(svg.substr(begin, end - begin));
    for (const char* use : {" id='", " id=\"", "href='#", "href=\"#", "url(#"}) replace_all(tag, use, use + prefix);
    result += tag;
    svg.remove_prefix(end);
  }
  return result;
}

/// gnuplot's SVG without its XML declaration, name and version.
std::string clean(const std::string& svg, const Canvas& canvas) {
  const size_t begin = svg.find("<svg"), title = svg.find("<title>"), description = svg.find("</desc>"),
               end = svg.rfind("</svg>");
  ROTOR_CHECK(begin < title && title < description && description != svg.npos && end != svg.npos,
              "expected an SVG file of gnuplot's, got other text; is the package gnuplot-nox sound?");
  constexpr size_t kTag = std::string_view("<svg").size();
  const std::string head = svg.substr(begin + kTag, title - begin - kTag);
  const size_t body = description + std::string_view("</desc>").size();
  return prefix_ids(fmt::format("<svg role=\"img\"{}<title>{}</title>{}</svg>\n", head, escape_xml(plain(canvas.title)),
                                svg.substr(body, end - body)),
                    canvas.id + "-");
}

/// The output of gnuplot on one of its terminals.
std::string output_of(const std::string& terminal, const std::string& script) {
  ProcessResult result;
  try {
    result =
        run_process({"gnuplot", "--default-settings"}, fmt::format("set terminal {}\n{}{}", terminal, kStyle, script));
  } catch (const Error& error) {
    fail("{}; figures need gnuplot: install the package gnuplot-nox", error.what());
  }
  ROTOR_CHECK(result.exit_code == 0, "gnuplot failed with exit code {}: {}", result.exit_code, plain(result.err));
  return result.out;
}

}  // namespace

std::string gnuplot_string(const std::string& text) {
  // All but letters and spaces goes in octal: no quote, backslash, backquote or @ is left to mean anything. Digits too:
  // gnuplot reads as many of them after a backslash as there are.
  std::string shown = plain(text);
  replace_all(shown, "&#x",
              "&#x26;#x");  // gnuplot passes on references in hexadecimal as they are, and escapes any other &
  std::string result;
  for (char c : shown) {
    const bool safe = is_letter(c) || c == ' ' || static_cast<unsigned char>(c) >= 0x80;
    result += safe ? std::string(1, c) : fmt::format("\\{:03o}", static_cast<unsigned char>(c));
  }
  return '"' + result + '"';
}

std::string draw_with_gnuplot(const std::string& script, const Canvas& canvas) {
  ROTOR_CHECK(is_id(canvas.id), "expected a letter, then letters, digits, '-' or '_' as a figure's id, got '{}'",
              canvas.id);
  return clean(output_of(fmt::format("svg size {},{} fixed noenhanced font 'sans-serif,13' background rgb '#ffffff'",
                                     canvas.width, canvas.height),
                         script),
               canvas);
}

std::string draw_pdf_with_gnuplot(const std::vector<std::string>& scripts, int width, int height) {
  constexpr double kPixels = 96;  // an inch
  std::string pages;
  for (const std::string& script : scripts) pages += fmt::format("reset\n{}{}", kStyle, script);
  std::string pdf = output_of(
      fmt::format("pdfcairo noenhanced size {:.3f}in,{:.3f}in font 'sans-serif,10'", width / kPixels, height / kPixels),
      pages);
  ROTOR_CHECK(pdf.starts_with("%PDF-"),
              "expected a PDF file of gnuplot's, got other bytes; is the package gnuplot-nox sound?");
  constexpr std::string_view kDate = "/CreationDate (D:", kFixed = "19700101000000";
  if (const size_t at = pdf.find(kDate); at != pdf.npos) pdf.replace(at + kDate.size(), kFixed.size(), kFixed);
  return pdf;
}

}  // namespace rotor
