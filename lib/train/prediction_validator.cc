#include "train/prediction_validator.h"

#include <algorithm>

#include "base/check.h"
#include "score/prediction_metrics.h"

namespace rotor {

namespace {

/// The classes among which a model chooses, or the candidates; 0: it predicts a number.
int64_t choices(const TransformerOptions& model, int64_t outputs) {
  return prediction_kind(model) == PredictionKind::kNumber ? 0 : outputs;
}

JudgedRows judged_rows(PredictionKind kind, std::span<const float> scores, std::span<const float> labels,
                       int64_t outputs) {
  if (kind == PredictionKind::kNumber) {
    return JudgedRows::of_numbers({labels.begin(), labels.end()}, {scores.begin(), scores.end()});
  }
  std::vector<int64_t> best;
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto row = scores.subspan(i * outputs, outputs);
    best.push_back(std::max_element(row.begin(), row.end()) - row.begin());
  }
  return JudgedRows::of_classes({labels.begin(), labels.end()}, std::move(best), outputs);
}

}  // namespace

std::vector<std::string> metrics_of(const TransformerOptions& model) {
  std::vector<std::string> names{"loss"};
  if (prediction_kind(model) == PredictionKind::kCandidates) return {"loss", "accuracy"};
  for (const std::string& name : prediction_metric_names(choices(model, model.head.outputs()))) names.push_back(name);
  return names;
}

void check_texts(const TransformerOptions& model, const Corpus& corpus) {
  ROTOR_CHECK(
      corpus.columns().size() == 1 || model.token_types != 1,
      "{}: expected rows of one text, as the model tells no second one from the first (--token-types 1), got rows "
      "of {}; give --token-types 2 to the training, or preprocess one text",
      corpus.path().string(), corpus.columns().size());
}

void check_labels(const TransformerOptions& model, const Corpus& corpus) {
  const std::string path = corpus.path().string();
  ROTOR_CHECK(!corpus.labels().empty(),
              "{}: expected rows with labels, got none; preprocess the table with --label-column", path);
  ROTOR_CHECK(corpus.classes() == model.head.labels, "{}: expected labels of the model's classes ({}), got {}", path,
              model.head.labels.empty() ? "numbers" : fmt::format("{}", fmt::join(model.head.labels, ", ")),
              corpus.classes().empty() ? "numbers" : fmt::format("{}", fmt::join(corpus.classes(), ", ")));
}

void check_rows(const TransformerOptions& model, const Corpus& corpus) {
  check_texts(model, corpus);
  check_labels(model, corpus);
}

Scores prediction_scores(const TransformerOptions& model, const SampleScores& predictions,
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
  const double nats = prediction_loss(kind, Tensor::of({rows, outputs}, scores), known).nll / static_cast<double>(rows);
  const JudgedRows guesses = judged_rows(kind, scores, known, outputs);
  Scores all{{"loss", kind == PredictionKind::kNumber ? nats : nats / std::numbers::ln2}};
  for (const std::string& name : metrics_of(model)) {
    if (name != "loss") all.push_back({name, prediction_metric(name, guesses.classes()).score(guesses, {})});
  }
  return all;
}

PredictionValidator::PredictionValidator(const Classifier& model, const Corpus& corpus, const BatchOptions& batches)
    : model_(model), samples_(make_samples(corpus, batches)), batches_(*samples_, batches) {
  check_labels(model.options(), corpus);
}

Scores PredictionValidator::operator()(Workers& workers) const {
  const SampleScores predictions(model_, *samples_, batches_, workers);
  return prediction_scores(model_.options(), predictions, samples_->corpus().labels());
}

}  // namespace rotor
