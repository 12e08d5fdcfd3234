// The Transformer (Vaswani et al. 2017): an encoder reads the source, a decoder predicts the target token by token.
// Parameters have fairseq's names.
//
//   Variable features = model.features(source, decoder_input);   // training: [tokens, D]
//
//   StackState state = model.start(model.encode(source), source.lengths);
//   Variable features = model.decode(decoder_input, state);      // [rows, T, D]
//   Variable scores = model.output()(features);                  // [rows, T, V]
#pragma once

#include "model/model.h"
#include "model/stack.h"

namespace rotor {

class EncoderDecoder : public Model {
 public:
  static constexpr const char* kTask = kTranslation;

  explicit EncoderDecoder(const TransformerOptions& options);

  /// Features [tokens, D] of all target tokens for training, computed in one pass, row after row without the padding.
  Variable features(const TokenBatch& source, const TokenBatch& decoder_input,
                    Activations activations = Activations::kKept) const;

  /// Encodes sources with their </s> -> [rows, T, D of the encoder].
  Variable encode(const TokenBatch& source) const;

  /// The state of the decoder before the first target token of these encoded sources.
  StackState start(const Variable& encoded, std::vector<int32_t> source_lengths) const;

  /// Feeds the next tokens, with the same number of rows for each source (a source's hypotheses next to each other),
  /// and returns features [rows, T, D] for output().
  Variable decode(const TokenBatch& tokens, StackState& state) const { return decoder_.decode(tokens, state); }

  /// The most tokens of a source and of a target, </s> counted, that the stacks' position encodings serve.
  int64_t max_source_positions() const { return encoder_.max_positions(); }
  int64_t max_target_positions() const { return decoder_.max_positions(); }

 private:
  std::shared_ptr<Embedding> source_embedding_, target_embedding_, output_embedding_;
  Stack encoder_, decoder_;
};

}  // namespace rotor
