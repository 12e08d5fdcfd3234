// Finds losses that jump out of the recent ones: more than a tenth and six standard deviations above their mean, both
// taken with weights that fall by e in about 100 updates.
#pragma once

#include <cstdint>

namespace rotor {

class LossWatch {
 public:
  /// Takes the loss of the next update; true if it is a jump, the first of several in a row. The first 50 are none.
  bool jumps(double loss);

  /// The mean of the losses before the one last taken.
  double usual() const { return usual_; }

 private:
  int64_t count_ = 0;
  double mean_ = 0, variance_ = 0, usual_ = 0;
  bool was_high_ = false;
};

}  // namespace rotor
