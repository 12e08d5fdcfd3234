// LanguageModelObjective: each token of a text is predicted from those before it, as fairseq's language_modeling.
// Validation measures the loss, also for each character and byte of the text.
#pragma once

#include <limits>

#include "model/language_model.h"
#include "train/token_objective.h"

namespace rotor {

class LanguageModelObjective : public TokenObjective {
 public:
  /// Trains `model`, and validates on `valid` if there is one.
  LanguageModelObjective(const TrainerOptions& options, std::unique_ptr<LanguageModel> model, std::string vocabulary,
                         const std::string& language = "", std::optional<Corpus> valid = {})
      : TokenObjective(options, std::move(model), {vocabulary, vocabulary}, {"", language}, std::move(valid)),
        model_(static_cast<const LanguageModel&>(module())) {}

 protected:
  Features features(Activations activations) const override { return features_of(model_, activations); }
  SampleLengths most_positions() const override {
    return {.source = std::numeric_limits<int64_t>::max(), .target = model_.max_positions()};
  }

 private:
  const LanguageModel& model_;
};

}  // namespace rotor
