// ModelObjective: what the objectives of all models have in common: the model, its vocabularies and files, its samples.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/model.h"
#include "model/model_file.h"
#include "train/objective.h"
#include "train/options.h"

namespace rotor {

class ModelObjective : public Objective {
 public:
  Model& module() override { return *model_; }
  int64_t width() const override { return model_->options().stacks().back()->embed_dim; }

  TrainingData training_data(const std::vector<std::string>& corpora, const TrainingOptions& options) const override;
  Vocabularies vocabularies() const override;

  std::string config() const override { return model_->options().to_config(); }
  std::string config_of(const SafeTensors& file) const override;
  bool has_same_vocabulary(const SafeTensors& file) const override;
  void read_parameters(const SafeTensors& file) override { rotor::read_parameters(file, *model_); }
  void save(SafeTensorsWriter& writer) const override;

 protected:
  /// Trains `model`, and validates on `valid` if there is one.
  ModelObjective(const TrainerOptions& options, std::unique_ptr<Model> model, VocabularyBytes vocabulary,
                 Languages languages, std::optional<Corpus> valid);

  const TrainerOptions& options() const { return options_; }
  const std::optional<Corpus>& valid() const { return valid_; }
  const Model& model() const { return *model_; }

  /// The longest samples that the model's position encodings serve.
  virtual SampleLengths most_positions() const = 0;

  /// Refuses training corpora that do not fit the model, as an Error. Those of another task are refused later
  /// (TrainingData).
  virtual void check_corpora(const std::vector<WeightedCorpus>& /*corpora*/) const {}

 private:
  TrainerOptions options_;
  std::unique_ptr<Model> model_;
  VocabularyBytes vocabulary_;
  Languages languages_;
  std::optional<Corpus> valid_;
};

}  // namespace rotor
