#include "train/training_options.h"

#include <algorithm>

#include "base/check.h"
#include "base/memory.h"
#include "base/option_text.h"
#include "train/scores.h"

namespace rotor {

void TrainingOptions::describe(Options& options) {
  options.group("General");
  options
      .add("threads", &threads,
           "number of threads; 0: OMP_NUM_THREADS, else all cores, shared by the processes of a machine")
      .at_least(0)
      .common();
  model.describe(options);
  batches.describe(options);
  options.group("Batches");
  options
      .add("max-source-positions", &max_source_positions,
           "longest source in tokens, if the position encoding serves as many; longer pairs are left out. Of a masked "
           "language model, longest sample; not given, --tokens-per-sample if that is more")
      .at_least(1)
      .only("for models with an encoder", [this] { return model.has_encoder(); });
  options
      .add("max-target-positions", &max_target_positions,
           "longest target in tokens, if the position encoding serves as many; longer pairs are left out. Of a "
           "language model, longest sample; not given, --tokens-per-sample if that is more")
      .at_least(1)
      .only("for models with a decoder", [this] { return model.has_decoder(); });
  trainer.optimization.describe(options);
  options.option("rdrop-alpha").only("with a dropout above 0", [this] { return drops(); });
  trainer.checkpoints.describe(options);
  for (const char* name : {"bpe-dropout", "eval-bleu", "eval-bleu-args"}) {
    options.option(name).only("for translation", [this] { return model.task == kTranslation; });
  }
  for (const char* name : {"tokens-per-sample", "sample-break-mode"}) {
    options.option(name).only("for language models",
                              [this] { return model.task == kLanguageModeling || model.task == kMaskedLm; });
  }
  for (const char* name : {"truncate", "class-weights"}) {
    options.option(name).only("for models of whole sentences", [this] { return model.has_head(); });
  }
  options.option("rdrop-alpha").only("for models that predict tokens", [this] { return !model.has_head(); });
  options.option("label-smoothing").only("for models that predict tokens", [this] {
    return !model.has_head() || trainer.optimization.label_smoothing == 0;
  });
  for (const char* name : {"mask-prob", "leave-unmasked-prob", "random-token-prob", "mask-whole-words"}) {
    options.option(name).only("for masked language models", [this] { return model.task == kMaskedLm; });
  }
}

void TrainingOptions::apply(CommandLine& options) {
  if (const std::string arch = options.given("arch"); !arch.empty()) model.apply_architecture(arch);
  options.apply();
  trainer.optimization.settle_end(options);
  trainer.optimization.schedule.settle_warmup(options);
  settle_positions(options);
}

void TrainingOptions::settle_positions(const CommandLine& options) {
  const bool masked = model.task == kMaskedLm;
  if (!masked && model.task != kLanguageModeling) return;
  int64_t& positions = masked ? max_source_positions : max_target_positions;
  const Option& option = *options.find(masked ? "max-source-positions" : "max-target-positions");
  asks_for_positions_ = asks_for_positions_ || option.is_asked();
  if (!asks_for_positions_) positions = std::max(positions, batches.tokens_per_sample);
}

void TrainingOptions::check() const {
  trainer.optimization.check();
  trainer.checkpoints.check();
}

void TrainingOptions::check_positions() const {
  const bool masked = model.task == kMaskedLm;
  if (!masked && model.task != kLanguageModeling) return;
  const int64_t positions = masked ? max_source_positions : max_target_positions;
  require(positions >= batches.tokens_per_sample,
          "expected --max-{}-positions of at least --tokens-per-sample {}, got {}; leave it out, or lower "
          "--tokens-per-sample",
          masked ? "source" : "target", batches.tokens_per_sample, positions);
}

void TrainingOptions::check_foreign(const CommandLine& options) const {
  const std::string task = options.foreign("--task").value_or(model.task);
  require(task == model.task, "--task {} is not that of the corpus, which is for {}; leave it out", task, model.task);
  const std::string& metric = trainer.checkpoints.best_checkpoint_metric;
  require(!options.foreign("--maximize-best-checkpoint-metric") || higher_is_better(metric),
          "--maximize-best-checkpoint-metric asks for a high {0}, and a low {0} is better; leave it out, or give "
          "another --best-checkpoint-metric",
          metric);
}

bool TrainingOptions::drops() const {
  return model.dropout + model.attention.dropout + model.activation_dropout + model.encoder.word_dropout +
             model.decoder.word_dropout >
         0;
}

void TrainingOptions::check_memory(double parameters) const {
  const double floats = trainer.optimization.freeze.empty() ? 4 : 1;  // with the gradient and its two moments
  const double needed = parameters * floats * sizeof(float);
  const auto available = static_cast<double>(available_memory());
  constexpr double kGigabyte = 1e9;
  ROTOR_CHECK(needed <= available,
              "expected a model that can be trained within the {:.1f} GB of memory and swap here, got one of {:.3g} "
              "parameters, which take {:.3g} GB; choose fewer or narrower layers (--arch, --encoder-layers, "
              "--encoder-embed-dim …)",
              available / kGigabyte, parameters, needed / kGigabyte);
}

BatchOptions TrainingOptions::batches_for(int64_t source_positions, int64_t target_positions) const {
  BatchOptions result = batches;
  result.max_source_positions = std::min(max_source_positions, source_positions);
  result.max_target_positions = std::min(max_target_positions, target_positions);
  result.seed = static_cast<uint64_t>(trainer.optimization.seed);
  return result;
}

}  // namespace rotor
