#include "train/prediction_objective.h"

#include <fmt/ranges.h>

#include "base/log.h"
#include "train/prediction_validator.h"

namespace rotor {
namespace {

/// Whether the file holds an encoder that another head is to be put on.
bool is_without_classes(const SafeTensors& file) {
  const std::string task = read_model_options(file).task;
  return task == kMaskedLm || task == kSentenceEncoding;
}

}  // namespace

PredictionObjective::PredictionObjective(const TrainerOptions& options, std::unique_ptr<Classifier> model,
                                         std::string vocabulary, const std::string& language,
                                         std::optional<Corpus> valid, std::vector<float> class_weights)
    : ModelObjective(options, std::move(model), {vocabulary, vocabulary}, {language, ""}, std::move(valid)),
      model_(static_cast<const Classifier&>(module())),
      kind_(prediction_kind(model_.options())),
      class_weights_(std::move(class_weights)) {}

BatchLoss PredictionObjective::loss(const Batch& batch) const {
  const bool again = options().optimization.checkpoint_activations;
  const Variable scores = batch_scores(model_, batch, again ? Activations::kRecomputed : Activations::kKept);
  const Loss loss = prediction_loss(kind_, scores, batch.labels, class_weights_);
  return {loss.loss, loss.nll, std::ssize(batch.sentences), batch.tokens()};
}

double PredictionObjective::loss_unit() const {
  return kind_ == PredictionKind::kNumber ? 1 : ModelObjective::loss_unit();
}

std::vector<std::string> PredictionObjective::metrics() const {
  return metrics_of(model_.options());
}

std::unique_ptr<Validator> PredictionObjective::validator(const BatchOptions& batches) const {
  if (!valid()) return nullptr;
  return std::make_unique<PredictionValidator>(model_, *valid(), batches);
}

std::string PredictionObjective::config_of(const SafeTensors& file) const {
  if (!is_without_classes(file)) return ModelObjective::config_of(file);
  TransformerOptions options = read_model_options(file);
  options.task = model_.options().task;
  options.head = model_.options().head;
  return options.to_config();
}

void PredictionObjective::read_parameters(const SafeTensors& file) {
  if (!is_without_classes(file)) return ModelObjective::read_parameters(file);
  const std::vector<std::string> fresh = read_known_parameters(file, module());
  log::info("the encoder of {} is taken, and {} start anew", file.path().string(), fmt::join(fresh, ", "));
}

}  // namespace rotor
