#include "train/trainer.h"

#include <fmt/ranges.h>
#include <omp.h>

#include <cmath>

#include "base/json.h"
#include "base/log.h"
#include "base/signals.h"
#include "tensor/bfloat16.h"
#include "train/digests.h"
#include "train/layer_norms.h"
#include "train/start.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

bool every(int64_t interval, int64_t count) {
  return interval > 0 && count % interval == 0;
}

const Transformer& frozen_in_part(const Transformer& model, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) model.freeze(pattern);
  return model;
}

}  // namespace

Trainer::Trainer(const TrainerOptions& options, const Transformer& model, const VocabularyBytes& vocabulary,
                 const TrainingData& data, const Corpus* valid, Workers& workers)
    : options_(options),
      model_(frozen_in_part(model, options.optimization.freeze)),
      vocabulary_(vocabulary),
      data_(data),
      workers_(workers),
      schedule_(make_schedule(options.optimization, model.options().decoder_embed_dim)),
      parameters_(model),
      gradients_(options.optimization, model, parameters_, workers),
      adam_(options.optimization, parameters_) {
  options_.optimization.check();
  options_.checkpoints.check();
  set_product_precision(options_.optimization.bf16 ? Precision::kBfloat16 : Precision::kFloat32);
  if (valid != nullptr && !options_.checkpoints.disable_validation) {
    validator_.emplace(model, vocabulary_, *valid, data.options(), options_, workers);
  }
  const bool wanted = options_.checkpoints.eval_bleu || options_.checkpoints.keep_best_checkpoints > 0;
  if (!validator_ && wanted) log::warn("--eval-bleu and --keep-best-checkpoints have no effect without validation");
  if (options_.optimization.ema_decay > 0) ema_.emplace(options_.optimization, parameters_);
  if (data.skipped()) log::warn("left out {} training pairs longer than the model's positions", data.skipped());
  check_same_corpus();
  start();
}

void Trainer::start() {
  if (workers_.leads()) {
    folder_.emplace(options_.checkpoints);
    start_training(training(), options_.checkpoints, folder_->checkpoint("last"));
  }
  share_training(training(), workers_);
  validated_at_ = workers_.highest(workers_.leads() ? folder_->resume_reports(state_.updates) : -1);
}

void Trainer::check_same_corpus() {
  for (const int64_t batches : {data_.size(), validator_ ? validator_->batches() : 0}) {
    const int64_t most = workers_.highest(batches);
    CHECK(batches == most, "expected the same corpus in every process, got one of {} batches here and of {} elsewhere",
          batches, most);
  }
}

bool Trainer::finished() const {
  const auto& o = options_.optimization;
  const int64_t patience = options_.checkpoints.patience;
  return (o.max_update > 0 && state_.updates >= o.max_update) || (o.max_epoch > 0 && state_.epoch > o.max_epoch) ||
         (patience > 0 && state_.validations_without_gain >= patience) ||
         (state_.epoch > 1 && state_.next_batch == 0 && learning_rate() <= o.stop_min_lr);
}

Training Trainer::training() {
  const Corpus& corpus = data_.corpora().front().corpus;
  return {model_,
          vocabulary_,
          parameters_,
          adam_,
          state_,
          ema(),
          {.source = corpus.source_side().language, .target = corpus.target_side().language}};
}

/// Of the next update.
double Trainer::learning_rate() const {
  return schedule_(state_.updates - state_.schedule_begin, state_.epoch);
}

void Trainer::log_start() const {
  const int64_t trained = count_elements(parameters_.parameters()), all = count_elements(model_.parameters());
  log::info("{} parameters{}, {} pairs in {} batches, {} updates an epoch", all,
            trained < all ? fmt::format(", {} of them frozen", all - trained) : "", data_.pairs(), data_.size(),
            updates_an_epoch());
  log::info("{:.1f} % of the batches' positions are padding; layers compute none of it", 100 * data_.padding());
  if (workers_.size() > 1) {
    log::info("{} processes, {} threads here; {} batches an update", workers_.size(), omp_get_max_threads(),
              batches_an_update());
  }
  if (!workers_.leads()) return;
  std::vector<std::string> corpora;
  for (const auto& [corpus, weight] : data_.corpora()) {
    corpora.push_back(file_digest(corpus.path()));
    if (weight != 1) corpora.back() += fmt::format(":{}", weight);
  }
  log::info("digests: configuration {}, training corpus {}, validation corpus {}",
            configuration_digest(model_.options(), data_.options(), options_.optimization), fmt::join(corpora, " + "),
            validator_ ? file_digest(validator_->corpus().path()) : "none");
}

