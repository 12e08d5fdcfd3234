// TokenBatch: sentences as token ids, padded to one length. Data, model and search exchange these.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace rotor {

/// The default special tokens' ids, for those who do not take them from a vocabulary yet.
inline constexpr int32_t kBos = 0, kPad = 1, kEos = 2, kUnk = 3;

struct TokenBatch {
  int64_t rows = 0, length = 0;
  std::vector<int32_t> ids;      ///< [rows, length], padded on the right
  std::vector<int32_t> lengths;  ///< [rows] number of tokens without padding
  std::vector<int32_t> types;    ///< [rows, length] the segment of each token; none: all are of segment 0

  /// Pads with `pad`, the vocabulary's padding token.
  static TokenBatch of(const std::vector<std::vector<int32_t>>& sentences, int32_t pad = kPad) {
    TokenBatch batch;
    batch.rows = static_cast<int64_t>(sentences.size());
    for (const auto& sentence : sentences) {
      batch.lengths.push_back(static_cast<int32_t>(sentence.size()));
      batch.length = std::max<int64_t>(batch.length, batch.lengths.back());
    }
    batch.ids.assign(batch.rows * batch.length, pad);
    for (int64_t row = 0; row < batch.rows; ++row) {
      std::copy(sentences[row].begin(), sentences[row].end(), batch.ids.begin() + row * batch.length);
    }
    return batch;
  }

  /// The ids of all rows, one after the other, without the padding.
  std::vector<int32_t> packed() const {
    std::vector<int32_t> result;
    for (int64_t r = 0; r < rows; ++r) result.insert(result.end(), row(r).begin(), row(r).end());
    return result;
  }

  std::span<const int32_t> row(int64_t r) const { return {ids.data() + r * length, static_cast<size_t>(lengths[r])}; }
};

}  // namespace rotor
