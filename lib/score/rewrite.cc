#include "score/rewrite.h"

#include <array>

#include "base/option_text.h"
#include "text/spacing.h"

namespace rotor {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_stop(char c) {
  return c == '.' || c == ',';
}

/// mteval's ranges {-~ [-` space-& (-+ :-@ /.
constexpr std::array<bool, 256> kSymbols = [] {
  std::array<bool, 256> symbols{};
  constexpr std::string_view ranges[] = {"{~", "[`", " &", "(+", ":@", "//"};
  for (std::string_view range : ranges) {
    for (int c = range[0]; c <= range[1]; ++c) symbols[c] = true;
  }
  return symbols;
}();

}  // namespace

void unescape_entities(std::string& text) {
  replace_all(text, "&quot;", "\"");
  replace_all(text, "&amp;", "&");
  replace_all(text, "&lt;", "<");
  replace_all(text, "&gt;", ">");
}

std::string separate_symbols(const std::string& text) {
  return set_apart(text, [](char c) { return kSymbols[static_cast<unsigned char>(c)]; });
}

std::string separate_stops(const std::string& text) {
  std::string result = text;
  if (text.find('.') != std::string::npos || text.find(',') != std::string::npos) {
    result = space_pairs(result, "1 2 ", [](char a, char b) { return is_stop(b) && !is_digit(a); });
    result = space_pairs(result, " 1 2", [](char a, char b) { return is_stop(a) && !is_digit(b); });
  }
  if (text.find('-') == std::string::npos) return result;
  return space_pairs(result, "1 2 ", [](char a, char b) { return b == '-' && is_digit(a); });
}

}  // namespace rotor
