#include "model/sentence_vectors.h"

#include <algorithm>
#include <cmath>

#include "model/classifier.h"

namespace rotor {
namespace {

/// Scales each row of x [rows, D] to length 1.
void normalise_rows(const Tensor& x) {
  constexpr double kLeast = 1e-12;
  for (int64_t row = 0; row < x.size(0); ++row) {
    const auto vector = x.narrow(0, row, 1).span();
    double squares = 0;
    for (const float value : vector) squares += static_cast<double>(value) * value;
    const double length = std::max(std::sqrt(squares), kLeast);
    for (float& value : vector) value = static_cast<float>(value / length);
  }
}

}  // namespace

Tensor sentence_vectors(const TextEncoder& encoder, const TokenBatch& input, const std::string& pooling,
                        bool normalize) {
  const NoGrad no_grad;
  const Packing packing(input.length, input.lengths);
  const Tensor vectors = pooled(encoder.encode(input), packing, pooling).value();
  if (normalize) normalise_rows(vectors);
  return vectors;
}

}  // namespace rotor
