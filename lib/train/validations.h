// Validations: the validations of a run. Each is reported, and counts for --patience and for which checkpoint is the
// best.
#pragma once

#include <functional>

#include "train/checkpoint.h"
#include "train/run_folder.h"
#include "train/validator.h"

namespace rotor {

class Validations {
 public:
  /// `folder` and `ema` may be null; `validated_at` is the update of the last validation, or −1. All arguments must
  /// outlive this object. --best-checkpoint-metric must be one that the objective knows.
  Validations(const Validator& validator, const CheckpointOptions& options, TrainerState& state, RunFolder* folder,
              Ema* ema, Workers& workers, int64_t validated_at);

  /// Validates, counts it in the state, and returns the names that a checkpoint made now deserves. All workers must
  /// call it alike.
  std::vector<std::string> validate();

  /// Validates what a run came to at its end, unless that was done, and calls `save_best` if it is the best, while the
  /// state counts it. Later the state knows nothing of it, so that with a higher limit training goes on as if it had
  /// not ended here.
  void validate_end(const std::function<void()>& save_best);

 private:
  Scores measure(bool final);
  bool is_best(const Scores& scores) const;
  void count(const Scores& scores);

  const Validator& validator_;
  const std::string metric_;
  TrainerState& state_;
  RunFolder* folder_;
  Ema* ema_;
  Workers& workers_;
  int64_t validated_at_;
};

}  // namespace rotor
