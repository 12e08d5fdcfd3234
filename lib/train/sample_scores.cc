#include "train/sample_scores.h"

#include <algorithm>

#include "autograd/elementwise.h"

namespace rotor {

PredictionKind prediction_kind(const TransformerOptions& model) {
  if (model.task == kSentenceRanking) return PredictionKind::kCandidates;
  return model.head.labels.empty() ? PredictionKind::kNumber : PredictionKind::kClasses;
}

Variable batch_scores(const Classifier& model, const Batch& batch, Activations activations) {
  const Variable scores = model.scores(batch.source, activations);
  return batch.candidates == 1 ? scores : reshape(scores, {std::ssize(batch.sentences), batch.candidates});
}

Loss prediction_loss(PredictionKind kind, const Variable& scores, std::span<const float> labels,
                     std::span<const float> class_weights) {
  if (kind == PredictionKind::kNumber) return squared_error(scores, labels);
  return cross_entropy(scores, std::vector<int32_t>(labels.begin(), labels.end()), class_weights);
}

SampleScores::SampleScores(const Classifier& model, const Samples& samples, const Batches& batches, Workers& workers) {
  const NoGrad no_grad;
  const bool ranks = model.options().task == kSentenceRanking;
  outputs_ = ranks ? std::ssize(samples.corpus().columns()) - 1 : model.options().head.outputs();
  std::vector<double> all(samples.size() * outputs_), known(samples.size());
  for (int64_t k = workers.rank(); k < batches.size(); k += workers.size()) {
    const Batch batch = samples.batch(batches[k]);
    const auto scores = batch_scores(model, batch).value().contiguous();
    for (int64_t row = 0; row < std::ssize(batch.sentences); ++row) {
      const auto from = scores.span().subspan(row * outputs_, outputs_);
      std::copy(from.begin(), from.end(), all.begin() + batch.sentences[row] * outputs_);
      known[batch.sentences[row]] = 1;
    }
  }
  workers.sum(all);
  workers.sum(known);
  scores_.assign(all.begin(), all.end());
  for (const double count : known) known_.push_back(count > 0);
}

}  // namespace rotor
