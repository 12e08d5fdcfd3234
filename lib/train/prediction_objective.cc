#include "train/prediction_objective.h"

#include <fmt/ranges.h>

#include "base/log.h"
#include "base/option_text.h"
#include "train/prediction_validator.h"

namespace rotor {
namespace {

/// What a model predicts, in words.
std::string prediction_text(const TransformerOptions& model) {
  if (model.task == kSentenceRanking) return "which candidate fits";
  return model.head.labels.empty() ? "numbers" : fmt::format("labels {}", fmt::join(model.head.labels, ", "));
}

/// Whether the head of one model is of no use to another.
bool is_of_other_head(const TransformerOptions& from, const TransformerOptions& model) {
  const bool encodes = from.has_head() || from.task == kMaskedLm || from.task == kSentenceEncoding;
  return encodes && (from.task != model.task || from.head.labels != model.head.labels);
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

void PredictionObjective::check_corpora(const std::vector<WeightedCorpus>& corpora) const {
  require(corpora.size() == 1 || options().optimization.class_weights != "balanced",
          "--class-weights balanced counts the rows of one corpus, got {} corpora; give the weights as numbers",
          corpora.size());
  for (const auto& [corpus, weight] : corpora) {
    if (corpus.task().name == model_.options().task) check_rows(model_.options(), corpus);
  }
}

std::string PredictionObjective::config_to_start(const SafeTensors& file) const {
  TransformerOptions options = read_model_options(file);
  if (!is_of_other_head(options, model_.options())) return config_of(file);
  options.task = model_.options().task;
  options.head = model_.options().head;
  return options.to_config();
}

std::string PredictionObjective::anew(const SafeTensors& file) const {
  return is_of_other_head(read_model_options(file), model_.options()) ? "head.out_proj." : "";
}

void PredictionObjective::start_from(const SafeTensors& file) {
  const std::string other_head = anew(file);
  if (other_head.empty()) return read_parameters(file);
  const std::vector<std::string> fresh = read_known_parameters(file, module(), other_head);
  const TransformerOptions from = read_model_options(file);
  const std::string why = from.has_head() ? fmt::format(", which predicts {} and not {},", prediction_text(from),
                                                        prediction_text(model_.options()))
                                          : "";
  log::info("the encoder of {}{} is taken, and {} start anew", file.path().string(), why, fmt::join(fresh, ", "));
}

}  // namespace rotor
