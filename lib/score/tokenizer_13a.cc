#include "score/tokenizer_13a.h"

#include <array>

#include "score/whitespace.h"

// Each step rewrites the whole segment, left to right and without overlap, before the next one starts: their order and
// what each consumes decide runs such as "5...,7". All characters concerned are ASCII, so bytes serve for UTF-8 text.
namespace rotor {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_stop(char c) {
  return c == '.' || c == ',';
}

/// ASCII symbols but ' , - . (mteval's ranges {-~ [-` space-& (-+ :-@ /).
constexpr std::array<bool, 256> kSymbols = [] {
  std::array<bool, 256> symbols{};
  constexpr std::string_view ranges[] = {"{~", "[`", " &", "(+", ":@", "//"};
  for (std::string_view range : ranges) {
    for (int c = range[0]; c <= range[1]; ++c) symbols[c] = true;
  }
  return symbols;
}();

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  size_t found = text.find(from);
  if (found == std::string::npos) return;
  std::string out;
  out.reserve(text.size());
  size_t done = 0;
  for (; found != std::string::npos; found = text.find(from, done)) {
    out.append(text, done, found - done).append(to);
    done = found + from.size();
  }
  text = out.append(text, done);
}

/// Every symbol c becomes " c ".
std::string separate_symbols(std::string_view text) {
  std::string out;
  out.reserve(2 * text.size());
  for (char c : text) {
    if (kSymbols[static_cast<unsigned char>(c)]) {
      out.append({' ', c, ' '});
    } else {
      out.push_back(c);
    }
  }
  return out;
}

/// Every pair of neighbours for which `matches(first, second)` is replaced by what `replace(out, first, second)`
/// appends.
template <typename Matches, typename Replace>
std::string rewrite_pairs(std::string_view text, Matches matches, Replace replace) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  size_t i = 0;
  for (; i + 1 < text.size(); ++i) {
    if (matches(text[i], text[i + 1])) {
      replace(out, text[i], text[i + 1]);
      ++i;
    } else {
      out.push_back(text[i]);
    }
  }
  if (i < text.size()) out.push_back(text[i]);
  return out;
}

std::string join(const std::vector<std::string_view>& words, size_t capacity) {
  std::string out;
  out.reserve(capacity);
  for (std::string_view word : words) {
    if (!out.empty()) out.push_back(' ');
    out.append(word);
  }
  return out;
}

}  // namespace

std::string tokenize_13a(std::string_view segment) {
  std::string text(strip_right(segment));
  replace_all(text, "<skipped>", "");
  replace_all(text, "-\n", "");
  replace_all(text, "\n", " ");
  replace_all(text, "&quot;", "\"");
  replace_all(text, "&amp;", "&");
  replace_all(text, "&lt;", "<");
  replace_all(text, "&gt;", ">");

  const auto after_first = [](std::string& out, char first, char second) { out.append({first, ' ', second, ' '}); };
  const auto around_first = [](std::string& out, char first, char second) { out.append({' ', first, ' ', second}); };
  text = separate_symbols(" " + text + " ");
  text = rewrite_pairs(
      text, [](char a, char b) { return !is_digit(a) && is_stop(b); }, after_first);
  text = rewrite_pairs(
      text, [](char a, char b) { return is_stop(a) && !is_digit(b); }, around_first);
  text = rewrite_pairs(
      text, [](char a, char b) { return is_digit(a) && b == '-'; }, after_first);
  return join(split_words(text), text.size());
}

}  // namespace rotor
