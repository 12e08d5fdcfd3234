#include "train/update_log.h"

#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/progress.h"

namespace rotor {

void UpdateLog::add(const UpdateResult& update, const TrainerState& state) {
  last_ = update;
  update_ = state.updates;
  epoch_ = state.epoch;
  window_.sums.unit = update.sums.unit;
  window_.sums.add(update.sums.loss, update.sums.nll, update.sums.targets, update.sums.tokens);
  window_.seconds += update.seconds;
  window_.highest_norm = std::max(window_.highest_norm, update.gradient_norm);
  ++window_.updates;
  window_.clipped += update.clipped ? 1 : 0;
  if (!loss_watch_.jumps(update.sums.loss_bits())) return;
  window_.jumps.push_back(state.updates);
  log::warn(
      "the loss jumped from about {:.2f} to {:.2f} at update {} (gradient norm {:.2f}); if it stays up, lower --lr "
      "or --clip-norm, or raise --warmup-updates",
      loss_watch_.usual(), update.sums.loss_bits(), state.updates, update.gradient_norm);
}

std::string UpdateLog::summary() const {
  return fmt::format("loss {:.3f}, {:.0f} tokens/s", empty() ? 0.0 : window_.sums.loss_bits(), window_.speed());
}

nlohmann::ordered_json UpdateLog::take() {
  const Window window = std::exchange(window_, {});
  const LossSums& sums = window.sums;
  nlohmann::ordered_json line{
      {"update", update_},
      {"epoch", epoch_},
      {"loss", sums.loss_bits()},
      {"nll_loss", sums.nll_bits()},
  };
  if (sums.has_perplexity()) line["ppl"] = sums.perplexity();
  line.update({{"learning_rate", last_.learning_rate},
               {"grad_norm", last_.gradient_norm},
               {"grad_norm_max", window.highest_norm},
               {"clip", 100.0 * static_cast<double>(window.clipped) / static_cast<double>(window.updates)},
               {"seconds", window.seconds},
               {"tokens_per_second", window.speed()},
               {"memory_mb", peak_memory_mb()}});
  if (!window.jumps.empty()) line["loss_jumps"] = window.jumps;
  const std::string perplexity = sums.has_perplexity() ? fmt::format(" | ppl {:.2f}", sums.perplexity()) : "";
  log::info("epoch {} | update {} | loss {:.3f}{} | lr {:.3g} | norm {:.3f} | {:.0f} tokens/s", epoch_, update_,
            sums.loss_bits(), perplexity, last_.learning_rate, last_.gradient_norm, window.speed());
  return line;
}

}  // namespace rotor
