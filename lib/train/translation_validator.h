// Validation with --eval-bleu: the loss on pairs that training does not see, and the BLEU of their translations, by
// beam search with the current weights. References are the corpus's text; of one that holds none its ids as text, with
// a warning: normalised as the vocabulary normalises, and without words it does not know.
#pragma once

#include "data/corpus_folder.h"
#include "model/encoder_decoder.h"
#include "search/options.h"
#include "train/options.h"
#include "train/token_validator.h"

namespace rotor {

class TranslationValidator : public TokenValidator {
 public:
  /// The model must outlive this object. Unusable --eval-bleu-args are an Error.
  TranslationValidator(const EncoderDecoder& model, const Corpus& corpus, const BatchOptions& batches,
                       const TrainerOptions& options, Vocabularies vocabularies);

  /// Those of every validation, and bleu (0 … 100).
  Scores operator()(Workers& workers) const override;

 private:
  double bleu(Workers& workers) const;

  const EncoderDecoder& model_;
  Vocabularies vocabularies_;
  SearchOptions search_;
};

}  // namespace rotor
