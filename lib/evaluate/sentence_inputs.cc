#include "evaluate/sentence_inputs.h"

#include "base/check.h"

namespace rotor {

std::vector<SentenceRow> SentenceInputs::rows(const std::vector<std::string>& texts, const std::string& truncation,
                                              const std::string& place) const {
  ROTOR_CHECK(!ranks || texts.size() > 2, "{}: expected a context and two candidates or more, got {} texts", place,
              texts.size());
  ROTOR_CHECK(ranks || texts.size() == 1 || texts.size() == 2, "{}: expected a text or a pair of texts, got {}", place,
              texts.size());
  ROTOR_CHECK(
      texts.size() == 1 || token_types != 1,
      "{}: expected one text, as the model tells no second one from the first (--token-types 1), got {}; train a "
      "model with --token-types 2, or join the texts",
      place, texts.size());
  std::vector<std::vector<int32_t>> ids;
  for (const std::string& text : texts) ids.push_back(vocabulary.encode(text));
  std::vector<SentenceRow> rows;
  if (!ranks) rows.push_back(sentence_row(ids, vocabulary.specials(), truncation, most));
  for (size_t i = 1; ranks && i < ids.size(); ++i) {
    rows.push_back(sentence_row({ids[0], ids[i]}, vocabulary.specials(), truncation, most));
  }
  for (const SentenceRow& row : rows) {
    ROTOR_CHECK(
        std::ssize(row.ids) <= most,
        "{}: expected a row of at most {} tokens, got one of {} by truncate '{}'; let truncate be 'longest', or "
        "cut the text",
        place, most, row.ids.size(), truncation);
  }
  return rows;
}

TokenBatch SentenceInputs::batch(std::span<const SentenceRow> rows) const {
  std::vector<std::vector<int32_t>> ids, types;
  for (const SentenceRow& row : rows) {
    ids.push_back(row.ids);
    types.push_back(row.types);
  }
  TokenBatch batch = TokenBatch::of(ids, vocabulary.specials().pad);
  batch.types = TokenBatch::of(types, 0).ids;
  return batch;
}

}  // namespace rotor
