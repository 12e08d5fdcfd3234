#include "train/validations.h"

#include "base/json.h"
#include "base/log.h"

namespace rotor {

Validations::Validations(const Validator& validator, const CheckpointOptions& options, TrainerState& state,
                         RunFolder* folder, Ema* ema, Workers& workers, int64_t validated_at)
    : validator_(validator),
      metric_(options.best_checkpoint_metric),
      state_(state),
      folder_(folder),
      ema_(ema),
      workers_(workers),
      validated_at_(validated_at) {}

/// Measures and reports; `final` if only because the run ends here.
Scores Validations::measure(bool final) {
  const Scores scores = [&] {
    const Ema::Swapped averaged(ema_);
    return validator_(workers_);
  }();
  validated_at_ = state_.updates;
  nlohmann::ordered_json line{{"update", state_.updates}, {"epoch", state_.last_epoch()}};
  for (const auto& [metric, value] : scores) line["valid_" + metric] = value;
  if (final) line[Reports::kFinal] = true;
  if (folder_) folder_->report(line);
  log::info("epoch {} | update {}{}{}", state_.last_epoch(), state_.updates, score_text(scores),
            is_best(scores) ? " | best" : "");
  return scores;
}

/// Whether a validation makes checkpoint_best: it is better than that too, which can come from the end of an earlier
/// run, of whose validation this one knows nothing.
bool Validations::is_best(const Scores& scores) const {
  if (!state_.best.improved_by(scores, metric_)) return false;
  const auto best = folder_ ? folder_->state_of_best() : std::nullopt;
  return !best || best->best.improved_by(scores, metric_);
}

void Validations::count(const Scores& scores) {
  state_.validations_without_gain = state_.best.improved_by(scores, metric_) ? 0 : state_.validations_without_gain + 1;
  state_.best.take(scores);
}

std::vector<std::string> Validations::validate() {
  const Scores scores = measure(/*final=*/false);
  std::vector<std::string> names;
  if (folder_) names = folder_->names_among_best(value_of(scores, metric_), state_.updates);
  if (is_best(scores)) names.emplace_back("best");
  count(scores);
  return names;
}

void Validations::validate_end(const std::function<void()>& save_best) {
  if (validated_at_ == state_.updates) return;
  const Scores scores = measure(/*final=*/true);
  if (!is_best(scores)) return;
  const TrainerState kept = state_;
  count(scores);
  save_best();
  state_ = kept;
}

}  // namespace rotor
