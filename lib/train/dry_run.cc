#include "train/dry_run.h"

#include <algorithm>

#include "base/log.h"
#include "base/progress.h"

namespace rotor {
namespace {

/// The same batch as often as an update has batches.
std::vector<int32_t> update_of(int32_t number, int64_t batches) {
  return std::vector<int32_t>(batches, number);
}

int32_t largest(const TrainingData& data) {
  int32_t best = 0;
  for (int32_t number = 1; number < data.batches(); ++number) {
    if (data.tokens(number) > data.tokens(best)) best = number;
  }
  return best;
}

constexpr int64_t kSpreadUpdates = 8;  // over the lengths of the corpus

/// Seconds of an epoch, by the time that updates spread over the corpus take a token.
double time_an_epoch(Trainer& trainer, const TrainingData& data, Progress& progress) {
  double seconds = 0, tokens = 0, all = 0;
  for (int64_t i = 0; i < kSpreadUpdates; ++i) {
    progress.update(i, "updates of all lengths");
    const auto number = static_cast<int32_t>((2 * i + 1) * data.batches() / (2 * kSpreadUpdates));
    seconds += trainer.try_update(update_of(number, trainer.batches_an_update()));
    tokens += static_cast<double>(data.tokens(number) * trainer.batches_an_update());
  }
  for (const int32_t number : data.epoch_order(1)) all += static_cast<double>(data.tokens(number));
  return seconds / tokens * all;
}

std::string time_text(double seconds) {
  constexpr double kMinute = 60, kHour = 3600, kDay = 86400;
  if (seconds < kMinute) return fmt::format("{:.3g} s", seconds);
  if (seconds < kHour) return fmt::format("{:.1f} min", seconds / kMinute);
  return seconds < 2 * kDay ? fmt::format("{:.1f} h", seconds / kHour) : fmt::format("{:.1f} days", seconds / kDay);
}

}  // namespace

std::string TrainingNeeds::text() const {
  std::string lines = fmt::format("parameters  {}, {} of them trained\n", parameters, trained_parameters);
  lines += fmt::format("memory      {} MB\n", memory_mb);
  lines += fmt::format("checkpoint  {:.1f} MB each\n", static_cast<double>(checkpoint_bytes) / (1 << 20));
  lines += fmt::format("an update   {}\n", time_text(seconds_an_update()));
  lines += fmt::format("an epoch    {}, {} updates\n", time_text(seconds_an_epoch), updates_an_epoch);
  if (updates > 0) {
    lines += fmt::format("all         {}, {} updates\n", time_text(seconds_an_update() * static_cast<double>(updates)),
                         updates);
  }
  return lines;
}

std::string TrainingNeeds::fit(const Machine& machine) const {
  const auto counted = [](int64_t count, const std::string& noun, const char* plural) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : plural);
  };
  std::string line = fmt::format("machine     {}, {}, {} MB of memory: ", counted(machine.cores, "core", "s"),
                                 counted(machine.nodes, "memory node", "s"), machine.memory_mb);
  if (memory_mb > machine.memory_mb) return line + "too little for one process\n";
  const int64_t processes = std::clamp<int64_t>(machine.memory_mb / std::max<int64_t>(memory_mb, 1), 1, machine.nodes);
  const int64_t threads = std::max<int64_t>(1, machine.cores / processes);
  line += fmt::format("{} of {}", counted(processes, "process", "es"), counted(threads, "thread", "s"));
  if (processes > 1) {
    line += fmt::format(
        "; mpirun -n {} --map-by numa:pe={} --bind-to core rotor-train …, whose updates have {} times the pairs",
        processes, threads, processes);
  } else if (machine.nodes > 1) {
    line += ", since there is no memory for one process a node";
  }
  return line + '\n';
}

TrainingNeeds dry_run(TrainerOptions options, Objective& objective, const TrainingData& data, Workers& workers) {
  options.checkpoints.save_dir.clear();
  options.checkpoints.no_save = true;
  options.checkpoints.log_interval = 0;
  Trainer trainer(options, objective, data, nullptr, workers);

  TrainingNeeds needs;
  const std::vector<NamedParameter> parameters = objective.module().parameters();
  needs.parameters = count_elements(parameters);
  for (const NamedParameter& parameter : parameters) {
    if (parameter.variable.needs_gradient()) needs.trained_parameters += parameter.variable.value().elements();
  }
  const int64_t copies = options.optimization.ema_decay > 0 ? 3 : 2;  // moments, weights beside their average
  needs.checkpoint_bytes = static_cast<int64_t>(sizeof(float)) * (needs.parameters + copies * needs.trained_parameters);
  needs.updates_an_epoch = trainer.updates_an_epoch();
  needs.updates = trainer.updates_to_come();

  log::info("trying two updates of the largest batches, and {} of batches spread over the corpus", kSpreadUpdates);
  Progress progress(kSpreadUpdates);
  progress.update(0, "largest batches");
  trainer.try_update(update_of(largest(data), trainer.batches_an_update()));
  trainer.try_update(update_of(static_cast<int32_t>(data.batches() - 1), trainer.batches_an_update()));
  needs.seconds_an_epoch = time_an_epoch(trainer, data, progress);
  needs.memory_mb = peak_memory_mb();
  return needs;
}

}  // namespace rotor
