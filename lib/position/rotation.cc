#include "position/rotation.h"

#include <cmath>
#include <memory>

#include "base/option_text.h"

namespace rotor {

void check_pairs(const StackSizes& sizes, const std::string& name) {
  if (sizes.turned_width() % 2 == 0) return;
  if (sizes.features > 0) {
    refuse("{} turns pairs: expected an even number of features of a head, got {}", name, sizes.features);
  }
  refuse("{} turns pairs: expected an even head width, got {} ({} / {} heads)", name, sizes.head_width(), sizes.width,
         sizes.heads);
}

Rotation::Rotation(std::vector<double> frequencies, const std::string& layout, double length)
    : frequencies_(std::move(frequencies)),
      pairs_(layout == "half" ? Pairs{1, std::ssize(frequencies_)} : Pairs{2, 1}),
      length_(length) {}

void Rotation::push_back(Angles& angles, int64_t m, int64_t i, double length) const {
  const double angle = static_cast<double>(m) * frequencies_[i];
  angles.cosines.push_back(static_cast<float>(length * std::cos(angle)));
  angles.sines.push_back(static_cast<float>(length * std::sin(angle)));
}

Variable Rotation::turn(const Variable& x, Angles angles) const {
  auto kept = std::make_shared<const Angles>(std::move(angles));
  return record(rotate(x.value(), *kept, pairs_, 1), {x}, [kept, pairs = pairs_](const Tensor& g, Gradients d) {
    // A rotation's inverse is its transpose; lengths stay as they are.
    d.add(0, rotate(g, *kept, pairs, -1));
  });
}

}  // namespace rotor
