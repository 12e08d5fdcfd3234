// MaskedLmObjective: hidden tokens of a text are predicted from all others (Devlin et al. 2019). Validation measures
// the loss of tokens that are the same each time.
#pragma once

#include <limits>

#include "model/masked_language_model.h"
#include "train/masked_lm_validator.h"
#include "train/token_objective.h"

namespace rotor {

class MaskedLmObjective : public TokenObjective {
 public:
  /// Trains `model`, and validates on `valid` if there is one.
  MaskedLmObjective(const TrainerOptions& options, std::unique_ptr<MaskedLanguageModel> model, std::string vocabulary,
                    const std::string& language = "", std::optional<Corpus> valid = {})
      : TokenObjective(options, std::move(model), {vocabulary, vocabulary}, {language, ""}, std::move(valid)),
        model_(static_cast<const MaskedLanguageModel&>(module())) {}

  std::vector<std::string> metrics() const override { return {"loss", "accuracy"}; }
  std::unique_ptr<Validator> validator(const BatchOptions& batches) const override {
    if (!valid()) return nullptr;
    return std::make_unique<MaskedLmValidator>(model_, *valid(), batches, vocabularies());
  }

 protected:
  Features features(Activations activations) const override { return features_of(model_, activations); }
  SampleLengths most_positions() const override {
    return {.source = model_.max_positions(), .target = std::numeric_limits<int64_t>::max()};
  }

 private:
  const MaskedLanguageModel& model_;
};

}  // namespace rotor
