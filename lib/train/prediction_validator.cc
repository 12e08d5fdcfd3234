#include "train/prediction_validator.h"

#include <algorithm>

#include "base/check.h"

namespace rotor {

std::vector<std::string> prediction_metric_names(const TransformerOptions& model) {
  switch (prediction_kind(model)) {
    case PredictionKind::kNumber:
      return {"loss"};
    default:
      return {"loss", "accuracy"};
  }
}

void check_labels(const TransformerOptions& model, const Corpus& corpus) {
  const std::string path = corpus.path().string();
  ROTOR_CHECK(!corpus.labels().empty(),
              "{}: expected rows with labels, got none; preprocess the table with --label-column", path);
  ROTOR_CHECK(corpus.classes() == model.head.labels, "{}: expected labels of the model's classes ({}), got {}", path,
              model.head.labels.empty() ? "numbers" : fmt::format("{}", fmt::join(model.head.labels, ", ")),
              corpus.classes().empty() ? "numbers" : fmt::format("{}", fmt::join(corpus.classes(), ", ")));
}

Scores prediction_scores(const TransformerOptions& model, const Predictions& predictions,
                         std::span<const float> labels) {
  const PredictionKind kind = prediction_kind(model);
  std::vector<float> scores, known;
  for (int64_t i = 0; i < predictions.size(); ++i) {
    if (!predictions.has(i)) continue;
    const auto row = predictions.scores(i);
    scores.insert(scores.end(), row.begin(), row.end());
    known.push_back(labels[i]);
  }
  ROTOR_CHECK(!known.empty(), "expected rows that fit the model, got none; raise --max-source-positions or --truncate");
  const int64_t rows = std::ssize(known), outputs = predictions.outputs();
  const Variable all = Tensor::of({rows, outputs}, scores);
  const double nats = prediction_loss(kind, all, known).nll / static_cast<double>(rows);
  if (kind == PredictionKind::kNumber) return {{"loss", nats}};
  int64_t right = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const auto row = std::span(scores).subspan(i * outputs, outputs);
    right += std::max_element(row.begin(), row.end()) - row.begin() == static_cast<int64_t>(known[i]) ? 1 : 0;
  }
  return {{"loss", nats / std::numbers::ln2}, {"accuracy", static_cast<double>(right) / static_cast<double>(rows)}};
}

PredictionValidator::PredictionValidator(const Classifier& model, const Corpus& corpus, const BatchOptions& batches)
    : model_(model), samples_(make_samples(corpus, batches)), batches_(*samples_, batches) {
  check_labels(model.options(), corpus);
}

Scores PredictionValidator::operator()(Workers& workers) const {
  const Predictions predictions(model_, *samples_, batches_, workers);
  return prediction_scores(model_.options(), predictions, samples_->corpus().labels());
}

}  // namespace rotor
