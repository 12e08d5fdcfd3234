#include "train/trainer.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/log.h"
#include "base/option_text.h"
#include "base/signals.h"
#include "base/threads.h"
#include "format/checksums.h"
#include "kernel/bfloat16.h"
#include "train/announcements.h"
#include "train/digests.h"
#include "train/epoch_place.h"
#include "train/intervals.h"
#include "train/layer_norms.h"
#include "train/start.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

Module& frozen_in_part(Module& module, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) module.freeze(pattern);
  return module;
}

void warn_of_skipped(int64_t skipped, int64_t all, const char* kind, const Samples& like, const BatchOptions& batches) {
  if (skipped > 0) log::warn("{}", announce_skipped(skipped, all, kind, like, batches));
}

void check_metric(const std::string& metric, const std::vector<std::string>& known) {
  require(std::find(known.begin(), known.end(), metric) != known.end(),
          "--best-checkpoint-metric expects one of {} for this corpus, got {}", join(known, ", "), metric);
}

}  // namespace

Trainer::Trainer(const TrainerOptions& options, Objective& objective, const TrainingData& data,
                 const Validator* validator, Workers& workers)
    : options_(options),
      objective_(objective),
      data_(data),
      validator_(options.checkpoints.disable_validation ? nullptr : validator),
      workers_(workers),
      schedule_(schedule_of(TrainerState())),
      parameters_(frozen_in_part(objective.module(), options.optimization.freeze)),
      gradients_(options.optimization, objective, parameters_, workers),
      adam_(options.optimization, parameters_),
      trained_length_(data.longest()) {
  options_.optimization.check();
  options_.checkpoints.check();
  check_metric(options_.checkpoints.best_checkpoint_metric, objective.metrics());
  set_product_precision(options_.optimization.bf16 ? Precision::kBfloat16 : Precision::kFloat32);
  if (options_.optimization.bf16 && !bfloat16_is_fast()) {
    log::warn("--bf16 saves no time on this CPU, which multiplies bfloat16 as float32");
  }
  if (options_.optimization.ema_decay > 0) ema_.emplace(options_.optimization, parameters_);
  warn_of_skipped(data.skipped(), data.samples(), "training", *data.parts().front().samples, data.options());
  if (validator_) {
    const Samples& samples = validator_->samples();
    warn_of_skipped(validator_->skipped(), samples.size(), "validation", samples, data.options());
  }
  check_same_corpus();
  check_undamaged_corpora();
  start();
}

void Trainer::start() {
  if (workers_.leads()) {
    if (!options_.checkpoints.save_dir.empty()) folder_.emplace(options_.checkpoints);
    start_training(training(), options_.checkpoints, folder_ ? folder_->checkpoint("last") : "");
    if (folder_) folder_->remove_old();
  }
  share_training(training(), workers_);
  state_.best.know(objective_.metrics());
  find_place(state_, data_);
  note_epoch_size(state_, epoch_size());
  schedule_ = schedule_of(state_);
  const int64_t validated_at = workers_.highest(folder_ ? folder_->resume_reports(state_.updates) : -1);
  if (validator_) {
    validations_.emplace(*validator_, options_.checkpoints, state_, folder_ ? &*folder_ : nullptr, ema(), workers_,
                         validated_at);
  }
}

void Trainer::check_same_corpus() {
  for (const int64_t batches : {data_.size(), validator_ ? validator_->batches() : 0}) {
    const int64_t most = workers_.highest(batches);
    ROTOR_CHECK(batches == most,
                "expected the same corpus in every process, got one of {} batches here and of {} elsewhere", batches,
                most);
  }
}

/// The leading process reads the corpora for all, as it does for their digests.
void Trainer::check_undamaged_corpora() const {
  if (!workers_.leads() || options_.checkpoints.no_verify) return;
  for (const TrainingData::Part& part : data_.parts()) check_undamaged(SafeTensors(part.samples->corpus().path()));
  if (validator_) check_undamaged(SafeTensors(validator_->samples().corpus().path()));
}

