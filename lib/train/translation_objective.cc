#include "train/translation_objective.h"

#include "train/translation_validator.h"

namespace rotor {

std::unique_ptr<Validator> TranslationObjective::validator(const BatchOptions& batches) const {
  if (!valid() || !options().checkpoints.eval_bleu) return TokenObjective::validator(batches);
  return std::make_unique<TranslationValidator>(model_, *valid(), batches, options(), vocabularies());
}

SampleLengths TranslationObjective::most_positions() const {
  return {.source = model_.max_source_positions(), .target = model_.max_target_positions()};
}

}  // namespace rotor
