// What a model of whole sentences reads of one row of texts, as BERT does: <s> A </s>, or <s> A </s> B </s>, where the
// second text and its </s> are of segment 1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "text/special_tokens.h"

namespace rotor {

struct SentenceRow {
  std::vector<int32_t> ids, types;
};

/// A row of at most `most` tokens, if the truncation (data/truncation.h) can make it so short.
SentenceRow sentence_row(const std::vector<std::vector<int32_t>>& texts, const SpecialTokens& specials,
                         const std::string& truncation, int64_t most);

/// The length of a row of texts of these lengths.
int64_t sentence_row_length(const std::vector<int64_t>& lengths, const std::string& truncation, int64_t most);

}  // namespace rotor
