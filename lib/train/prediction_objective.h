// PredictionObjective: something is predicted of whole sentences: a class, a number, or which of some candidates fits.
// A training usually starts from a masked language model (--finetune-from-model), whose encoder it takes; of a model
// that predicts other classes, or something else, it takes the encoder too, and of one that predicts the same all.
#pragma once

#include <limits>
#include <vector>

#include "model/classifier.h"
#include "train/model_objective.h"
#include "train/sample_scores.h"

namespace rotor {

class PredictionObjective : public ModelObjective {
 public:
  /// Trains `model`, and validates on `valid` if there is one. Without weights of classes all weigh 1.
  PredictionObjective(const TrainerOptions& options, std::unique_ptr<Classifier> model, std::string vocabulary,
                      const std::string& language = "", std::optional<Corpus> valid = {},
                      std::vector<float> class_weights = {});

  BatchLoss loss(const Batch& batch) const override;
  double loss_unit() const override;
  std::vector<std::string> metrics() const override;
  std::unique_ptr<Validator> validator(const BatchOptions& batches) const override;

  std::string config_to_start(const SafeTensors& file) const override;
  void start_from(const SafeTensors& file) override;
  std::string anew(const SafeTensors& file) const override;

 protected:
  SampleLengths most_positions() const override {
    return {.source = model_.max_positions(), .target = std::numeric_limits<int64_t>::max()};
  }
  void check_corpora(const std::vector<WeightedCorpus>& corpora) const override;

 private:
  const Classifier& model_;
  PredictionKind kind_;
  std::vector<float> class_weights_;
};

}  // namespace rotor
