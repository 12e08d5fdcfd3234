#include "position/shape.h"

#include "autograd/elementwise.h"
#include "base/random.h"
#include "position/sinusoidal.h"

namespace rotor {
namespace {

class ShiftedPositions : public PositionEncoding {
 public:
  explicit ShiftedPositions(int64_t max_shift) : max_shift_(max_shift) {}

  Touches touches() const override { return {.input = true}; }

  Variable on_input(const Variable& x, Range at) const override {
    if (!recording()) return add(x, sinusoids({at.begin + max_shift_, at.size}, x.size(2)));  // [B,T,D] + [T,D]
    Random random(next_random_key());
    const Tensor positions(x.shape());
    for (int64_t row = 0; row < x.size(0); ++row) {
      const auto shift = static_cast<int64_t>(random.below(static_cast<uint64_t>(max_shift_)));
      positions.narrow(0, row, 1).copy_from(
          sinusoids({at.begin + shift, at.size}, x.size(2)).reshape({1, at.size, x.size(2)}));
    }
    return add(x, positions);
  }

 private:
  int64_t max_shift_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_shape(const PositionOptions& options, const StackSizes&) {
  return std::make_unique<ShiftedPositions>(options.shape_max_shift);
}

}  // namespace rotor
