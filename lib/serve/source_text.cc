#include "serve/source_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/unicode.h"

namespace rotor {

double unknown_share(const TokenIds& source, const std::vector<std::string>& spelling, int32_t unk) {
  size_t all = 0, unknown = 0;
  for (size_t i = 0; i < spelling.size(); ++i) {
    const size_t characters = code_points(spelling[i]).size();
    all += characters;
    if (source[i] == unk) unknown += characters;
  }
  return all == 0 ? 0 : static_cast<double>(unknown) / static_cast<double>(all);
}

std::string warning(const SourceText& text) {
  constexpr double kMuch = 0.25;
  const auto worst = std::max_element(text.unknown.begin(), text.unknown.end());
  if (worst == text.unknown.end() || *worst < kMuch) return "";
  return fmt::format(
      "the model does not know {:.0f} % of the characters of sentence {}: its translation may have little to do with "
      "it",
      *worst * 100, worst - text.unknown.begin() + 1);
}

}  // namespace rotor
