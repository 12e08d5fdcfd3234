#include "data/sentence_samples.h"

#include "base/check.h"
#include "base/random.h"
#include "data/sentence_row.h"

namespace rotor {

SentenceSamples::SentenceSamples(Corpus corpus, const BatchOptions& options,
                                 const std::optional<Vocabularies>& /*vocabularies*/)
    : OneSidedSamples(std::move(corpus), Reader::kEncoder),
      truncation_(options.truncate),
      most_(options.max_source_positions) {
  const auto& columns = this->corpus().columns();
  const std::string path = this->corpus().path().string();
  ROTOR_CHECK(options.bpe_dropout == 0, "{}: expected --bpe-dropout 0 for whole sentences, got {}; leave it out", path,
              options.bpe_dropout);
  ROTOR_CHECK(columns.size() > 1 || (truncation_ != "first" && truncation_ != "second"),
              "{}: expected --truncate longest or head-and-tail for rows of one text, got {}", path, truncation_);
  if (this->corpus().task().name == kSentenceRanking) {
    for (size_t i = 1; i < columns.size(); ++i) rows_.push_back({columns.data(), &columns[i]});
  } else {
    rows_.emplace_back();
    for (const CorpusColumn& column : columns) rows_[0].push_back(&column);
  }
}

int64_t SentenceSamples::length(int64_t i) const {
  int64_t longest = 0;
  for (const Texts& texts : rows_) {
    std::vector<int64_t> lengths;
    for (const CorpusColumn* text : texts) lengths.push_back(text->length(i) - 1);
    longest = std::max(longest, sentence_row_length(lengths, truncation_, most_));
  }
  return longest;
}

uint64_t SentenceSamples::digest() const {
  return derive(derive(0, truncation_), static_cast<uint64_t>(most_));
}

Batch SentenceSamples::make_batch(std::span<const int32_t> numbers, int64_t /*epoch*/) const {
  const SpecialTokens& specials = corpus().columns().front().info().specials;
  Batch batch;
  batch.candidates = std::ssize(rows_);
  std::vector<std::vector<int32_t>> inputs, types;
  for (const int32_t i : numbers) {
    batch.sentences.push_back(i);
    if (!corpus().labels().empty()) batch.labels.push_back(corpus().labels()[i]);
    for (const Texts& texts : rows_) {
      std::vector<std::vector<int32_t>> ids;
      for (const CorpusColumn* text : texts) ids.push_back(text->ids(i));
      SentenceRow row = sentence_row(ids, specials, truncation_, most_);
      batch.source_tokens += std::ssize(row.ids);
      inputs.push_back(std::move(row.ids));
      types.push_back(std::move(row.types));
    }
  }
  batch.source = TokenBatch::of(inputs, specials.pad);
  batch.source.types = TokenBatch::of(types, 0).ids;
  return batch;
}

std::string SentenceSamples::text(int64_t i, const Vocabularies& vocabularies) const {
  std::string line;
  for (const CorpusColumn& column : corpus().columns()) {
    line += fmt::format("{}{}", line.empty() ? "" : "\t", column.line(i, vocabularies.source));
  }
  return line;
}

}  // namespace rotor
