// Finds jumps of the loss: losses more than a tenth and more than six standard deviations above the mean of recent
// losses, where mean and deviation have weights that fall by a factor of e in about 100 updates.
#pragma once

#include <cstdint>

namespace rotor {

class LossWatch {
 public:
  /// Takes the loss of the next update and returns true if it is a jump, or the first of several jumps in a row. The
  /// first 50 losses are never jumps.
  bool jumps(double loss);

  /// The mean of the losses before the last one.
  double usual() const { return usual_; }

 private:
  int64_t count_ = 0;
  double mean_ = 0, variance_ = 0, usual_ = 0;
  bool was_high_ = false;
};

}  // namespace rotor
