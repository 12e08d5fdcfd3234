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
  if (!ranks) {
    std::vector<Ids> ids;
    for (const std::string& text : texts) ids.push_back(vocabulary.encode(text, place));
    return {row_of(ids, truncation, place)};
  }
  std::vector<SentenceRow> rows;
  std::vector<Ids> pair = {vocabulary.encode(texts[0], place), {}};
  for (size_t i = 1; i < texts.size(); ++i) {
    pair[1] = vocabulary.encode(texts[i], place);
    rows.push_back(row_of(pair, truncation, place));
  }
  return rows;
}

SentenceRow SentenceInputs::row_of(const std::vector<Ids>& ids, const std::string& truncation,
                                   const std::string& place) const {
  std::vector<int64_t> lengths;
  for (const Ids& text : ids) lengths.push_back(std::ssize(text));
  const int64_t length = sentence_row_length(lengths, truncation, most);
  ROTOR_CHECK(length <= most,
              "{}: expected a row of at most {} tokens, got one of {} by truncate '{}'; let truncate be 'longest', or "
              "cut the text",
              place, most, length, truncation);
  return sentence_row(ids, vocabulary.specials(), truncation, most);
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
