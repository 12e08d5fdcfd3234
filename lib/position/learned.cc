#include "position/learned.h"

#include <cmath>
#include <numeric>

#include "autograd/elementwise.h"
#include "autograd/layers.h"

namespace rotor {
namespace {

class Learned : public PositionEncoding {
 public:
  Learned(int64_t max_positions, int64_t width)
      : table_(parameter("weight", {max_positions, width}, normal(1 / std::sqrt(static_cast<double>(width))))) {}

  int64_t max_positions() const override { return table_.size(0); }
  Touches touches() const override { return {.input = true}; }

  Variable on_input(const Variable& x, Range at) const override {
    return add(x, learned_positions(table_, at));  // [B,T,D] + [T,D]
  }

 private:
  Variable table_;
};

}  // namespace

Variable learned_positions(const Variable& table, Range at) {
  ROTOR_CHECK(
      at.end() <= table.size(0),
      "a sentence of {} tokens is longer than the {} learned positions; train with a larger --max-positions, or "
      "shorten it",
      at.end(), table.size(0));
  std::vector<int32_t> positions(at.size);
  std::iota(positions.begin(), positions.end(), static_cast<int32_t>(at.begin));
  return embedding(table, positions, 1, -1);
}

std::unique_ptr<PositionEncoding> make_learned(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<Learned>(options.max_positions, sizes.width);
}

}  // namespace rotor
