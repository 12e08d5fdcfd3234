// SampleScores of a model of whole sentences: its scores of the samples of a corpus, and the loss of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/prediction_losses.h"
#include "data/batches.h"
#include "model/classifier.h"
#include "train/workers.h"

namespace rotor {

/// What a model makes of each sample: the scores of classes, or of candidates, or one number.
enum class PredictionKind { kClasses, kCandidates, kNumber };
PredictionKind prediction_kind(const TransformerOptions& model);

/// The scores [samples, outputs] of a batch: a candidate's scores stand side by side.
Variable batch_scores(const Classifier& model, const Batch& batch, Activations activations = Activations::kKept);

/// The loss of such scores against the labels: cross-entropy, with weights of the classes or without, or squared error.
Loss prediction_loss(PredictionKind kind, const Variable& scores, std::span<const float> labels,
                     std::span<const float> class_weights = {});

/// The scores of all samples of a corpus, in its order; none of those that the batches leave out.
class SampleScores {
 public:
  /// The workers share the batches, and all get all scores.
  SampleScores(const Classifier& model, const Samples& samples, const Batches& batches, Workers& workers);

  int64_t outputs() const { return outputs_; }
  int64_t size() const { return static_cast<int64_t>(known_.size()); }
  /// Whether sample i was scored, and its scores.
  bool has(int64_t i) const { return known_[i]; }
  std::span<const float> scores(int64_t i) const { return {scores_.data() + i * outputs_, size_t(outputs_)}; }

 private:
  int64_t outputs_ = 1;
  std::vector<float> scores_;
  std::vector<bool> known_;
};

}  // namespace rotor
