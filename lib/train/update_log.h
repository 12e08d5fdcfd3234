// UpdateLog: statistics of the updates since the last report, for a line on standard error and one in train.jsonl.
#pragma once

#include <algorithm>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "train/checkpoint.h"
#include "train/loss_watch.h"
#include "train/reports.h"

namespace rotor {

/// The numbers of one update.
struct UpdateResult {
  LossSums sums;
  double gradient_norm = 0;  ///< gradient norm of the loss for each token, before clipping
  double learning_rate = 0;
  double seconds = 0;
  bool clipped = false;  ///< whether --clip-norm clipped it
};

class UpdateLog {
 public:
  /// Adds the update that led to `state`, and warns of a jump of the loss.
  void add(const UpdateResult& update, const TrainerState& state);

  const UpdateResult& last() const { return last_; }
  bool empty() const { return window_.updates == 0; }
  /// The text "loss 4.123, 5000 tokens/s" for the progress bar.
  std::string summary() const;

  /// Logs what was added as of the last update, and returns it as a report and forgets it.
  nlohmann::ordered_json take();

 private:
  /// The sums since the last report.
  struct Window {
    LossSums sums;
    double seconds = 0, highest_norm = 0;
    int64_t updates = 0, clipped = 0;
    std::vector<int64_t> jumps;  ///< numbers of the updates whose loss jumped
    double speed() const { return static_cast<double>(sums.tokens) / std::max(seconds, 1e-9); }
  };

  LossWatch loss_watch_;
  UpdateResult last_;
  int64_t update_ = 0, epoch_ = 0;  ///< numbers of the last update and of its epoch
  Window window_;
};

}  // namespace rotor