int64_t Trainer::updates_to_come() const {
  const auto& o = options_.optimization;
  const int64_t by_epochs = o.max_epoch * updates_an_epoch();
  return o.max_update > 0 && (by_epochs == 0 || o.max_update < by_epochs) ? o.max_update : by_epochs;
}

double Trainer::try_update(std::span<const int32_t> batches) {
  update(batches);
  return log_.last().seconds;
}

void Trainer::run() {
  log_start();
  Progress progress(updates_to_come());
  while (!finished()) run_epoch(progress);
  if (!log_.empty()) report();
  if (state_.next_batch > 0) end_within_epoch();
  log::info("done after {} updates, {} epochs; digest of the weights {}", state_.updates,
            state_.epoch - (state_.next_batch ? 0 : 1), weights_digest(parameters_));
}

void Trainer::run_epoch(Progress& progress) {
  const std::vector<int32_t> order = data_.epoch_order(state_.epoch);
  while (state_.next_batch < data_.size()) {
    const int64_t count = std::min(batches_an_update(), data_.size() - state_.next_batch);
    const bool updated = update(std::span(order).subspan(state_.next_batch, count));
    state_.next_batch += count;
    progress.update(state_.updates, fmt::format("epoch {} update {} {}", state_.epoch, state_.updates, log_.summary()));
    if (state_.next_batch == data_.size()) break;
    if (updated) end_of_update();
    answer_signals();
    if (finished()) return;
  }
  end_of_epoch();
  answer_signals();
}

/// False if the update was left out, its loss or gradient being no number.
bool Trainer::update(std::span<const int32_t> batches) {
  const auto& o = options_.optimization;
  const double start = seconds_now();
  const LossSums sums =
      gradients_(state_.updates, std::ssize(batches), [&](int64_t i) { return data_.batch(batches[i]); });
  const double tokens = static_cast<double>(sums.tokens), gradient_norm = norm(parameters_.gradients()) / tokens;
  if (!std::isfinite(sums.loss) || !std::isfinite(gradient_norm)) {
    leave_out(batches, sums.loss, gradient_norm);
    return false;
  }
  const double clip = o.clip_norm > 0 ? std::min(1.0, o.clip_norm / (gradient_norm + 1e-6)) : 1.0;
  const double rate = learning_rate();
  adam_.step(rate, static_cast<float>(clip / tokens));
  ++state_.updates;
  if (ema_) ema_->update(state_.updates);
  log_.add({sums, gradient_norm, rate, seconds_now() - start, clip < 1}, state_);
  if (every(options_.checkpoints.log_interval, state_.updates)) report();
  return true;
}

/// Leaves out an update whose loss or gradient is no number: an Error when --max-bad-updates of them have been.
void Trainer::leave_out(std::span<const int32_t> batches, double loss, double gradient_norm) {
  const auto bad = suspects(batches);
  const std::string name = fmt::format("bad_update_epoch_{}_batch_{}", state_.epoch, state_.next_batch + 1);
  const std::string place = workers_.leads() ? folder_->save_pairs(name, data_, bad, vocabulary_) : "";
  const std::string event = std::isfinite(loss) ? fmt::format("update {} (epoch {}) gave a gradient norm of {}",
                                                              state_.updates + 1, state_.epoch, gradient_norm)
                                                : fmt::format("update {} (epoch {}) gave a loss of {}",
                                                              state_.updates + 1, state_.epoch, loss);
  const int64_t most = options_.optimization.max_bad_updates;
  CHECK(++state_.bad_updates <= most,
        "{}; nothing was changed by it, {}: look at them, lower --lr, raise --warmup-updates or set --clip-norm, and "
        "run again to continue from the last checkpoint, or have such updates left out by --max-bad-updates",
        event, place);
  log::warn("{}; it was left out, as number {} of at most {}, {}", event, state_.bad_updates, most, place);
}

