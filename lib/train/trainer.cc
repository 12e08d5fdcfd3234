#include "train/trainer.h"

#include <omp.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/random.h"
#include "base/signals.h"
#include "tensor/bfloat16.h"
#include "train/criterion.h"
#include "train/schedule.h"

namespace rotor {
namespace {

/// Gives a complete file a second name, atomically.
void link_as(const std::filesystem::path& from, const std::filesystem::path& to) {
  const std::filesystem::path temporary = to.string() + ".tmp";
  std::error_code error;
  std::filesystem::remove(temporary, error);
  std::filesystem::create_hard_link(from, temporary, error);
  if (error) std::filesystem::copy_file(from, temporary);
  std::filesystem::rename(temporary, to);
}

void remove_oldest(const std::vector<std::filesystem::path>& files, int64_t keep) {
  if (keep < 0) return;
  for (size_t i = 0; i + keep < files.size(); ++i) std::filesystem::remove(files[i]);
}

bool every(int64_t interval, int64_t count) {
  return interval > 0 && count % interval == 0;
}

}  // namespace

Trainer::Trainer(const TrainerOptions& options, const Transformer& model, const VocabularyBytes& vocabulary,
                 const Corpus& train, const Corpus* valid, const BatchOptions& batches, Workers& workers)
    : options_(options),
      model_(model),
      vocabulary_(vocabulary),
      train_(train),
      valid_(options.checkpoints.disable_validation ? nullptr : valid),
      batches_(train, batches),
      workers_(workers),
      parameters_(model),
      adam_(options.optimization, parameters_) {
  options_.optimization.check();
  set_product_precision(options_.optimization.bf16 ? Precision::kBfloat16 : Precision::kFloat32);
  if (valid_) valid_batches_.emplace(*valid_, batches);
  if (batches_.skipped()) log::warn("left out {} training pairs longer than the model's positions", batches_.skipped());
  check_same_corpus();
  resume();
}

void Trainer::resume() {
  if (workers_.leads() && !options_.checkpoints.no_save && std::filesystem::exists(file("last"))) {
    load_checkpoint(file("last"), {model_, vocabulary_, parameters_, adam_, state_});
    log::info("resumed {} at update {}", file("last").string(), state_.updates);
  }
  for (const Tensor& tensor : {parameters_.values(), adam_.first_moments(), adam_.second_moments()}) {
    workers_.broadcast(std::as_writable_bytes(tensor.span()));
  }
  workers_.broadcast(std::as_writable_bytes(std::span(&state_, 1)));
  adam_.set_steps(state_.updates);
  if (workers_.leads()) {
    reports_.emplace(std::filesystem::path(options_.checkpoints.save_dir) / "train.jsonl", state_.updates);
  }
}

void Trainer::check_same_corpus() {
  for (const int64_t batches : {batches_.size(), valid_batches_ ? valid_batches_->size() : 0}) {
    const int64_t most = workers_.highest(batches);
    CHECK(batches == most, "expected the same corpus in every process, got one of {} batches here and of {} elsewhere",
          batches, most);
  }
}

std::filesystem::path Trainer::file(const std::string& name) const {
  return std::filesystem::path(options_.checkpoints.save_dir) / fmt::format("checkpoint_{}.safetensors", name);
}

bool Trainer::finished() const {
  const auto& o = options_.optimization;
  const int64_t patience = options_.checkpoints.patience;
  return (o.max_update > 0 && state_.updates >= o.max_update) || (o.max_epoch > 0 && state_.epoch > o.max_epoch) ||
         (patience > 0 && state_.validations_without_gain >= patience);
}

void Trainer::run() {
  const auto& o = options_.optimization;
  const int64_t updates_an_epoch = (batches_.size() + batches_an_update() - 1) / batches_an_update();
  int64_t total = o.max_epoch * updates_an_epoch;
  if (o.max_update > 0 && (total == 0 || o.max_update < total)) total = o.max_update;
  log::info("{} parameters, {} pairs in {} batches, {} updates an epoch", count_elements(parameters_.parameters()),
            train_.size(), batches_.size(), updates_an_epoch);
  log::info("{:.1f} % of the batches' positions are padding; layers compute none of it", 100 * batches_.padding());
  if (workers_.size() > 1) {
    log::info("{} processes, {} threads here; {} batches an update", workers_.size(), omp_get_max_threads(),
              batches_an_update());
  }
  Progress progress(total);
  while (!finished()) run_epoch(progress);
  if (sums_.tokens > 0) report();
  if (state_.next_batch > 0) {  // stopped within an epoch
    if (valid_ && validated_at_ != state_.updates) validate();
    save("last", valid_ && improved_);
  }
  log::info("done after {} updates, {} epochs", state_.updates, state_.epoch - (state_.next_batch ? 0 : 1));
}

void Trainer::run_epoch(Progress& progress) {
  const std::vector<int32_t> order = batches_.epoch_order(state_.epoch);
  while (state_.next_batch < batches_.size()) {
    const int64_t count = std::min(batches_an_update(), batches_.size() - state_.next_batch);
    update(std::span(order).subspan(state_.next_batch, count));
    state_.next_batch += count;
    progress.update(state_.updates, fmt::format("epoch {} update {} loss {:.3f}, {:.0f} tokens/s", state_.epoch,
                                                state_.updates, sums_.tokens ? sums_.loss_bits() : 0.0,
                                                static_cast<double>(sums_.tokens) / std::max(seconds_, 1e-9)));
    if (state_.next_batch == batches_.size()) break;
    end_of_update();
    if (finished()) return;
  }
  end_of_epoch();
}

void Trainer::update(std::span<const int32_t> batches) {
  const auto& o = options_.optimization;
  const double start = seconds_now();
  parameters_.zero_gradients();
  LossSums sums = differentiate(batches);
  check_finite(sums.loss, "loss");
  add_up(sums);
  workers_.sum(parameters_.gradients().span());
  const double tokens = static_cast<double>(sums.tokens);
  last_norm_ = norm(parameters_.gradients()) / tokens;
  check_finite(last_norm_, "gradient norm");
  const double clip = o.clip_norm > 0 ? std::min(1.0, o.clip_norm / (last_norm_ + 1e-6)) : 1.0;
  last_rate_ = learning_rate(o, state_.updates);
  adam_.step(last_rate_, static_cast<float>(clip / tokens));
  ++state_.updates;
  sums_.add(sums.loss, sums.nll, sums.tokens);
  seconds_ += seconds_now() - start;
  if (every(options_.checkpoints.log_interval, state_.updates)) report();
}

/// Adds the gradients of this worker's share of the batches. Dropout depends on a batch's place in the update alone.
LossSums Trainer::differentiate(std::span<const int32_t> batches) {
  const auto& o = options_.optimization;
  const uint64_t dropout_key = derive(derive(o.seed, "dropout"), state_.updates);
  const auto activations = o.checkpoint_activations ? Activations::kRecomputed : Activations::kKept;
  LossSums sums;
  for (size_t i = workers_.rank(); i < batches.size(); i += workers_.size()) {
    seed_random_operators(derive(dropout_key, i));
    const Batch batch = make_batch(train_, batches_[batches[i]]);
    const Loss loss = label_smoothed_cross_entropy(model_, batch, o.label_smoothing, activations);
    backward(loss.loss);
    sums.add(loss.loss.value().item(), loss.nll, batch.target_tokens);
  }
  return sums;
}

void Trainer::add_up(LossSums& sums) {
  double values[] = {sums.loss, sums.nll, static_cast<double>(sums.tokens)};
  workers_.sum(values);
  sums = {values[0], values[1], static_cast<int64_t>(values[2])};
}

void Trainer::check_finite(double value, const char* what) const {
  CHECK(std::isfinite(value),
        "update {} (epoch {}, batch {}) gave {} {}; nothing was changed by it: lower --lr, raise --warmup-updates or "
        "set --clip-norm, and run again to continue from the last checkpoint",
        state_.updates + 1, state_.epoch, state_.next_batch, what, value);
}

void Trainer::report() {
  if (workers_.leads()) {
    const double speed = static_cast<double>(sums_.tokens) / seconds_;
    reports_->write({{"update", state_.updates},
                     {"epoch", state_.epoch},
                     {"loss", sums_.loss_bits()},
                     {"nll_loss", sums_.nll_bits()},
                     {"ppl", sums_.perplexity()},
                     {"learning_rate", last_rate_},
                     {"grad_norm", last_norm_},
                     {"seconds", seconds_},
                     {"tokens_per_second", speed},
                     {"memory_mb", peak_memory_mb()}});
    log::info("epoch {} | update {} | loss {:.3f} | ppl {:.2f} | lr {:.3g} | norm {:.3f} | {:.0f} tokens/s",
              state_.epoch, state_.updates, sums_.loss_bits(), sums_.perplexity(), last_rate_, last_norm_, speed);
  }
  sums_ = {};
  seconds_ = 0;
}

void Trainer::validate() {
  const NoGrad no_grad;
  LossSums sums;
  for (int64_t k = workers_.rank(); k < valid_batches_->size(); k += workers_.size()) {
    const Batch batch = make_batch(*valid_, (*valid_batches_)[k]);
    const Loss loss = label_smoothed_cross_entropy(model_, batch, options_.optimization.label_smoothing);
    sums.add(loss.loss.value().item(), loss.nll, batch.target_tokens);
  }
  add_up(sums);
  improved_ = sums.loss_bits() < state_.best_loss;
  validated_at_ = state_.updates;
  state_.best_loss = std::min(state_.best_loss, sums.loss_bits());
  state_.validations_without_gain = improved_ ? 0 : state_.validations_without_gain + 1;
  if (!workers_.leads()) return;
  reports_->write({{"update", state_.updates},
                   {"epoch", state_.epoch},
                   {"valid_loss", sums.loss_bits()},
                   {"valid_nll_loss", sums.nll_bits()},
                   {"valid_ppl", sums.perplexity()}});
  log::info("epoch {} | update {} | valid loss {:.3f} | valid ppl {:.2f}{}", state_.epoch, state_.updates,
            sums.loss_bits(), sums.perplexity(), improved_ ? " | best" : "");
}

void Trainer::save(const std::string& name, bool improved) {
  const auto& o = options_.checkpoints;
  if (o.no_save || !workers_.leads()) return;
  save_checkpoint({model_, vocabulary_, parameters_, adam_, state_}, file("last"));
  if (improved) link_as(file("last"), file("best"));
  if (name == "last") return;
  link_as(file("last"), file(name));
  remove_oldest(checkpoint_files(o.save_dir, false), o.keep_last_epochs);
  remove_oldest(checkpoint_files(o.save_dir, true), o.keep_interval_updates);
}

void Trainer::end_of_update() {
  const auto& o = options_.checkpoints;
  const bool validates = valid_ && every(o.validate_interval_updates, state_.updates);
  if (validates) validate();
  if (every(o.save_interval_updates, state_.updates)) {
    save(fmt::format("{}_{}", state_.epoch, state_.updates), validates && improved_);
  } else if (validates && improved_) {
    save("last", true);
  }
  if (const auto signal = static_cast<int>(workers_.highest(signal_received()))) {
    save("last", false);
    throw Interrupted(signal);
  }
}

void Trainer::end_of_epoch() {
  const auto& o = options_.checkpoints;
  const int64_t epoch = state_.epoch;
  improved_ = false;
  if (valid_ && every(o.validate_interval, epoch)) validate();
  ++state_.epoch;
  state_.next_batch = 0;
  const bool named = every(o.save_interval, epoch) && !o.no_epoch_checkpoints;
  save(named ? fmt::format("{}", epoch) : "last", improved_);
  if (const auto signal = static_cast<int>(workers_.highest(signal_received()))) throw Interrupted(signal);
}

}  // namespace rotor
