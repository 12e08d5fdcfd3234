// The training loop: batches to gradients to updates, with reports, validation and checkpoints on the way. It resumes
// from checkpoint_last exactly where that run stood. N workers with --update-freq F make the updates, of the same
// batches under the same dropout, that one makes with --update-freq N · F; so a run can go on with another number of
// workers.
#pragma once

#include <filesystem>
#include <optional>

#include "base/progress.h"
#include "data/batches.h"
#include "train/checkpoint.h"
#include "train/options.h"
#include "train/reports.h"
#include "train/workers.h"

namespace rotor {

struct TrainerOptions {
  OptimizationOptions optimization;
  CheckpointOptions checkpoints;
};

class Trainer {
 public:
  /// `valid` may be null. The model's parameters are the start of training unless there is a checkpoint to resume.
  Trainer(const TrainerOptions& options, const Transformer& model, const VocabularyBytes& vocabulary,
          const Corpus& train, const Corpus* valid, const BatchOptions& batches, Workers& workers = alone());

  /// Trains until a limit is reached. A signal saves checkpoint_last and throws Interrupted.
  void run();

  const TrainerState& state() const { return state_; }

 private:
  void run_epoch(Progress& progress);
  void check_same_corpus();
  void resume();
  void update(std::span<const int32_t> batches);
  LossSums differentiate(std::span<const int32_t> batches);
  void check_finite(double value, const char* what) const;
  void add_up(LossSums& sums);
  void report();
  void validate();
  void save(const std::string& name, bool improved);
  void end_of_update();
  void end_of_epoch();
  bool finished() const;
  /// Batches of an update, over all workers.
  int64_t batches_an_update() const { return options_.optimization.update_freq * workers_.size(); }
  std::filesystem::path file(const std::string& name) const;

  TrainerOptions options_;
  const Transformer& model_;
  VocabularyBytes vocabulary_;
  const Corpus& train_;
  const Corpus* valid_;
  Batches batches_;
  Workers& workers_;
  std::optional<Batches> valid_batches_;
  ParameterBuffer parameters_;
  Adam adam_;
  TrainerState state_;
  std::optional<Reports> reports_;

  // Since the last report.
  LossSums sums_;
  double seconds_ = 0, last_norm_ = 0, last_rate_ = 0;
  // Of the validation at update validated_at_.
  int64_t validated_at_ = -1;
  bool improved_ = false;
};

}  // namespace rotor
