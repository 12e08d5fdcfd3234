#include "train/token_objective.h"

#include "train/token_validator.h"
#include "train/training_options.h"

namespace rotor {

TokenObjective::TokenObjective(const TrainerOptions& options, std::unique_ptr<Model> model, VocabularyBytes vocabulary,
                               Languages languages, std::optional<Corpus> valid)
    : options_(options),
      model_(std::move(model)),
      vocabulary_(std::move(vocabulary)),
      languages_(std::move(languages)),
      valid_(std::move(valid)) {}

BatchLoss TokenObjective::loss(const Batch& batch) const {
  const OptimizationOptions& o = options_.optimization;
  const auto activations = o.checkpoint_activations ? Activations::kRecomputed : Activations::kKept;
  const Loss loss = training_loss(features(activations), model_->output(), batch, o);
  return {loss.loss, loss.nll, batch.target_tokens, batch.tokens()};
}

TrainingData TokenObjective::training_data(const std::vector<std::string>& corpora,
                                           const TrainingOptions& options) const {
  const Vocabularies all = vocabularies();
  const SampleLengths most = most_positions();
  return {open_weighted(corpora, all), options.batches_for(most.source, most.target), all};
}

std::unique_ptr<Validator> TokenObjective::validator(const BatchOptions& batches) const {
  if (!valid_) return nullptr;
  return std::make_unique<TokenValidator>(features(Activations::kKept), model_->output(), *valid_, batches,
                                          options_.optimization.label_smoothing);
}

Vocabularies TokenObjective::vocabularies() const {
  return {Vocabulary::from_bytes(vocabulary_.source), Vocabulary::from_bytes(vocabulary_.target)};
}

std::string TokenObjective::config_of(const SafeTensors& file) const {
  check_task(file, model_->options().task);
  return read_model_options(file).to_config();
}

bool TokenObjective::has_same_vocabulary(const SafeTensors& file) const {
  const VocabularyBytes stored = read_vocabulary(file);
  return stored.source == vocabulary_.source && stored.target == vocabulary_.target;
}

void TokenObjective::save(SafeTensorsWriter& writer) const {
  add_model(writer, *model_, vocabulary_);
  add_languages(writer, languages_);
}

}  // namespace rotor
