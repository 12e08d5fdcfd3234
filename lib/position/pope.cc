#include "position/pope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autograd/elementwise.h"
#include "autograd/polar.h"

namespace rotor {
namespace {

class Pope : public PositionEncoding {
 public:
  Pope(double base, int64_t head_width, int64_t key_heads)
      : root_(std::sqrt(static_cast<float>(head_width))),
        phases_(parameter("phases", {key_heads, head_width}, zeros())) {
    for (int64_t i = 0; i < head_width; ++i) {
      frequencies_.push_back(std::pow(base, -static_cast<double>(i) / static_cast<double>(head_width)));
    }
  }

  /// Scores are not changed, but what makes them is wider than the values, which fused attention does not take.
  Touches touches() const override { return {.heads = true, .scores = true}; }

  Variable on_queries(const Variable& q, Range at) const override {
    return scale(polar(scale(q, root_), {}, at.begin, frequencies_), 1 / root_);
  }
  Variable on_keys(const Variable& k, Range at) const override { return polar(k, phases_, at.begin, frequencies_); }

 protected:
  /// The phases stay within a turn.
  void begin_own_update(uint64_t, int64_t) override {
    constexpr auto kTurn = static_cast<float>(2 * std::numbers::pi);
    for (float& phase : phases_.value().span()) phase = std::clamp(phase, -kTurn, 0.f);
  }

 private:
  float root_;
  Variable phases_;
  std::vector<double> frequencies_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_pope(const PositionOptions& options, const StackSizes& sizes) {
  const int64_t key_heads = sizes.key_heads > 0 ? sizes.key_heads : sizes.heads;
  return std::make_unique<Pope>(options.rope_base, sizes.head_width(), key_heads);
}

}  // namespace rotor
