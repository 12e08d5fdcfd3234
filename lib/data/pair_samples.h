// The pairs of a corpus for translation as samples: a sentence and its translation, both ended by </s>. With
// BPE-dropout (Provilkov et al. 2020) their words are split into other pieces each time.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "data/samples.h"
#include "text/bpe_dropout.h"

namespace rotor {

class PairSamples : public Samples {
 public:
  /// BPE-dropout needs the vocabularies, which must be of BPE.
  PairSamples(Corpus corpus, const BatchOptions& options, const std::optional<Vocabularies>& vocabularies);

  int64_t size() const override { return corpus().size(); }
  SampleLengths lengths(int64_t i) const override { return {source_.length(i), target_.length(i)}; }
  uint64_t digest() const override { return 0; }
  std::string text(int64_t i, const Vocabularies& vocabularies) const override;
  std::string noun() const override { return "pair"; }
  std::string limits(const BatchOptions& options) const override;
  std::string excess(const BatchOptions& options) const override;
  std::string limiting_options() const override { return "--max-source-positions and --max-target-positions"; }

 protected:
  Batch make_batch(std::span<const int32_t> numbers, int64_t epoch) const override;

 private:
  /// A change of a sentence's ids on their way into a batch.
  using Reading = std::function<std::vector<int32_t>(std::vector<int32_t> ids)>;
  Batch batch(std::span<const int32_t> numbers, const Reading& source, const Reading& target) const;

  const CorpusColumn &source_, &target_;
  double rate_;
  int64_t max_source_positions_, max_target_positions_;
  std::vector<BpeDropout> dropout_;  ///< of source and target, if it is used
};

}  // namespace rotor
