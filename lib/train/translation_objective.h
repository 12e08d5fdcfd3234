// TranslationObjective: the target's tokens are predicted from the source and the target so far, under label-smoothed
// cross-entropy or R-Drop (train/criterion.h). Validation measures the loss and with --eval-bleu the BLEU of
// translations.
#pragma once

#include <optional>

#include "model/model_file.h"
#include "train/objective.h"
#include "train/options.h"

namespace rotor {

class TranslationObjective : public Objective {
 public:
  /// Trains `model`, and validates on `valid` if there is one.
  TranslationObjective(const TrainerOptions& options, std::unique_ptr<Transformer> model, VocabularyBytes vocabulary,
                       Languages languages = {}, std::optional<Corpus> valid = {});

  Transformer& module() override { return *model_; }
  int64_t width() const override { return model_->options().decoder_embed_dim; }
  BatchLoss loss(const Batch& batch) const override;
  std::vector<std::string> metrics() const override { return {"loss", "bleu"}; }

  TrainingData training_data(const std::vector<std::string>& corpora, const TrainingOptions& options) const override;
  std::unique_ptr<Validator> validator(const BatchOptions& batches) const override;

  const char* samples() const override { return "pairs"; }
  std::string too_long(const BatchOptions& batches) const override;
  int64_t write_samples(const std::filesystem::path& path, const TrainingData& data,
                        std::span<const int32_t> batches) const override;

  std::string config() const override { return model_->options().to_config(); }
  std::string config_of(const SafeTensors& file) const override { return read_model_options(file).to_config(); }
  bool has_same_vocabulary(const SafeTensors& file) const override;
  void read_parameters(const SafeTensors& file) override { rotor::read_parameters(file, *model_); }
  void save(SafeTensorsWriter& writer) const override;

 private:
  Vocabularies vocabularies() const;

  TrainerOptions options_;
  std::unique_ptr<Transformer> model_;
  VocabularyBytes vocabulary_;
  Languages languages_;
  std::optional<Corpus> valid_;
};

}  // namespace rotor
