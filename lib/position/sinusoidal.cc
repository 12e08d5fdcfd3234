#include "position/sinusoidal.h"

#include <cmath>
#include <vector>

#include "autograd/elementwise.h"

namespace rotor {
namespace {

/// The factors that turn positions into the angles of a row.
std::vector<double> frequencies_of(int64_t width, SinusoidLayout layout) {
  std::vector<double> frequencies;
  for (int64_t t = 0; t < width / 2; ++t) {
    const double exponent = layout == SinusoidLayout::kConcatenated
                                ? static_cast<double>(t) / static_cast<double>(std::max<int64_t>(width / 2 - 1, 1))
                                : 2.0 * static_cast<double>(t) / static_cast<double>(width);
    frequencies.push_back(std::pow(10000.0, -exponent));
  }
  return frequencies;
}

SinusoidLayout layout_named(const std::string& name) {
  if (name == "half") return SinusoidLayout::kHalf;
  return name == "concatenated" ? SinusoidLayout::kConcatenated : SinusoidLayout::kInterleaved;
}

void fill_row(double position, const std::vector<double>& frequencies, SinusoidLayout layout, std::span<float> row) {
  const int64_t width = std::ssize(row), half = width / 2;
  const bool in_turn = layout == SinusoidLayout::kInterleaved;
  if (width % 2) row[width - 1] = 0;
  for (int64_t t = 0; t < half; ++t) {
    const double angle = position * frequencies[t];
    row[in_turn ? 2 * t : t] = static_cast<float>(std::sin(angle));
    row[in_turn ? 2 * t + 1 : half + t] = static_cast<float>(std::cos(angle));
  }
}

Tensor rows_of(Range at, const std::vector<double>& frequencies, int64_t width, SinusoidLayout layout) {
  const Tensor rows({at.size, width});
  for (int64_t i = 0; i < at.size; ++i) {
    fill_row(static_cast<double>(at.begin + i), frequencies, layout, rows.span().subspan(i * width, width));
  }
  return rows;
}

class Sinusoidal : public PositionEncoding {
 public:
  Sinusoidal(int64_t width, SinusoidLayout layout, int64_t offset)
      : width_(width), layout_(layout), offset_(offset), frequencies_(frequencies_of(width, layout)) {}

  Touches touches() const override { return {.input = true}; }

  Variable on_input(const Variable& x, Range at) const override {
    return add(x, rows_of({at.begin + offset_, at.size}, frequencies_, width_, layout_));  // [B,T,D] + [T,D]
  }

 private:
  int64_t width_;
  SinusoidLayout layout_;
  int64_t offset_;
  std::vector<double> frequencies_;
};

}  // namespace

Tensor sinusoids(Range at, int64_t width, SinusoidLayout layout) {
  return rows_of(at, frequencies_of(width, layout), width, layout);
}

Tensor sinusoids(std::span<const double> positions, int64_t width) {
  constexpr auto kLayout = SinusoidLayout::kInterleaved;
  const std::vector<double> frequencies = frequencies_of(width, kLayout);
  const Tensor rows({std::ssize(positions), width});
  for (int64_t i = 0; i < std::ssize(positions); ++i) {
    fill_row(positions[i], frequencies, kLayout, rows.span().subspan(i * width, width));
  }
  return rows;
}

std::unique_ptr<PositionEncoding> make_sinusoidal(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<Sinusoidal>(sizes.width, layout_named(options.sinusoidal_layout), options.position_offset);
}

}  // namespace rotor
