// TextEncoder: what models that are an encoder have in common: each token of a text sees all others. Masked language
// models and models of whole sentences are such; they begin with the same parameters, so that one starts from the
// other.
#pragma once

#include "model/model_file.h"
#include "model/stack.h"

namespace rotor {

class TextEncoder : public Model {
 public:
  /// Features [tokens, D] of all tokens, row after row without the padding.
  Variable encode(const TokenBatch& input, Activations activations = Activations::kKept) const;

  /// The most tokens that the position encoding serves.
  int64_t max_positions() const { return encoder_.max_positions(); }

 protected:
  explicit TextEncoder(const TransformerOptions& options);

  int64_t width() const { return options().encoder.embed_dim; }
  const Embedding& embedding() const { return *embedding_; }

 private:
  std::shared_ptr<Embedding> embedding_;
  Stack encoder_;
};

/// Reads a model that is an encoder, with weights prepacked in that type or in the file's; one of another task is an
/// Error.
std::unique_ptr<TextEncoder> load_text_encoder(const SafeTensors& file, std::optional<WeightType> type,
                                               const std::optional<RopeScalingOptions>& scaling = {});

/// The rows of x [N, D] at `places` -> [places, D].
Variable rows_at(const Variable& x, std::span<const int32_t> places);

}  // namespace rotor
