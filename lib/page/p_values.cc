#include "page/p_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "page/statistics.h"

namespace rotor {

std::string PColumn::text(size_t i) const {
  return text(values_[i], is_least(i));
}

std::string PColumn::corrected(size_t i) const {
  return text(holm(values_)[i], is_least(i));
}

bool PColumn::is_least(size_t i) const {
  constexpr double kRounding = 1e-9;
  return values_[i] * static_cast<double>(resamples_ + 1) <= 1 + kRounding;
}

/// With as many decimals as the trials can tell apart, bounds rounded up.
std::string PColumn::text(double p, bool at_most) const {
  const int decimals = std::max(3, static_cast<int>(std::lround(std::log10(static_cast<double>(resamples_)))));
  if (!at_most) return fmt::format("{:.{}f}", p, decimals);
  const double unit = std::pow(10.0, decimals);
  return fmt::format("≤ {:.{}f}", std::min(1.0, std::ceil(p * unit) / unit), decimals);
}

}  // namespace rotor
