#include "position/cape.h"

#include <cmath>

#include "autograd/elementwise.h"
#include "base/random.h"
#include "position/sinusoidal.h"

namespace rotor {
namespace {

/// A number uniform in ±bound.
double within(double bound, Random& random) {
  return bound * (2 * random.uniform() - 1);
}

class Cape : public PositionEncoding {
 public:
  explicit Cape(const PositionOptions& options)
      : global_shift_(options.cape_global_shift),
        local_shift_(options.cape_local_shift),
        log_scaling_(std::log(options.cape_global_scaling)) {}

  Touches touches() const override { return {.input = true}; }

  Variable on_input(const Variable& x, Range at) const override {
    if (!recording()) return add(x, sinusoids(at, x.size(2)));  // [B,T,D] + [T,D]
    Random random(next_random_key());
    std::vector<double> positions;
    for (int64_t row = 0; row < x.size(0); ++row) {
      const double shift = within(global_shift_, random), scaling = std::exp(within(log_scaling_, random));
      for (int64_t m = at.begin; m < at.end(); ++m) {
        positions.push_back((static_cast<double>(m) + shift + within(local_shift_, random)) * scaling);
      }
    }
    return add(x, sinusoids(positions, x.size(2)).reshape(x.shape()));
  }

 private:
  double global_shift_, local_shift_, log_scaling_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_cape(const PositionOptions& options, const StackSizes&) {
  return std::make_unique<Cape>(options);
}

}  // namespace rotor
