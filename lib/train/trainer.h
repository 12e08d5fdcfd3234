// The training loop: batches to gradients to updates, with reports, validation and checkpoints on the way. It resumes
// from checkpoint_last exactly where that run stopped. N workers with --update-freq F make the updates, of the same
// batches under the same dropout, that one makes with --update-freq N · F; so a run can continue with another number of
// workers.
#pragma once

#include <optional>

#include "base/progress.h"
#include "train/options.h"
#include "train/run_folder.h"
#include "train/schedule.h"
#include "train/training_end.h"
#include "train/update_gradients.h"
#include "train/update_log.h"
#include "train/validations.h"
#include "train/workers.h"

namespace rotor {

class Trainer {
 public:
  /// `validator` may be null, and --save-dir empty: nothing is written then. Training starts from the parameters of the
  /// objective's module unless there is a checkpoint to resume, or the options name another start. All arguments but
  /// the options must outlive this object.
  Trainer(const TrainerOptions& options, Objective& objective, const TrainingData& data, const Validator* validator,
          Workers& workers = alone());

  /// Trains until a limit is reached. A signal to stop saves checkpoint_last and throws Interrupted.
  void run();

  const TrainerState& state() const { return state_; }

  /// Number of batches of an update, over all workers.
  int64_t batches_an_update() const { return options_.optimization.update_freq * workers_.size(); }
  int64_t updates_an_epoch() const { return epoch_size().updates(); }
  /// The update at which the limits end training; 0 if there is no limit.
  int64_t updates_to_come() const { return last_update(options_.optimization, state_, epoch_size()); }

  /// Makes an update of these batches, out of turn, and returns how many seconds it took.
  double try_update(std::span<const int32_t> batches);

 private:
  void check_same_corpus();
  void check_undamaged_corpora() const;
  void start();
  void log_start() const;
  void run_epoch(Progress& progress);
  bool update(std::span<const int32_t> batches);
  void leave_out(std::span<const int32_t> batches, double loss, double gradient_norm);
  std::span<const int32_t> suspects(std::span<const int32_t> batches) const;
  void report();
  bool save(const std::vector<std::string>& names, bool needed);
  bool next_update(std::span<const int32_t> order);
  void do_what_is_due(bool updated);
  void end();
  void answer_signals();
  std::string limit_reached() const;
  bool finished() const { return !limit_reached().empty(); }
  EpochSize epoch_size() const { return {data_.size(), batches_an_update()}; }
  Schedule schedule_of(const TrainerState& state) const;
  double learning_rate() const;
  Ema* ema() { return ema_ ? &*ema_ : nullptr; }
  Training training();

  TrainerOptions options_;
  Objective& objective_;
  const TrainingData& data_;
  const Validator* validator_;  ///< null if nothing is validated
  Workers& workers_;
  Schedule schedule_;
  ParameterBuffer parameters_;
  UpdateGradients gradients_;
  Adam adam_;
  std::optional<Ema> ema_;
  TrainerState state_;
  int64_t trained_length_;  ///< tokens of the longest sample, of this training and of those that it goes on from
  std::optional<RunFolder> folder_;  ///< only in the leading worker, if there is a --save-dir
  std::optional<Validations> validations_;
  UpdateLog log_;
};

}  // namespace rotor