/// The limit that ends training now; empty while there is none.
std::string Trainer::limit_reached() const {
  const auto& o = options_.optimization;
  const int64_t patience = options_.checkpoints.patience;
  const bool scheduled = state_.updates > state_.schedule_begin;  // the first rate of a warm-up is no end
  if (o.max_update > 0 && state_.updates >= o.max_update) return fmt::format("--max-update {}", o.max_update);
  if (o.max_epoch > 0 && state_.epoch > o.max_epoch) return fmt::format("--max-epoch {}", o.max_epoch);
  if (patience > 0 && state_.validations_without_gain >= patience) return fmt::format("--patience {}", patience);
  if (state_.epoch > 1 && state_.next_batch == 0 && scheduled && learning_rate() <= o.stop_min_lr) {
    return fmt::format("--stop-min-lr {}", o.stop_min_lr);
  }
  return "";
}

Training Trainer::training() {
  return {objective_, parameters_, adam_, state_, trained_length_, ema()};
}

/// The schedule of a training that has got to `state`.
Schedule Trainer::schedule_of(const TrainerState& state) const {
  return make_schedule(options_.optimization.schedule, objective_.width(),
                       scheduled_updates(options_.optimization, state, epoch_size()));
}

/// Learning rate of the next update.
double Trainer::learning_rate() const {
  return schedule_(state_.updates - state_.schedule_begin, state_.epoch);
}

void Trainer::log_start() const {
  const int64_t trained = count_elements(parameters_.parameters()), all = count_elements(objective_.module());
  log::info("{} parameters{}, {} {}s in {} batches, {} updates an epoch", all,
            trained < all ? fmt::format(", {} of them frozen", all - trained) : "", data_.samples(), data_.noun(),
            data_.size(), updates_an_epoch());
  log::info("{:.1f} % of the batches' positions are padding; layers compute none of it", 100 * data_.padding());
  if (workers_.size() > 1) {
    log::info("{} processes, {} threads here; {} batches an update", workers_.size(), threads(), batches_an_update());
  }
  if (const auto& schedule = options_.optimization.schedule; schedule.warmup_ratio >= 0) {
    const int64_t all = scheduled_updates(options_.optimization, state_, epoch_size());
    log::info("the first {} of {} updates warm up", schedule.warmup(all), all);
  }
  if (!workers_.leads()) return;
  log::info("digests: configuration {}, training corpus {}, validation corpus {}",
            configuration_digest(objective_.config(), data_.options(), options_.optimization), corpora_digest(data_),
            validator_ ? file_digest(validator_->samples().corpus().path()) : "none");
}

double Trainer::try_update(std::span<const int32_t> batches) {
  update(batches);
  return log_.last().seconds;
}

void Trainer::run() {
  log_start();
  Progress progress(updates_to_come());
  if (finished()) log::warn("there is nothing to train: {} is reached", limit_reached());
  while (!finished()) run_epoch(progress);
  end();
  log::info("done after {} updates, {} epochs, by {}; digest of the weights {}", state_.updates, state_.last_epoch(),
            limit_reached(), weights_digest(parameters_));
}

/// Trains to the end of the epoch, or until a limit is reached within it.
void Trainer::run_epoch(Progress& progress) {
  const std::vector<int32_t> order = data_.epoch_order(state_.epoch);
  do {
    const bool updated = next_update(order);
    progress.update(state_.updates, fmt::format("epoch {} update {} {}", state_.epoch, state_.updates, log_.summary()));
    do_what_is_due(updated);
    answer_signals();
  } while (state_.next_batch > 0 && !finished());
}

/// Makes the next update of the epoch. False if it was left out.
bool Trainer::next_update(std::span<const int32_t> order) {
  const auto batches =
      order.subspan(state_.next_batch, std::min(batches_an_update(), data_.size() - state_.next_batch));
  const bool updated = update(batches);
  state_.next_batch += std::ssize(batches);
  for (const int32_t number : batches) state_.epoch_samples += data_.samples(number);
  return updated;
}

