// SentenceInputs: the rows of tokens that an encoder reads of texts which are not in a corpus.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/sentence_row.h"
#include "text/token_batch.h"
#include "text/vocabulary.h"

namespace rotor {

/// How texts become rows of tokens.
struct SentenceInputs {
  Vocabulary vocabulary;
  bool ranks = false;       ///< whether candidates that follow a context make a row each
  int64_t most = 0;         ///< tokens of a row
  int64_t token_types = 2;  ///< of the model (--token-types); one of 1 reads no pairs

  /// How many rows texts make, if they make any.
  int64_t count(const std::vector<std::string>& texts) const { return ranks ? std::ssize(texts) - 1 : 1; }

  /// The rows of one text, or of a pair; of a ranking, one for each candidate. Another number of texts is an Error, and
  /// a row that is too long for the truncation (data/truncation.h), which is told before the row is made; `place` says
  /// where it stands: "row 3".
  std::vector<SentenceRow> rows(const std::vector<std::string>& texts, const std::string& truncation,
                                const std::string& place) const;

  /// Rows as a batch.
  TokenBatch batch(std::span<const SentenceRow> rows) const;

 private:
  using Ids = std::vector<int32_t>;
  SentenceRow row_of(const std::vector<Ids>& ids, const std::string& truncation, const std::string& place) const;
};

}  // namespace rotor
