#include "position/decay.h"

#include <cmath>
#include <complex>

#include "base/check.h"

namespace rotor {

std::vector<double> long_term_decay(int64_t head_width, double base, int64_t reach) {
  ROTOR_CHECK(head_width > 0 && head_width % 2 == 0, "expected an even head width above 0, got {}", head_width);
  ROTOR_CHECK(std::isfinite(base) && base > 0, "expected a base of the angles above 0, got {}", base);
  ROTOR_CHECK(reach >= 0, "expected distances from 0 up, got {}", reach);
  const int64_t pairs = head_width / 2;
  std::vector<double> bound;
  for (int64_t distance = 0; distance <= reach; ++distance) {
    std::complex<double> partial = 0;  // S_{i+1}
    double sum = 0;
    for (int64_t i = 0; i < pairs; ++i) {
      const double theta = std::pow(base, -2.0 * static_cast<double>(i) / static_cast<double>(head_width));
      partial += std::polar(1.0, static_cast<double>(distance) * theta);
      sum += std::abs(partial);
    }
    bound.push_back(sum / static_cast<double>(pairs));
  }
  return bound;
}

}  // namespace rotor
