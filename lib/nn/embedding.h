// Tokens to vectors, and vectors to scores of tokens.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "nn/linear.h"

namespace rotor {

/// Maps tokens to `factor` times their rows in a table of token vectors [V, D]. The padding's row starts at zero, and
/// looking it up gives it no gradient; it stays zero unless an output layer trains the same table.
class Embedding : public Module {
 public:
  static constexpr int32_t kNoPadding = -1;

  Embedding(int64_t vocabulary, int64_t width, int32_t padding, float factor);

  /// ids [n] -> [n, D]. In training each vector is set to zero with probability `word_dropout`, and the others are
  /// scaled by 1 / (1 − word_dropout) (Gal and Ghahramani 2016).
  Variable operator()(std::span<const int32_t> ids, float word_dropout = 0) const;

  Variable weight;

 protected:
  /// From then on rows are looked up where the source finds them.
  void prepare_own(WeightType, const WeightSource& source) override { rows_ = source(weight.value()); }

 private:
  int32_t padding_;
  float factor_;
  std::optional<WeightRows> rows_;  ///< after prepare()
};

/// Scores of some tokens in decoding: those of the rows of an output layer that are packed.
class PackedOutput {
 public:
  /// `rows` [n, D]; `bias` [n] or undefined.
  PackedOutput(const WeightRows& rows, Tensor bias, WeightType type)
      : packed_(pack_weights(rows, type)), bias_(std::move(bias)) {}

  /// x [.., D] -> [.., n].
  Tensor operator()(const Tensor& x) const { return packed_->product(x, bias_); }

 private:
  std::unique_ptr<PackedWeights> packed_;
  Tensor bias_;
};

/// Maps features to scores of all tokens: logits = x Wᵀ + b. W [V, D] may be an embedding's matrix.
class OutputLayer {
 public:
  /// `bias` [V] may be undefined.
  explicit OutputLayer(Variable weight, Variable bias = {}) : weight(std::move(weight)), bias(std::move(bias)) {}

  /// x [.., D] -> [.., V]; after limit() and prepare(), the scores of those tokens [.., n].
  Variable operator()(const Variable& x) const;

  /// Makes prepare() pack the rows of these tokens only, in rising order; none if the scores come from only() alone.
  void limit(std::vector<int32_t> tokens) { tokens_ = std::move(tokens); }
  /// The tokens of limit(); empty: all.
  std::span<const int32_t> tokens() const { return tokens_ ? *tokens_ : std::span<const int32_t>(); }
  /// Prepacks the weights for decoding (Module::prepare()), whose rows are `rows`.
  void prepare(WeightType type, const WeightRows& rows);

  /// After prepare(): the scores of these tokens, with the same bits as those of operator().
  PackedOutput only(const std::vector<int32_t>& tokens) const;

  Variable weight, bias;

 private:
  std::optional<std::vector<int32_t>> tokens_;  ///< of limit()
  std::optional<WeightRows> rows_;              ///< after prepare(), as are the following
  WeightType type_ = WeightType::kFloat32;
  std::optional<PackedOutput> packed_;
};

}  // namespace rotor
