#include "position/xpos.h"

#include <algorithm>
#include <cmath>

#include "position/rope.h"
#include "position/rope_frequencies.h"
#include "position/rotation.h"

namespace rotor {
namespace {

constexpr double kGamma = 0.4;

class Xpos : public PositionEncoding {
 public:
  Xpos(const Rotation& turn, int64_t width, double scale_base) : turn_(turn) {
    const auto d = static_cast<double>(width);
    for (int64_t i = 0; i < width / 2; ++i) {
      log_scales_.push_back(std::log((2.0 * static_cast<double>(i) + kGamma * d) / ((1 + kGamma) * d)) / scale_base);
    }
    // Normal numbers of float32 are from e^−87.3 to e^88.7, and commands flush smaller ones to zero. This leaves room
    // for queries down to e^−9.3 = 1e-4 and keys up to e^10.7 = 4e4; beyond, zero times infinity would be no number.
    constexpr double kLargestExponent = 78;
    const double last = std::min(kLargestExponent / -log_scales_[0], static_cast<double>(kUnlimitedPositions - 1));
    end_ = static_cast<int64_t>(last) + 1;
  }

  int64_t max_positions() const override { return end_; }
  Touches touches() const override { return {.heads = true}; }

  Variable on_queries(const Variable& q, Range at) const override { return turn(q, at, 1); }
  Variable on_keys(const Variable& k, Range at) const override { return turn(k, at, -1); }

 private:
  Variable turn(const Variable& x, Range at, double sign) const {
    ROTOR_CHECK(
        at.end() <= end_,
        "a sentence of {} tokens is longer than the {} positions at which the scales of xpos fit float32; train with a "
        "larger --xpos-scale-base, or shorten it",
        at.end(), end_);
    return turn_(x, at, [&](int64_t m, int64_t i) { return std::exp(sign * static_cast<double>(m) * log_scales_[i]); });
  }

  Rotation turn_;
  std::vector<double> log_scales_;  // ln ζ_i / S
  int64_t end_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_xpos(const PositionOptions& options, const StackSizes& sizes) {
  check_pairs(sizes, "xpos");
  PositionOptions plain;
  plain.rope_base = options.rope_base;
  plain.rope_layout = options.rope_layout;
  if (!sizes.causal) return make_rope(plain, sizes);
  const Rotation turn(rope_frequencies(plain, sizes.turned_width(), 0), plain.rope_layout);
  return std::make_unique<Xpos>(turn, sizes.turned_width(), options.xpos_scale_base);
}

}  // namespace rotor
