#include "data/sentence_row.h"

#include <numeric>

#include "data/truncation.h"

namespace rotor {
namespace {

/// The special tokens of a row of so many texts.
int64_t frame(size_t texts) {
  return 1 + static_cast<int64_t>(texts);
}

}  // namespace

SentenceRow sentence_row(const std::vector<std::vector<int32_t>>& texts, const SpecialTokens& specials,
                         const std::string& truncation, int64_t most) {
  std::vector<int64_t> lengths;
  for (const auto& text : texts) lengths.push_back(std::ssize(text));
  const std::vector<int64_t> kept = kept_lengths(lengths, most - frame(texts.size()), truncation);
  SentenceRow row{{specials.bos}, {0}};
  for (size_t t = 0; t < texts.size(); ++t) {
    const std::vector<int32_t> ids = truncated(texts[t], kept[t], truncation);
    row.ids.insert(row.ids.end(), ids.begin(), ids.end());
    row.ids.push_back(specials.eos);
    row.types.resize(row.ids.size(), static_cast<int32_t>(t));
  }
  return row;
}

int64_t sentence_row_length(const std::vector<int64_t>& lengths, const std::string& truncation, int64_t most) {
  const std::vector<int64_t> kept = kept_lengths(lengths, most - frame(lengths.size()), truncation);
  return std::accumulate(kept.begin(), kept.end(), frame(lengths.size()));
}

}  // namespace rotor
