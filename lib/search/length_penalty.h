// Length penalties: a hypothesis of log-probability s and n tokens (</s> counted) is ranked by s / penalty(n).
//   power: n^α, fairseq's;   gnmt: ((5 + n) / 6)^α (Wu et al. 2016, eq 14; Vaswani et al. 2017).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rotor {

class LengthPenalty {
 public:
  /// `kind` is one of length_penalty_kinds(), or "none", with which the penalty of every length is 1.
  LengthPenalty(const std::string& kind, double alpha);
  double operator()(int64_t length) const;

 private:
  double shift_ = 0, divisor_ = 1, alpha_;
};

std::vector<std::string> length_penalty_kinds();

}  // namespace rotor
