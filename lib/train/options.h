// Options of training, under fairseq's names and with fairseq's meaning.
#pragma once

#include <cstdint>
#include <string>

#include "base/options.h"

namespace rotor {

struct OptimizationOptions {
  std::string optimizer = "adam";
  std::string adam_betas = "0.9,0.98";
  double adam_eps = 1e-8;
  double lr = 5e-4;
  std::string lr_scheduler = "inverse_sqrt";
  int64_t warmup_updates = 4000;
  double warmup_init_lr = 1e-7;
  double label_smoothing = 0.1;
  double clip_norm = 0;
  int64_t update_freq = 1;
  bool bf16 = false, checkpoint_activations = false;
  int64_t max_update = 0, max_epoch = 0;
  int64_t max_bad_updates = 0;
  int64_t seed = 1;

  void describe(Options& options);
  void check() const;
};

struct CheckpointOptions {
  std::string save_dir = "checkpoints";
  bool no_save = false, no_epoch_checkpoints = false;
  std::string on_save_failure = "stop";
  int64_t save_interval = 1, save_interval_updates = 0;
  int64_t keep_last_epochs = -1, keep_interval_updates = -1;
  int64_t validate_interval = 1, validate_interval_updates = 0;
  bool disable_validation = false;
  int64_t patience = -1;
  int64_t log_interval = 100;

  void describe(Options& options);
};

}  // namespace rotor
