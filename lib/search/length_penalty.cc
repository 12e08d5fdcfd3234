#include "search/length_penalty.h"

#include <cmath>

#include "base/check.h"

namespace rotor {

LengthPenalty::LengthPenalty(const std::string& kind, double alpha) : alpha_(alpha) {
  if (kind == "gnmt") {
    shift_ = 5;
    divisor_ = 6;
  } else if (kind == "none") {
    alpha_ = 0;
  } else {
    ROTOR_CHECK(kind == "power", "expected a length penalty power, gnmt or none, got {}", kind);
  }
}

double LengthPenalty::operator()(int64_t length) const {
  return std::pow((shift_ + static_cast<double>(length)) / divisor_, alpha_);
}

std::vector<std::string> length_penalty_kinds() {
  return {"power", "gnmt"};
}

}  // namespace rotor
