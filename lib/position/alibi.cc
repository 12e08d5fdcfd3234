#include "position/alibi.h"

#include <bit>
#include <cmath>
#include <cstdlib>

#include "autograd/relative.h"
#include "position/distance.h"

namespace rotor {
namespace {

/// Slopes of H heads, H a power of two: 2^(−8h/H), h from 1.
double slope(int64_t h, int64_t heads) {
  return std::exp2(-8.0 * static_cast<double>(h) / static_cast<double>(heads));
}

class Alibi : public PositionEncoding {
 public:
  explicit Alibi(int64_t heads) : slopes_(alibi_slopes(heads)) {}

  Variable on_scores(const Variable& scores, const Variable&, const Variable&, Range queries,
                     Range keys) const override {
    const int64_t first = first_distance(queries, keys), heads = static_cast<int64_t>(slopes_.size());
    const Tensor bias({queries.size + keys.size - 1, heads});
    const std::span<float> numbers = bias.span();
    for (int64_t r = 0; r < bias.size(0); ++r) {
      for (int64_t h = 0; h < heads; ++h) {
        numbers[r * heads + h] = static_cast<float>(-slopes_[h] * static_cast<double>(std::abs(first + r)));
      }
    }
    return add_distance_bias(scores, bias);
  }

  Touches touches() const override { return {.scores = true}; }

 private:
  std::vector<double> slopes_;
};

}  // namespace

std::vector<double> alibi_slopes(int64_t heads) {
  const auto power = static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(heads)));
  std::vector<double> slopes;
  for (int64_t h = 1; h <= power; ++h) slopes.push_back(slope(h, power));
  for (int64_t h = 1; static_cast<int64_t>(slopes.size()) < heads; h += 2) slopes.push_back(slope(h, 2 * power));
  return slopes;
}

std::unique_ptr<PositionEncoding> make_alibi(const PositionOptions&, const StackSizes& sizes) {
  return std::make_unique<Alibi>(sizes.heads);
}

}  // namespace rotor
