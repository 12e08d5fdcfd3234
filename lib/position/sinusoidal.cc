#include "position/sinusoidal.h"

#include <cmath>
#include <vector>

#include "autograd/elementwise.h"

namespace rotor {
namespace {

/// The factors that turn positions into the angles of a row.
std::vector<double> frequencies_of(int64_t width, bool concatenated) {
  std::vector<double> frequencies;
  for (int64_t t = 0; t < width / 2; ++t) {
    const double exponent = concatenated
                                ? static_cast<double>(t) / static_cast<double>(std::max<int64_t>(width / 2 - 1, 1))
                                : 2.0 * static_cast<double>(t) / static_cast<double>(width);
    frequencies.push_back(std::pow(10000.0, -exponent));
  }
  return frequencies;
}

void fill_row(double position, const std::vector<double>& frequencies, bool concatenated, std::span<float> row) {
  const int64_t width = std::ssize(row), half = width / 2;
  if (width % 2) row[width - 1] = 0;
  for (int64_t t = 0; t < half; ++t) {
    const double angle = position * frequencies[t];
    row[concatenated ? t : 2 * t] = static_cast<float>(std::sin(angle));
    row[concatenated ? half + t : 2 * t + 1] = static_cast<float>(std::cos(angle));
  }
}

Tensor rows_of(Range at, const std::vector<double>& frequencies, int64_t width, bool concatenated) {
  const Tensor rows({at.size, width});
  for (int64_t i = 0; i < at.size; ++i) {
    fill_row(static_cast<double>(at.begin + i), frequencies, concatenated, rows.span().subspan(i * width, width));
  }
  return rows;
}

class Sinusoidal : public PositionEncoding {
 public:
  Sinusoidal(int64_t width, bool concatenated, int64_t offset)
      : width_(width),
        concatenated_(concatenated),
        offset_(offset),
        frequencies_(frequencies_of(width, concatenated)) {}

  Touches touches() const override { return {.input = true}; }

  Variable on_input(const Variable& x, Range at) const override {
    return add(x, rows_of({at.begin + offset_, at.size}, frequencies_, width_, concatenated_));  // [B,T,D] + [T,D]
  }

 private:
  int64_t width_;
  bool concatenated_;
  int64_t offset_;
  std::vector<double> frequencies_;
};

}  // namespace

Tensor sinusoids(Range at, int64_t width, bool concatenated) {
  return rows_of(at, frequencies_of(width, concatenated), width, concatenated);
}

Tensor sinusoids(std::span<const double> positions, int64_t width) {
  const std::vector<double> frequencies = frequencies_of(width, false);
  const Tensor rows({std::ssize(positions), width});
  for (int64_t i = 0; i < std::ssize(positions); ++i) {
    fill_row(positions[i], frequencies, false, rows.span().subspan(i * width, width));
  }
  return rows;
}

std::unique_ptr<PositionEncoding> make_sinusoidal(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<Sinusoidal>(sizes.width, options.sinusoidal_layout == "concatenated",
                                      options.position_offset);
}

}  // namespace rotor
