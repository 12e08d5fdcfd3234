#include "search/alignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/check.h"
#include "base/files.h"

namespace rotor {
namespace {

constexpr const char* kWordStart = "▁";

}  // namespace

double coverage(std::span<const float> attention, int64_t source_length) {
  constexpr double kLeast = 1e-10;  // so that one token out of sight does not hide the others
  double sum = 0;
  for (int64_t i = 0; i + 1 < source_length; ++i) {
    double seen = 0;
    for (size_t at = i; at < attention.size(); at += source_length) seen += attention[at];
    sum += std::log(std::clamp(seen, kLeast, 1.0));
  }
  return sum;
}

std::vector<int64_t> hard_alignment(std::span<const float> attention, const TokenIds& target, int64_t source_length) {
  std::vector<int64_t> alignment;
  if (source_length < 2) return alignment;
  for (size_t t = 0; t + 1 < target.size(); ++t) {
    const auto row = attention.subspan(t * source_length, source_length - 1);
    alignment.push_back(std::max_element(row.begin(), row.end()) - row.begin());
  }
  return alignment;
}

std::string pharaoh(std::span<const int64_t> alignment) {
  std::string text;
  for (size_t t = 0; t < alignment.size(); ++t) text += fmt::format("{}{}-{}", t > 0 ? " " : "", alignment[t], t);
  return text;
}

UnknownWords read_unknown_words(const std::string& path) {
  UnknownWords words;
  LineReader reader(path);
  for (std::string line; reader.next(line);) {
    std::istringstream columns(line);
    std::string source, target, more;
    ROTOR_CHECK(columns >> source >> target && !(columns >> more),
                "expected a source word and a target word in line {} of {}, got '{}'", reader.line_number(),
                reader.name(), line);
    words[source] = target;
  }
  return words;
}

std::vector<std::string> replace_unknown(const TokenIds& target, std::span<const int64_t> alignment,
                                         std::span<const std::string> texts, const UnknownWords& words, int32_t unk) {
  std::vector<std::string> result;
  for (size_t t = 0; t < alignment.size(); ++t) {
    if (target[t] != unk) continue;
    std::string text = texts[alignment[t]];
    if (text.starts_with(kWordStart)) text.erase(0, std::string_view(kWordStart).size());
    const auto found = words.find(text);
    result.push_back(found == words.end() ? text : found->second);
  }
  return result;
}

}  // namespace rotor
