#include "train/translation_objective.h"

#include "train/criterion.h"
#include "train/training_options.h"
#include "train/translation_validator.h"

namespace rotor {

TranslationObjective::TranslationObjective(const TrainerOptions& options, std::unique_ptr<Transformer> model,
                                           VocabularyBytes vocabulary, Languages languages, std::optional<Corpus> valid)
    : options_(options),
      model_(std::move(model)),
      vocabulary_(std::move(vocabulary)),
      languages_(std::move(languages)),
      valid_(std::move(valid)) {}

Vocabularies TranslationObjective::vocabularies() const {
  return {Vocabulary::from_bytes(vocabulary_.source), Vocabulary::from_bytes(vocabulary_.target)};
}

BatchLoss TranslationObjective::loss(const Batch& batch) const {
  const auto activations = options_.optimization.checkpoint_activations ? Activations::kRecomputed : Activations::kKept;
  const Loss loss = training_loss(features_of(*model_, activations), model_->output(), batch, options_.optimization);
  return {loss.loss, loss.nll, batch.target_tokens};
}

TrainingData TranslationObjective::training_data(const std::vector<std::string>& corpora,
                                                 const TrainingOptions& options) const {
  const Vocabularies both = vocabularies();
  return {open_weighted(corpora, both),
          options.batches_for(model_->max_source_positions(), model_->max_target_positions()), both};
}

std::unique_ptr<Validator> TranslationObjective::validator(const BatchOptions& batches) const {
  if (!valid_) return nullptr;
  std::optional<Vocabularies> translated;
  if (options_.checkpoints.eval_bleu) translated = vocabularies();
  return std::make_unique<TranslationValidator>(*model_, *valid_, batches, options_, translated);
}

std::string TranslationObjective::too_long(const BatchOptions& batches) const {
  return fmt::format(
      "more than {} source or {} target tokens (</s> counted), the lesser of --max-source-positions and "
      "--max-target-positions and of what the position encodings serve",
      batches.max_source_positions, batches.max_target_positions);
}

int64_t TranslationObjective::write_samples(const std::filesystem::path& path, const TrainingData& data,
                                            std::span<const int32_t> batches) const {
  return data.write_samples(path, batches, vocabularies());
}

bool TranslationObjective::has_same_vocabulary(const SafeTensors& file) const {
  const VocabularyBytes stored = read_vocabulary(file);
  return stored.source == vocabulary_.source && stored.target == vocabulary_.target;
}

void TranslationObjective::save(SafeTensorsWriter& writer) const {
  add_model(writer, *model_, vocabulary_);
  add_languages(writer, languages_);
}

}  // namespace rotor
