// A model of whole sentences: an encoder reads a row, one vector is made of the features, and a head gives scores of
// classes, or one number. Rows of candidates get a number each, and the highest is chosen.
//
//   bert      dropout(tanh(dense(x))) Wᵀ + b            Devlin et al. 2019, BertForSequenceClassification
//   roformer  dropout(gelu(dense(dropout(x)))) Wᵀ + b   RoFormerForSequenceClassification
//   linear    dropout(x) Wᵀ + b
//
//   Variable scores = model.scores(input);   // [rows, outputs]
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "model/model_file.h"
#include "model/text_encoder.h"

namespace rotor {

class Classifier : public TextEncoder {
 public:
  explicit Classifier(const TransformerOptions& options);

  /// Scores [rows, outputs] of rows that are not empty.
  Variable scores(const TokenBatch& input, Activations activations = Activations::kKept) const {
    return output()(features(input, activations));
  }

  /// The features [rows, D] that output() maps to scores.
  Variable features(const TokenBatch& input, Activations activations = Activations::kKept) const;

 private:
  std::unique_ptr<Linear> dense_;  ///< none of "linear"
};

/// Reads a model of whole sentences, with weights prepacked in that type or in the file's; one of another task is an
/// Error.
std::unique_ptr<Classifier> load_classifier(const SafeTensors& file, std::optional<WeightType> type,
                                            const std::optional<RopeScalingOptions>& scaling = {});

/// One vector for each row [rows, D] of the features of its tokens [tokens, D]: that of the first token, or the "mean".
Variable pooled(const Variable& features, const Packing& packing, const std::string& pooling);

}  // namespace rotor
