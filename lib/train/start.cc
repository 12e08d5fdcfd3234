#include "train/start.h"

#include <algorithm>
#include <optional>

#include "base/log.h"
#include "train/earlier_training.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// A checkpoint that training could go on from.
struct Candidate {
  fs::path path;
  TrainerState state;
};

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
  } else if (!options.finetune_from_model.empty()) {
    if (!options.no_save && !last.empty()) check_start_stays(options.finetune_from_model, last.parent_path());
    load_parameters(options.finetune_from_model, training, verification(options.no_verify));
    log::info("started from the parameters of {}", options.finetune_from_model);
  }
  if (!options.no_save && !last.empty()) {
    set_aside_earlier(last.parent_path(), options.restore_file, training.state.updates);
  }
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
