// Options of training, under fairseq's names and with fairseq's meaning, but for those that README.md lists.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/options.h"
#include "train/schedule.h"

namespace rotor {

struct OptimizationOptions {
  std::string optimizer = "adam";
  std::string adam_betas = "0.9,0.98";
  double adam_eps = 1e-8, weight_decay = 0;
  bool no_decay_norms_and_biases = false;
  double layer_lr_decay = 1;
  ScheduleOptions schedule = {};
  double stop_min_lr = -1;
  double label_smoothing = 0.1, rdrop_alpha = 0;
  std::string class_weights = {};
  double clip_norm = 0;
  double ema_decay = 0;
  int64_t ema_start_update = 0;
  std::vector<std::string> freeze = {};
  int64_t update_freq = 1;
  bool bf16 = false, checkpoint_activations = false;
  int64_t max_update = 0, max_epoch = 0;
  int64_t max_bad_updates = 0;
  int64_t seed = 1;

  void describe(Options& options);
  /// Impossible values and combinations are a UsageError.
  void check() const;
  /// Undoes a limit of epochs from before these options, such as a task's, where they give --max-update alone, which
  /// is then the end.
  void settle_end(const CommandLine& options);
  /// The number of updates that a schedule of the learning rate lasts: --max-update, else --max-epoch; 0: no limit.
  int64_t scheduled_updates(int64_t updates_an_epoch) const;
  /// The two numbers of adam_betas, "0.9,0.98" or "(0.9, 0.98)". Any other text is a UsageError.
  std::pair<double, double> betas() const;
};

/// The parts of another run's checkpoint that are not restored.
struct Resets {
  bool optimizer = false, lr_scheduler = false, meters = false, dataloader = false;

  bool any() const { return optimizer || lr_scheduler || meters || dataloader; }
};

struct CheckpointOptions {
  std::string save_dir = "checkpoints";
  std::string restore_file, finetune_from_model;
  Resets resets;
  bool no_verify = false, no_save = false, no_epoch_checkpoints = false;
  std::string on_save_failure = "stop";
  int64_t save_interval = 1, save_interval_updates = 0;
  int64_t keep_last_epochs = -1, keep_interval_updates = -1, keep_best_checkpoints = -1;
  int64_t validate_interval = 1, validate_interval_updates = 0;
  bool disable_validation = false;
  bool eval_bleu = false;
  std::string eval_bleu_args = "{}";
  std::string best_checkpoint_metric = "loss";
  int64_t patience = -1;
  int64_t log_interval = 100;
  bool log_layers = false;
  bool has_validation_pairs = true;  ///< set by the command, not by describe()

  void describe(Options& options);
  /// Impossible values and combinations are a UsageError.
  void check() const;

 private:
  void describe_saving(Options& options);
  void describe_start(Options& options);
  void describe_validation(Options& options);
  void describe_validations(Options& options);
};

struct TrainerOptions {
  OptimizationOptions optimization;
  CheckpointOptions checkpoints;
};

}  // namespace rotor
