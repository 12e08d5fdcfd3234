#include "score/ter.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "base/option_text.h"
#include "score/edits.h"
#include "score/ngrams.h"
#include "score/rewrite.h"
#include "text/spacing.h"
#include "text/unicode.h"
#include "text/whitespace.h"

namespace rotor {
namespace {

bool in(char32_t c, char32_t first, char32_t last) {
  return first <= c && c <= last;
}

/// Chinese characters, strokes, radicals and compatibility forms. The third range is meant for enclosed letters, but in
/// sacreBLEU it ends at U+3F22, and scores shall be the same.
bool is_ideograph(char32_t c) {
  return in(c, 0x4E00, 0x9FFF) || in(c, 0x3400, 0x4DBF) || in(c, 0x3200, 0x3F22) || in(c, 0x31C0, 0x31EF) ||
         in(c, 0x2E80, 0x2EFF) || in(c, 0xF900, 0xFAFF) || in(c, 0xFE30, 0xFE4F);
}

bool is_asian_punctuation(char32_t c) {
  constexpr std::u32string_view full_width = U"\uFF0E\uFF0C\uFF1F\uFF1A\uFF1B\uFF01\uFF02\uFF08\uFF09";
  return in(c, 0x3001, 0x3002) || in(c, 0x3008, 0x3011) || in(c, 0x3014, 0x301F) || in(c, 0xFF61, 0xFF65) ||
         c == 0x30FB || full_width.find(c) != full_width.npos;
}

std::string normalize(std::string text) {
  replace_all(text, "\n-", "");
  replace_all(text, "\n", " ");
  unescape_entities(text);
  text = separate_symbols(" " + text + " ");
  replace_all(text, "'s ", " 's ");
  return separate_stops(text);
}

}  // namespace

std::string tokenize_ter(std::string_view segment, const TerOptions& options) {
  std::string text = options.case_sensitive ? std::string(segment) : lowercase(segment);
  if (text.empty()) return text;
  if (options.normalized) {
    text = normalize(text);
    if (options.asian_support) {
      text =
          to_utf8(set_apart(code_points(text), [](char32_t c) { return is_ideograph(c) || is_asian_punctuation(c); }));
    }
  }
  if (options.no_punct) {
    std::erase_if(text, [](char c) { return std::string_view(".,?:;!\"()").find(c) != std::string_view::npos; });
    if (options.asian_support) {
      std::u32string points = code_points(text);
      std::erase_if(points, is_asian_punctuation);
      text = to_utf8(points);
    }
  }
  return single_spaced(text);
}

Signature Ter::signature() const {
  const auto yes_no = [](bool yes) { return yes ? "yes" : "no"; };
  return {{"case", options_.case_sensitive ? "mixed" : "lc"},
          {"tok", "tercom"},
          {"norm", yes_no(options_.normalized)},
          {"punct", yes_no(!options_.no_punct)},
          {"asian", yes_no(options_.asian_support)}};
}

void Ter::count(std::string_view hypothesis, std::span<const std::string_view> references,
                std::span<double> statistics) const {
  std::vector<std::string> texts;
  texts.push_back(tokenize_ter(strip_right(hypothesis), options_));
  for (std::string_view reference : references) {  // sacreBLEU tokenises references twice: "a..5" becomes "a . . 5"
    texts.push_back(tokenize_ter(tokenize_ter(strip_right(reference), options_), options_));
  }

  WordIds ids;
  const std::vector<uint32_t> ours = ids(split_words(texts.front()));
  int64_t fewest_edits = std::numeric_limits<int64_t>::max(), words = 0;
  for (size_t r = 1; r < texts.size(); ++r) {
    const std::vector<uint32_t> theirs = ids(split_words(texts[r]));
    fewest_edits = std::min(fewest_edits, count_edits_and_shifts(ours, theirs));
    words += std::ssize(theirs);
  }
  statistics[0] = static_cast<double>(fewest_edits);
  statistics[1] = static_cast<double>(words) / static_cast<double>(references.size());
}

double Ter::score(std::span<const double> sums) const {
  const double edits = sums[0], words = sums[1];
  if (words > 0) return 100 * (edits / words);
  return edits > 0 ? 100 : 0;
}

}  // namespace rotor
