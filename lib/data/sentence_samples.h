// Rows of texts as samples for models of whole sentences (data/sentence_row.h). For ranking each candidate is read with
// the context, in a row of its own.
#pragma once

#include <optional>
#include <vector>

#include "data/one_sided_samples.h"

namespace rotor {

class SentenceSamples : public OneSidedSamples {
 public:
  /// BPE-dropout, and --truncate first or second where there is no second text, are an Error.
  SentenceSamples(Corpus corpus, const BatchOptions& options, const std::optional<Vocabularies>& vocabularies);

  int64_t size() const override { return corpus().size(); }
  uint64_t digest() const override;
  std::string text(int64_t i, const Vocabularies& vocabularies) const override;
  std::string noun() const override { return "row"; }

 protected:
  /// The longest candidate's.
  int64_t length(int64_t i) const override;
  Batch make_batch(std::span<const int32_t> numbers, int64_t epoch) const override;

 private:
  /// The texts that one row of a batch holds: one, or two.
  using Texts = std::vector<const CorpusColumn*>;

  std::vector<Texts> rows_;  ///< of each candidate of a sample; one but for ranking
  std::string truncation_;
  int64_t most_;  ///< tokens of a row
};

}  // namespace rotor
