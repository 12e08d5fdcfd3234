#include "kernel/log_sum.h"

#include <algorithm>
#include <cmath>

#include "kernel/simd.h"

namespace rotor {
namespace {

using Block = Vector[kMaximaBlock / kLanes];

/// Reads a block of x, which is filled up with −∞.
void load_block(std::span<const float> x, Block& block) {
  alignas(Vector) float last[kMaximaBlock];
  const bool full = x.size() >= kMaximaBlock;
  if (!full) std::fill(std::copy(x.begin(), x.end(), last), std::end(last), -INFINITY);
  const float* from = full ? x.data() : last;
  for (size_t i = 0; i < std::size(block); ++i) block[i] = load(from + i * kLanes);
}

}  // namespace

/// A new largest number scales down the sum so far.
float log_sum(std::span<const float> x, std::vector<float>& maxima) {
  float largest = -INFINITY;
  Vector sums = {};
  Block block;
  maxima.resize((x.size() + kMaximaBlock - 1) / kMaximaBlock);
  for (size_t b = 0; b < maxima.size(); ++b) {
    load_block(x.subspan(b * kMaximaBlock, std::min(kMaximaBlock, x.size() - b * kMaximaBlock)), block);
    Vector most = Vector{} - INFINITY;
    for (const Vector& part : block) most = larger(part, most);
    maxima[b] = fold_lanes(most, [](auto one, auto other) { return larger(one, other); });
    if (maxima[b] > largest) {
      sums *= fast_exp(largest - maxima[b]);
      largest = maxima[b];
    }
    const float shift = largest == -INFINITY ? 0 : largest;  // no number yet, but perhaps NaN
    for (const Vector& part : block) sums += fast_exp(part - shift);
  }
  return largest + std::log(sum_lanes(sums));
}

}  // namespace rotor
