// Validation of translation: the loss on pairs that training does not see, and with --eval-bleu the BLEU of their
// translations, by beam search with the current weights. References are the corpus's text; of one that holds none its
// ids as text, with a warning: normalised as the vocabulary normalises, and without words it does not know.
#pragma once

#include <optional>

#include "data/batches.h"
#include "data/corpus_folder.h"
#include "model/transformer.h"
#include "search/options.h"
#include "train/options.h"
#include "train/validator.h"

namespace rotor {

class TranslationValidator : public Validator {
 public:
  /// The model must outlive this object. With the vocabularies it translates; unusable --eval-bleu-args are an Error.
  TranslationValidator(const Transformer& model, const Corpus& corpus, const BatchOptions& batches,
                       const TrainerOptions& options, const std::optional<Vocabularies>& translated);

  /// loss, nll_loss and ppl (bits a target token), and bleu (0 … 100).
  Scores operator()(Workers& workers) const override;

  int64_t batches() const override { return batches_.size(); }
  int64_t samples() const override { return samples_->size(); }
  int64_t skipped() const override { return batches_.skipped(); }
  const std::filesystem::path& path() const override { return samples_->corpus().path(); }

 private:
  Scores loss(Workers& workers) const;
  double bleu(Workers& workers) const;

  const Transformer& model_;
  std::unique_ptr<const Samples> samples_;
  Batches batches_;
  double label_smoothing_;
  std::optional<Vocabularies> vocabularies_;  ///< only if validation translates
  SearchOptions search_;
};

}  // namespace rotor