/// Makes an update. Returns false if it was left out because its loss or gradient is NaN or infinite.
bool Trainer::update(std::span<const int32_t> batches) {
  const auto& o = options_.optimization;
  const double start = seconds_now();
  const LossSums sums =
      gradients_(state_.updates, std::ssize(batches), [&](int64_t i) { return data_.batch(batches[i], state_.epoch); });
  const auto targets = static_cast<double>(sums.targets);
  const double gradient_norm = norm(parameters_.gradients()) / targets;
  if (!std::isfinite(sums.loss) || !std::isfinite(gradient_norm)) {
    leave_out(batches, sums.loss, gradient_norm);
    return false;
  }
  const double clip = o.clip_norm > 0 ? std::min(1.0, o.clip_norm / (gradient_norm + 1e-6)) : 1.0;
  const double rate = learning_rate();
  adam_.step(rate, static_cast<float>(clip / targets));
  ++state_.updates;
  if (ema_) ema_->update(state_.updates);
  log_.add({sums, gradient_norm, rate, seconds_now() - start, clip < 1}, state_);
  if (every(options_.checkpoints.log_interval, state_.updates)) report();
  return true;
}

/// Leaves out an update whose loss or gradient is NaN or infinite; it is an Error after --max-bad-updates of them.
void Trainer::leave_out(std::span<const int32_t> batches, double loss, double gradient_norm) {
  const auto bad = suspects(batches);
  const std::string name = fmt::format("bad_update_epoch_{}_batch_{}", state_.epoch, state_.next_batch + 1);
  const std::string place = folder_ ? folder_->save_samples(name, objective_, data_, bad)
                                    : fmt::format("its {}s are not saved", data_.noun());
  const bool is_loss = !std::isfinite(loss);
  const double value = is_loss ? loss : gradient_norm;
  const std::string event =
      fmt::format("update {} (epoch {}) gave a {} of {}", state_.updates + 1, state_.epoch,
                  is_loss ? "loss" : "gradient norm", std::isnan(value) ? std::fabs(value) : value);  // no "-nan"
  const int64_t most = options_.optimization.max_bad_updates;
  ROTOR_CHECK(
      ++state_.bad_updates <= most,
      "{}; nothing was changed by it, {}: look at them, lower --lr, raise --warmup-updates or set --clip-norm, and "
      "run again to continue from the last checkpoint, or have such updates left out by --max-bad-updates",
      event, place);
  log::warn("{}; it was left out, as number {} of at most {}, {}", event, state_.bad_updates, most, place);
}

/// The first batch of an update, over all workers, whose loss is NaN or infinite; all batches if only a gradient is.
std::span<const int32_t> Trainer::suspects(std::span<const int32_t> batches) const {
  const int64_t bad = gradients_.first_bad(std::ssize(batches));
  return bad < 0 ? batches : batches.subspan(bad, 1);
}

void Trainer::report() {
  Json line = log_.take();
  if (options_.checkpoints.log_layers) line["layers"] = layer_norms(parameters_, log_.last().sums.targets);
  if (folder_) folder_->report(line);
}

/// Saves checkpoint_last, under other names too. One that is `needed`, because training ends here, must not fail.
bool Trainer::save(const std::vector<std::string>& names, bool needed) {
  return folder_ && folder_->save(training(), names, needed);
}

/// Validates and saves what is due after the batches of an update. The checkpoints of an epoch's end begin the next
/// one.
void Trainer::do_what_is_due(bool updated) {
  const bool epoch_ends = state_.next_batch == data_.size();
  const Due now = due(options_.checkpoints, state_, updated, epoch_ends);
  std::vector<std::string> names;
  if (validations_ && now.validation) names = validations_->validate();
  names.insert(names.end(), now.checkpoints.begin(), now.checkpoints.end());
  if (epoch_ends) {
    ++state_.epoch;
    state_.next_batch = state_.epoch_samples = 0;
  }
  if (epoch_ends || !names.empty()) save(names, /*needed=*/epoch_ends && finished());
}

/// A run that ends saves and validates what it came to, in this order: a validation may take long.
void Trainer::end() {
  if (!log_.empty()) report();
  if (state_.next_batch > 0) save({}, /*needed=*/true);
  answer_signals();
  if (validations_) {
    validations_->validate_end([this] {
      if (folder_) folder_->save_best(training());
    });
  }
}

/// Saves, and stops, if a signal asked one of the workers to.
void Trainer::answer_signals() {
  const int64_t asked = workers_.highest(2 * signal_received() + (take_save_request() ? 1 : 0));
  if (asked == 0) return;
  const auto signal = static_cast<int>(asked / 2);
  const bool saved = save({}, /*needed=*/signal != 0);
  if (signal != 0) throw Interrupted(signal);
  if (saved) log::info("saved at update {}, as a signal asked", state_.updates);
}

}  // namespace rotor
