#include "train/start.h"

#include <algorithm>
#include <optional>

#include "base/log.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// A checkpoint that training could go on from.
struct Candidate {
  fs::path path;
  TrainerState state;
};

/// The trainer's state of a checkpoint whose header can be read.
std::optional<TrainerState> state_of(const fs::path& path) {
  try {
    const SafeTensors file(path);
    return TrainerState::from_json(file.metadata("trainer"), path.string());
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool is_sound(const fs::path& path) {
  try {
    open_model(path, Verification::kAll);
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// The checkpoint beside `last` that is furthest on and matches its checksums.
std::optional<Candidate> newest_sound(const fs::path& last) {
  std::vector<Candidate> candidates;
  for (const auto& entry : fs::directory_iterator(last.parent_path())) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("checkpoint_") || !name.ends_with(".safetensors") || entry.path() == last) continue;
    if (const auto state = state_of(entry.path())) candidates.push_back({entry.path(), *state});
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::pair(b.state.updates, a.path) < std::pair(a.state.updates, b.path);
  });
  const auto found =
      std::find_if(candidates.begin(), candidates.end(), [](const Candidate& c) { return is_sound(c.path); });
  if (found == candidates.end()) return std::nullopt;
  return *found;
}

/// Advice for a damaged checkpoint_last.
std::string way_out(const fs::path& last, const CheckpointOptions& options) {
  const auto newest = newest_sound(last);
  if (!newest) {
    return fmt::format("no other checkpoint in {} is sound; remove it to start anew", last.parent_path().string());
  }
  return fmt::format(
      "to go on from the newest sound checkpoint, of update {}, remove the damaged one and give --restore-file {}{}",
      newest->state.updates, newest->path.string(), options.resets.any() ? ", without the --reset- options" : "");
}

void resume(const Training& training, const CheckpointOptions& options, const fs::path& last) {
  try {
    load_checkpoint(last, training, verification(options.no_verify, Verification::kAll));
  } catch (const DamagedFile& error) {
    fail("{}; {}", error.what(), way_out(last, options));
  }
  log::info("resumed {} at update {}", last.string(), training.state.updates);
}

/// Warns before checkpoints of an earlier training are overwritten because its checkpoint_last is missing.
void warn_of_overwriting(const fs::path& last) {
  const auto newest = newest_sound(last);
  if (!newest) return;
  log::warn(
      "{} is missing: training starts anew and overwrites the checkpoints of an earlier training; to go on with that, "
      "stop now and give --restore-file {}",
      last.string(), newest->path.string());
}

}  // namespace

void start_training(const Training& training, const CheckpointOptions& options, const fs::path& last) {
  if (!options.no_save && fs::exists(last)) {
    resume(training, options, last);
    return;
  }
  if (!options.restore_file.empty()) {
    restore_checkpoint(options.restore_file, training, options.resets,
                       verification(options.no_verify, Verification::kAll));
    log::info("started from {} at update {}, epoch {}", options.restore_file, training.state.updates,
              training.state.epoch);
    return;
  }
  if (!options.no_save) warn_of_overwriting(last);
  if (options.finetune_from_model.empty()) return;
  load_parameters(options.finetune_from_model, training, verification(options.no_verify));
  log::info("started from the parameters of {}", options.finetune_from_model);
}

void share_training(const Training& training, Workers& workers) {
  const auto share = [&](const Tensor& tensor) { workers.broadcast(std::as_writable_bytes(tensor.span())); };
  for (const NamedParameter& parameter : training.objective.module().parameters()) share(parameter.variable.value());
  share(training.adam.first_moments());
  share(training.adam.second_moments());
  if (training.ema) share(training.ema->shadow());
  std::string state = training.state.to_json();
  state.resize(workers.highest(std::ssize(state)), ' ');
  workers.broadcast(std::as_writable_bytes(std::span(state)));
  training.state = TrainerState::from_json(state, "the leading process");
  training.adam.set_steps(training.state.updates);
}

}  // namespace rotor
