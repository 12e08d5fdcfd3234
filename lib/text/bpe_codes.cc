#include "text/bpe_codes.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "text/unicode.h"

namespace rotor {
namespace {

constexpr std::string_view kVersion = "#version:";
constexpr std::string_view kEnd = "</w>";

/// Takes the first line off a text, without its end.
std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
  return line;
}

/// Merges every neighbouring pair of these symbols, from the left.
std::vector<std::string> merged(const std::vector<std::string>& symbols, size_t first) {
  const std::string left = symbols[first], right = symbols[first + 1];
  std::vector<std::string> result(symbols.begin(), symbols.begin() + static_cast<int64_t>(first));
  for (size_t i = first; i < symbols.size(); ++i) {
    const bool pair = i + 1 < symbols.size() && symbols[i] == left && symbols[i + 1] == right;
    result.push_back(pair ? left + right : symbols[i]);
    if (pair) ++i;
  }
  return result;
}

}  // namespace

BpeCodes::BpeCodes(std::string_view text, const std::string& origin) {
  int64_t number = 0;
  if (text.starts_with(kVersion)) {
    const std::string_view version = take_line(text).substr(kVersion.size());
    ROTOR_CHECK(version == " 0.1" || version == " 0.2", "{}: expected subword-nmt's version 0.1 or 0.2, got \"{}\"",
                origin, version);
    end_stands_alone_ = version == " 0.1";
    ++number;
  } else {
    std::string_view rest = text;
    const std::string_view first = take_line(rest);
    end_stands_alone_ = !first.empty() && std::count(first.begin(), first.end(), ' ') == 1;
  }
  while (!text.empty()) add(take_line(text), ++number, origin);
}

void BpeCodes::add(std::string_view line, int64_t number, const std::string& origin) {
  const size_t left = line.find(' ');
  const size_t right = left == line.npos ? left : line.find(' ', left + 1);
  const std::string_view count = right == line.npos ? "" : line.substr(right + 1);
  const bool counts = std::all_of(count.begin(), count.end(), [](char c) { return c >= '0' && c <= '9'; });
  ROTOR_CHECK(left != line.npos && left > 0 && left + 1 < std::min(right, line.size()) && counts,
              "{}: expected merges of two symbols as subword-nmt and fastBPE learn them, got \"{:.60}\" in line {}",
              origin, line, number);
  ranks_.emplace(line.substr(0, right), std::ssize(ranks_));  // the first counts if a merge is there twice
}

std::vector<std::string> BpeCodes::cut(std::string_view word) const {
  std::vector<std::string> symbols;
  for (const char32_t letter : code_points(word)) symbols.push_back(to_utf8({&letter, 1}));
  if (ranks_.empty() || symbols.size() < 2) return {std::string(word)};
  if (end_stands_alone_) symbols.emplace_back();
  symbols.back() += kEnd;
  while (symbols.size() > 1) {
    constexpr int64_t kNone = std::numeric_limits<int64_t>::max();
    int64_t best = kNone;
    size_t at = 0;
    for (size_t i = 0; i + 1 < symbols.size(); ++i) {
      const auto found = ranks_.find(symbols[i] + ' ' + symbols[i + 1]);
      if (found == ranks_.end() || found->second >= best) continue;
      best = found->second;
      at = i;
    }
    if (best == kNone) break;
    symbols = merged(symbols, at);
  }
  symbols.back().resize(symbols.back().size() - kEnd.size());
  if (symbols.back().empty()) symbols.pop_back();
  return symbols;
}

}  // namespace rotor
