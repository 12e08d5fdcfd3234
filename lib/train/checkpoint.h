// Checkpoints: a model file with the optimiser's moments and the trainer's state, so that training continues exactly
// where it stopped, or another run starts from there. With --ema-decay the model is the average of the weights, and the
// weights themselves are stored for training, as optimizer.weights.<name>. A checkpoint does not depend on when, where
// or how fast it was made.
#pragma once

#include <filesystem>
#include <optional>

#include "model/model_file.h"
#include "train/adam.h"
#include "train/ema.h"
#include "train/objective.h"
#include "train/options.h"

namespace rotor {

/// The progress of a training run.
struct TrainerState {
  int64_t updates = 0;
  int64_t epoch = 1;       ///< from 1
  int64_t next_batch = 0;  ///< number of batches of the epoch already used
  BestScores best = {};
  int64_t validations_without_gain = 0;
  int64_t schedule_begin = 0;  ///< the update from which the learning rate's schedule counts
  /// The place from which epochs are yet to come: the beginning, or where the count of updates, the epoch, the schedule
  /// or the batches last changed. With the size of epochs since then, it tells at which update --max-epoch ends
  /// training.
  int64_t begin_updates = 0, begin_epoch = 1, begin_batch = 0;
  int64_t epoch_batches = 0, update_batches = 0;  ///< that size: batches of an epoch, of an update; 0: not known
  int64_t bad_updates = 0;    ///< number of updates left out because their loss or gradient was NaN or infinite
  int64_t epoch_samples = 0;  ///< samples of the epoch already used
  int64_t cut = 0;            ///< digest of the batches that next_batch counts (TrainingData::digest()); 0: not known

  /// The epoch of the last batch used; 0 if there was none.
  int64_t last_epoch() const { return next_batch > 0 ? epoch : epoch - 1; }

  /// Makes this place the one from which epochs are yet to come.
  void begin_here();

  std::string to_json() const;
  static TrainerState from_json(const std::string& text, const std::string& origin);
};

/// The state that a checkpoint holds; none if there is no such file, or it cannot be read.
std::optional<TrainerState> state_of(const std::filesystem::path& path);

/// Everything that a checkpoint stores and restores.
struct Training {
  Objective& objective;
  const ParameterBuffer& parameters;
  Adam& adam;
  TrainerState& state;
  int64_t& trained_length;  ///< tokens of the longest sample that the parameters have been trained on; 0: not known
  Ema* ema = nullptr;       ///< average of --ema-decay
};

void save_checkpoint(const Training& training, const std::filesystem::path& path);

/// Continues from a checkpoint; the longer trained length stays, as with every start from a file. An Error names what
/// differs if it was trained with other model options or another vocabulary, or if it is a model without an optimiser's
/// state. A file that is truncated, or does not match its checksums, is a DamagedFile.
void load_checkpoint(const std::filesystem::path& path, const Training& training,
                     Verification verification = Verification::kAll);

/// Starts another run from a checkpoint, without the parts that are reset. Errors are as above, but dropout may differ.
void restore_checkpoint(const std::filesystem::path& path, const Training& training, const Resets& resets,
                        Verification verification = Verification::kAll);

/// Reads only the parameters of a model or checkpoint. Errors are as above, but dropout may differ.
void load_parameters(const std::filesystem::path& path, const Training& training,
                     Verification verification = Verification::kModel);

}  // namespace rotor
