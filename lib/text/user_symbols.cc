#include "text/user_symbols.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "base/option_text.h"
#include "text/unicode.h"

namespace rotor {
namespace {

/// Takes a symbol within quotation marks off the front of `list`.
std::string take_quoted(std::string_view& list) {
  std::string symbol;
  for (list.remove_prefix(1); !list.empty(); list.remove_prefix(1)) {
    if (list.front() == '"') {
      list.remove_prefix(1);
      if (!list.starts_with('"')) return symbol;
    }
    symbol += list.front();
  }
  throw UsageError(
      fmt::format("expected a closing quotation mark in the user-defined symbols, got none after '{}'", symbol));
}

/// Takes a symbol off the front of `list`, up to the comma behind it.
std::string take_symbol(std::string_view& list) {
  if (list.starts_with('"')) {
    std::string symbol = take_quoted(list);
    require(list.empty() || list.starts_with(','), "expected a comma after the user-defined symbol '{}', got '{}'",
            symbol, list.substr(0, 1));
    return symbol;
  }
  const size_t size = std::min(list.find(','), list.size());
  std::string symbol(list.substr(0, size));
  list.remove_prefix(size);
  return symbol;
}

bool is_byte_piece(const std::string& symbol) {
  return symbol.size() == 6 && symbol.starts_with("<0x") && symbol.ends_with('>') && std::isxdigit(symbol[3]) != 0 &&
         std::isxdigit(symbol[4]) != 0;
}

void check_symbol(const std::string& symbol, const std::vector<std::string>& before, bool byte_fallback) {
  const int64_t number = std::ssize(before) + 1;
  require(!symbol.empty(), "expected user-defined symbols with one comma between, got an empty one as number {}",
          number);
  for (const char32_t point : code_points(symbol)) {
    require(!is_blank(to_utf8({&point, 1})),
            "expected user-defined symbols without white space, which would never be found in text, got '{}' as number "
            "{}",
            symbol, number);
  }
  for (const char* special : {"<s>", "<pad>", "</s>", "<unk>"}) {
    require(symbol != special, "expected user-defined symbols other than the special tokens, got {}", symbol);
  }
  require(!byte_fallback || !is_byte_piece(symbol),
          "expected user-defined symbols other than --byte-fallback's pieces, got {}", symbol);
  require(std::find(before.begin(), before.end(), symbol) == before.end(),
          "expected each user-defined symbol once, got '{}' again as number {}", symbol, number);
}

}  // namespace

std::vector<std::string> parse_user_symbols(const std::string& list, bool byte_fallback) {
  std::vector<std::string> symbols;
  if (list.empty()) return symbols;
  for (std::string_view left = list;; left.remove_prefix(1)) {
    const std::string symbol = take_symbol(left);
    check_symbol(symbol, symbols, byte_fallback);
    symbols.push_back(symbol);
    if (left.empty()) return symbols;
  }
}

std::string list_user_symbols(const std::vector<std::string>& symbols) {
  std::vector<std::string> quoted;
  for (const std::string& symbol : symbols) {
    std::string& text = quoted.emplace_back("\"");
    for (const char c : symbol) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    text += '"';
  }
  return fmt::format("{}", fmt::join(quoted, ","));
}

}  // namespace rotor
