// TranslationObjective: the target's tokens are predicted from the source and the target so far. Validation measures
// the loss, and with --eval-bleu the BLEU of translations.
#pragma once

#include "model/encoder_decoder.h"
#include "train/token_objective.h"

namespace rotor {

class TranslationObjective : public TokenObjective {
 public:
  /// Trains `model`, and validates on `valid` if there is one.
  TranslationObjective(const TrainerOptions& options, std::unique_ptr<EncoderDecoder> model, VocabularyBytes vocabulary,
                       Languages languages = {}, std::optional<Corpus> valid = {})
      : TokenObjective(options, std::move(model), std::move(vocabulary), std::move(languages), std::move(valid)),
        model_(static_cast<const EncoderDecoder&>(module())) {}

  std::vector<std::string> metrics() const override { return {"loss", "bleu"}; }
  std::unique_ptr<Validator> validator(const BatchOptions& batches) const override;

 protected:
  Features features(Activations activations) const override { return features_of(model_, activations); }
  SampleLengths most_positions() const override;

 private:
  const EncoderDecoder& model_;
};

}  // namespace rotor
