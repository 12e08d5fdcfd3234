// Learning-rate schedules, under fairseq's names and with its formulas; noam has the formula of Vaswani et al. 2017.
// Each is a function of the number of updates and the epoch alone, so that a resumed run needs no other state.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/options.h"

namespace rotor {

class CommandLine;

struct ScheduleOptions {
  double lr = 5e-4;
  std::string lr_scheduler = "inverse_sqrt";
  int64_t warmup_updates = 4000;
  double warmup_ratio = -1;
  double warmup_init_lr = 1e-7;
  double min_lr = 0, lr_period_updates = -1, t_mult = 1, lr_shrink = 0.1;
  int64_t force_anneal = -1;
  double end_learning_rate = 0, power = 1;
  int64_t total_num_update = -1;

  void describe(Options& options);
  /// The number of updates that warm up, in a training of so many (0: no limit): --warmup-ratio of them, else
  /// --warmup-updates.
  int64_t warmup(int64_t all_updates) const;
  /// Undoes the one of --warmup-updates and --warmup-ratio that a command line overrides by the other. It is a
  /// UsageError if it, or its --config, gives both.
  void settle_warmup(const CommandLine& options);
};

/// The learning rate of the next update, after the given number of updates, in the given epoch (from 1).
using Schedule = std::function<double(int64_t updates, int64_t epoch)>;

/// The schedule that --lr-scheduler names, for a model of that width and a training of so many updates (0: no limit).
/// A UsageError names the option that does not fit it.
Schedule make_schedule(const ScheduleOptions& options, int64_t width, int64_t all_updates);

std::vector<std::string> schedule_names();

}  // namespace rotor
