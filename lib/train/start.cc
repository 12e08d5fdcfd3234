#include "train/start.h"

#include "base/log.h"

namespace rotor {

void start_training(const Training& training, const CheckpointOptions& options, const std::filesystem::path& last) {
  if (!options.no_save && std::filesystem::exists(last)) {
    load_checkpoint(last, training);
    log::info("resumed {} at update {}", last.string(), training.state.updates);
  } else if (!options.restore_file.empty()) {
    restore_checkpoint(options.restore_file, training, options.resets);
    log::info("started from {} at update {}, epoch {}", options.restore_file, training.state.updates,
              training.state.epoch);
  } else if (!options.finetune_from_model.empty()) {
    load_parameters(options.finetune_from_model, training);
    log::info("started from the parameters of {}", options.finetune_from_model);
  }
}

void share_training(const Training& training, Workers& workers) {
  const auto share = [&](const Tensor& tensor) { workers.broadcast(std::as_writable_bytes(tensor.span())); };
  for (const NamedParameter& parameter : training.model.parameters()) share(parameter.variable.value());
  share(training.adam.first_moments());
  share(training.adam.second_moments());
  if (training.ema) share(training.ema->shadow());
  static_assert(std::is_trivially_copyable_v<TrainerState>);
  workers.broadcast(std::as_writable_bytes(std::span(&training.state, 1)));
  training.adam.set_steps(training.state.updates);
}

}  // namespace rotor
