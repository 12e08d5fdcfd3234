// A language model: a causal stack predicts each token of a text from those before it. Parameters have the names of
// fairseq's transformer_lm.
//
//   Variable features = model.features(input);         // training: [tokens, D]
//
//   StackState state = model.start();
//   Variable features = model.decode(tokens, state);   // [rows, T, D]
//   Variable scores = model.output()(features);        // [rows, T, V]
#pragma once

#include "model/model.h"
#include "model/stack.h"

namespace rotor {

class LanguageModel : public Model {
 public:
  static constexpr const char* kTask = kLanguageModeling;

  explicit LanguageModel(const TransformerOptions& options);

  /// Features [tokens, D] of all tokens, computed in one pass, row after row without the padding.
  Variable features(const TokenBatch& input, Activations activations = Activations::kKept) const;

  /// The state before the first token.
  StackState start() const { return decoder_.start(nullptr); }

  /// Feeds the next tokens; returns features [rows, T, D] for output().
  Variable decode(const TokenBatch& tokens, StackState& state) const { return decoder_.decode(tokens, state); }

  /// The most tokens that the position encodings serve.
  int64_t max_positions() const { return decoder_.max_positions(); }

 private:
  std::shared_ptr<Embedding> embedding_, output_embedding_;
  Stack decoder_;
};

}  // namespace rotor
