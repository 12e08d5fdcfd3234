#include "compare/plan.h"

#include <algorithm>

#include "base/option_text.h"
#include "compare/comparison_kind.h"
#include "compare/learning_rates.h"
#include "compare/start_models.h"

namespace rotor {

Plan::Plan(CompareOptions options, TrainingOptions common, TrainingFrom from)
    : options_(std::move(options)), common_(std::move(common)), from_(std::move(from)) {
  options_.check();
  comparison_kind(options_.task).check(options_, common_);
  const OptimizationOptions& optimization = common_.trainer.optimization;
  const CheckpointOptions& checkpoints = common_.trainer.checkpoints;
  if (optimization.max_update == 0 && optimization.max_epoch == 0) {
    refuse("expected an end of training: --max-update or --max-epoch");
  }
  const int64_t kept = std::max(checkpoints.keep_last_epochs, checkpoints.keep_interval_updates);
  if (kept > 0 && kept < options_.average) {
    refuse(
        "--average {} needs as many checkpoints, and --keep-last-epochs {} and --keep-interval-updates {} keep fewer; "
        "raise one of them",
        options_.average, checkpoints.keep_last_epochs, checkpoints.keep_interval_updates);
  }
  if (checkpoints.no_epoch_checkpoints && checkpoints.save_interval_updates == 0 && options_.average > 1) {
    refuse("--average {} needs checkpoints: leave out --no-epoch-checkpoints, or add --save-interval-updates",
           options_.average);
  }
  if (checkpoints.disable_validation) refuse("a comparison reports validation losses: leave out --disable-validation");
  const bool validates = checkpoints.validate_interval_updates > 0 || optimization.max_update > 0 ||
                         (checkpoints.validate_interval > 0 && checkpoints.validate_interval <= optimization.max_epoch);
  if (!validates) {
    refuse("a comparison reports validation losses: --validate-interval {} is never reached in --max-epoch {}",
           checkpoints.validate_interval, optimization.max_epoch);
  }
  entries_ = parse_entries(options_.encodings, options_.baseline, options_.output);
  seeds_ = whole_numbers(options_.seeds, "seeds", 0);
  rates_ = read_learning_rates(options_.learning_rates);
  if (const std::string& start = common_.trainer.checkpoints.finetune_from_model; from_ && !start.empty()) {
    common_.model = from_(start_model(start, options_.baseline, seeds_.front())).model;
  }
}

std::string Plan::start_of(const Entry& entry) const {
  const auto own = std::find(entry.arguments.begin(), entry.arguments.end(), "--finetune-from-model");
  return own == entry.arguments.end() ? common_.trainer.checkpoints.finetune_from_model : *std::next(own);
}

std::filesystem::path Plan::folder_of(const std::string& label, int64_t seed) const {
  return runs_folder() / folder_name(label) / fmt::format("seed-{}", seed);
}

PlannedRun Plan::run(const Entry& entry, int64_t seed) const {
  const std::filesystem::path start = start_model(start_of(entry), entry.trained_as, seed);
  PlannedRun run{entry.label,
                 seed,
                 folder_of(entry.label, seed),
                 from_ && !start.empty() ? from_(start) : common_,
                 rates_,
                 entry.test_arguments,
                 entry.trained_as};
  entry.apply(run.training);
  if (!start.empty()) check_start(start, run.training.model, entry.label);
  if (!rates_.empty() && std::count(entry.arguments.begin(), entry.arguments.end(), "--lr") > 0) {
    refuse("--encodings: '{}': --learning-rates says which --lr are tried; leave one of them out", entry.label);
  }
  run.training.trainer.checkpoints.finetune_from_model = start;
  run.training.trainer.optimization.seed = seed;
  run.training.trainer.checkpoints.save_dir = run.folder / "checkpoints";
  return run;
}

std::vector<PlannedRun> Plan::runs() const {
  std::vector<PlannedRun> all;
  for (int64_t seed : seeds_) {
    for (const Entry& entry : entries_) all.push_back(run(entry, seed));
  }
  return all;
}

}  // namespace rotor
