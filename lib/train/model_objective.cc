#include "train/model_objective.h"

#include "train/training_options.h"

namespace rotor {

ModelObjective::ModelObjective(const TrainerOptions& options, std::unique_ptr<Model> model, VocabularyBytes vocabulary,
                               Languages languages, std::optional<Corpus> valid)
    : options_(options),
      model_(std::move(model)),
      vocabulary_(std::move(vocabulary)),
      languages_(std::move(languages)),
      valid_(std::move(valid)) {}

TrainingData ModelObjective::training_data(const std::vector<std::string>& corpora,
                                           const TrainingOptions& options) const {
  const Vocabularies all = vocabularies();
  const SampleLengths most = most_positions();
  const std::vector<WeightedCorpus> opened = open_weighted(corpora, all);
  check_corpora(opened);
  return {opened, options.batches_for(most.source, most.target), all};
}

Vocabularies ModelObjective::vocabularies() const {
  return {Vocabulary::from_bytes(vocabulary_.source), Vocabulary::from_bytes(vocabulary_.target)};
}

std::string ModelObjective::config_of(const SafeTensors& file) const {
  check_task(file, model_->options().task);
  return read_model_options(file).to_config();
}

bool ModelObjective::has_same_vocabulary(const SafeTensors& file) const {
  const VocabularyBytes stored = read_vocabulary(file);
  return stored.source == vocabulary_.source && stored.target == vocabulary_.target;
}

void ModelObjective::save(SafeTensorsWriter& writer) const {
  add_model(writer, *model_, vocabulary_);
  add_languages(writer, languages_);
}

}  // namespace rotor
