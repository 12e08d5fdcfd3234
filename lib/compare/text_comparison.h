// TextComparison: the parts that comparisons of language models, masked or not, share: a corpus of text, and the loss
// of its tokens.
#pragma once

#include "compare/corpus_comparison.h"
#include "compare/token_loss.h"

namespace rotor {

class TextComparison : public CorpusComparison {
 public:
  std::string describe_corpus() const override;

 protected:
  using CorpusComparison::CorpusComparison;

  /// The loss of the first test, whose statistics are the first; `unit` is "bits a token".
  Measure loss_measure(const std::string& unit) const;
  Measure perplexity_measure() const;
  static Measure best_validation_measure();
  const TokenLoss& loss() const { return loss_; }

 private:
  TokenLoss loss_;
};

}  // namespace rotor
