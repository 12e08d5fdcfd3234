// UpdateLog: what the updates since the last report came to, for a line on standard error and one in train.jsonl.
#pragma once

#include <algorithm>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "train/checkpoint.h"
#include "train/loss_watch.h"
#include "train/reports.h"

namespace rotor {

/// One update.
struct UpdateResult {
  LossSums sums;
  double gradient_norm = 0;  ///< of the loss a token, before it was clipped
  double learning_rate = 0;
  double seconds = 0;
  bool clipped = false;  ///< by --clip-norm
};

class UpdateLog {
 public:
  /// Takes the update that led to `state`. Warns of a loss that jumps.
  void add(const UpdateResult& update, const TrainerState& state);

  const UpdateResult& last() const { return last_; }
  bool empty() const { return window_.sums.tokens == 0; }
  /// "loss 4.123, 5000 tokens/s", for the progress bar.
  std::string summary() const;

  /// Logs what was added as of the last update, and returns it as a report and forgets it.
  nlohmann::ordered_json take();

 private:
  /// What was added since the last report.
  struct Window {
    LossSums sums;
    double seconds = 0, highest_norm = 0;
    int64_t updates = 0, clipped = 0;
    std::vector<int64_t> jumps;  ///< updates whose loss jumped
    double speed() const { return static_cast<double>(sums.tokens) / std::max(seconds, 1e-9); }
  };

  LossWatch loss_watch_;
  UpdateResult last_;
  int64_t update_ = 0, epoch_ = 0;  ///< numbers of the last update and of its epoch
  Window window_;
};

}  // namespace rotor