/// The batch of an update whose loss is no number, the first of all workers'; all batches where only a gradient is.
std::span<const int32_t> Trainer::suspects(std::span<const int32_t> batches) const {
  const int64_t bad = gradients_.first_bad(std::ssize(batches));
  return bad < 0 ? batches : batches.subspan(bad, 1);
}

void Trainer::report() {
  Json line = log_.take(state_);
  if (options_.checkpoints.log_layers) line["layers"] = layer_norms(parameters_, log_.last().sums.tokens);
  if (workers_.leads()) folder_->report(line);
}

/// Validates and reports it; `final` if only because the run ends here.
ValidationScores Trainer::validation(bool final) {
  const ValidationScores scores = [&] {
    const Ema::Swapped averaged(ema());
    return (*validator_)();
  }();
  validated_at_ = state_.updates;
  Json line{{"update", state_.updates},
            {"epoch", state_.epoch},
            {"valid_loss", scores.sums.loss_bits()},
            {"valid_nll_loss", scores.sums.nll_bits()},
            {"valid_ppl", scores.sums.perplexity()}};
  if (scores.bleu) line["valid_bleu"] = *scores.bleu;
  if (final) line[Reports::kFinal] = true;
  if (workers_.leads()) folder_->report(line);
  log::info("epoch {} | update {} | valid loss {:.3f} | valid ppl {:.2f}{}{}", state_.epoch, state_.updates,
            scores.sums.loss_bits(), scores.sums.perplexity(),
            scores.bleu ? fmt::format(" | valid bleu {:.2f}", *scores.bleu) : "", is_better(scores) ? " | best" : "");
  return scores;
}

/// What --best-checkpoint-metric compares.
double Trainer::score(const ValidationScores& scores) const {
  return options_.checkpoints.best_checkpoint_metric == "bleu" ? *scores.bleu : scores.sums.loss_bits();
}

/// Whether a validation is the best so far.
bool Trainer::is_better(const ValidationScores& scores) const {
  const bool by_bleu = options_.checkpoints.best_checkpoint_metric == "bleu";
  return by_bleu ? score(scores) > state_.best_bleu : score(scores) < state_.best_loss;
}

/// Validates, counts it for --patience, and returns the names that a checkpoint made here deserves.
std::vector<std::string> Trainer::validate() {
  const ValidationScores scores = validation(/*final=*/false);
  const bool better = is_better(scores);
  state_.best_loss = std::min(state_.best_loss, scores.sums.loss_bits());
  state_.best_bleu = std::max(state_.best_bleu, scores.bleu.value_or(-1));
  state_.validations_without_gain = better ? 0 : state_.validations_without_gain + 1;
  std::vector<std::string> names;
  if (workers_.leads()) names = folder_->names_among_best(score(scores), state_.updates);
  if (better) names.emplace_back("best");
  return names;
}

/// Saves checkpoint_last, under other names too. One that is `needed`, because training ends here, must not fail.
bool Trainer::save(const std::vector<std::string>& names, bool needed) {
  return workers_.leads() && folder_->save(training(), names, needed);
}

void Trainer::end_of_update() {
  const auto& o = options_.checkpoints;
  std::vector<std::string> names;
  if (validator_ && every(o.validate_interval_updates, state_.updates)) names = validate();
  if (every(o.save_interval_updates, state_.updates)) {
    names.push_back(fmt::format("{}_{}", state_.epoch, state_.updates));
  }
  if (!names.empty()) save(names, /*needed=*/false);
}

void Trainer::end_of_epoch() {
  const auto& o = options_.checkpoints;
  const int64_t epoch = state_.epoch;
  std::vector<std::string> names;
  if (validator_ && every(o.validate_interval, epoch)) names = validate();
  ++state_.epoch;
  state_.next_batch = 0;
  if (every(o.save_interval, epoch) && !o.no_epoch_checkpoints) names.push_back(std::to_string(epoch));
  save(names, /*needed=*/finished());
}

/// A run that ends within an epoch validates and saves what it came to. The checkpoint's state knows nothing of that
/// validation: with a higher limit, training goes on as if it had not ended here.
void Trainer::end_within_epoch() {
  const bool better = validator_ && validated_at_ != state_.updates && is_better(validation(/*final=*/true));
  save(better ? std::vector<std::string>{"best"} : std::vector<std::string>{}, /*needed=*/true);
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
