#include "train/options.h"

#include <cstdio>
#include <limits>

#include "base/command_line.h"
#include "base/option_text.h"
#include "train/scores.h"

namespace rotor {

void OptimizationOptions::describe(Options& options) {
  options.group("Optimization");
  options.add("optimizer", &optimizer, "optimiser", {"adam"});
  options.add("adam-betas", &adam_betas, "decay of the two moments");
  options.add("adam-eps", &adam_eps, "number added to the root of the second moment").at_least(0);
  options.add("weight-decay", &weight_decay, "share of each weight, times the learning rate, that an update subtracts")
      .at_least(0);
  options
      .add("no-decay-norms-and-biases", &no_decay_norms_and_biases,
           "spare the weights of norms and all biases from --weight-decay")
      .only("with --weight-decay", [this] { return weight_decay > 0; });
  options
      .add("layer-lr-decay", &layer_lr_decay,
           "learning rate of each layer relative to the one above it: X to the power n + 1 - l in layer l of n, where "
           "embeddings are l = 0; what is above the layers has --lr itself; 1: all have")
      .above(0)
      .at_most(1);
  options.add("label-smoothing", &label_smoothing, "probability spread over the wrong tokens").at_least(0).below(1);
  options.add("class-weights", &class_weights,
              "weights of the classes in the loss, with commas between in the order of the classes; balanced: the "
              "rarer, the higher");
  options
      .add("rdrop-alpha", &rdrop_alpha,
           "weight of the disagreement of two passes under different dropout (R-Drop), which take twice the time and "
           "memory of --max-tokens; the reported loss includes both; 0: one pass")
      .at_least(0);
  options.add("clip-norm", &clip_norm, "largest norm of the gradient; 0 sets no limit").at_least(0);
  options
      .add("ema-decay", &ema_decay,
           "decay of a moving average of the weights, such as 0.9999, which validation uses and checkpoints hold as "
           "their model; 0: none")
      .at_least(0)
      .below(1);
  options.add("ema-start-update", &ema_start_update, "update until which the average equals the weights")
      .at_least(0)
      .only("with --ema-decay", [this] { return ema_decay > 0; });
  options.add("freeze", &freeze,
              "do not train the parameters whose names match one of these regular expressions, such as ^encoder or "
              "embed_tokens");
  options.add("update-freq", &update_freq, "number of batches whose gradients make one update").at_least(1).common();
  options.add(
      "bf16", &bf16,
      "multiply matrices in bfloat16, which is faster on CPUs with AMX or AMD's AVX512_BF16; weights and sums stay in "
      "float32");
  options.add(
      "checkpoint-activations", &checkpoint_activations,
      "store only the inputs of each layer and recompute the rest in the backward pass: less memory, more time");
  options.add("max-update", &max_update, "stop after this many updates; 0: no limit").at_least(0).common();
  options.add("max-epoch", &max_epoch, "stop after this many passes over the corpus; 0: no limit")
      .at_least(0)
      .also("--num-train-epochs")
      .common();
  options
      .add("max-bad-updates", &max_bad_updates,
           "number of updates to leave out because their loss or gradient is NaN or infinite, before training stops")
      .at_least(0);
  options.add("seed", &seed, "seed of the initial parameters, the order of the batches and dropout").common();
  schedule.describe(options);
  options
      .add("stop-min-lr", &stop_min_lr, "stop at the end of an epoch if the learning rate is at most this; -1: never")
      .at_least(-1);
}

void OptimizationOptions::check() const {
  check_values(*this);
  betas();
  // Refuses what does not fit it; how many updates the epochs have shows with the data.
  make_schedule(schedule, 1, max_update > 0 || max_epoch == 0 ? max_update : std::numeric_limits<int64_t>::max());
}

void OptimizationOptions::settle_end(const CommandLine& options) {
  if (!options.given("max-update").empty() && max_update > 0 && options.given("max-epoch").empty()) max_epoch = 0;
}

int64_t OptimizationOptions::scheduled_updates(int64_t updates_an_epoch) const {
  return max_update > 0 ? max_update : max_epoch * updates_an_epoch;
}

std::pair<double, double> OptimizationOptions::betas() const {
  double first = -1, second = -1;
  char rest;
  const bool two = std::sscanf(adam_betas.c_str(), " (%lf , %lf )%c", &first, &second, &rest) == 2 ||
                   std::sscanf(adam_betas.c_str(), "%lf , %lf%c", &first, &second, &rest) == 2;
  require(two && first >= 0 && first < 1 && second >= 0 && second < 1,
          "--adam-betas expects two numbers from 0 to below 1 such as 0.9,0.98, got '{}'", adam_betas);
  return {first, second};
}

void CheckpointOptions::describe(Options& options) {
  options.group("Checkpoints");
  options.add("save-dir", &save_dir, "folder of checkpoints and reports; training resumes from a checkpoint_last in it")
      .common();
  options.add("no-save", &no_save, "write only reports, no checkpoints");
  options.add("on-save-failure", &on_save_failure,
              "effect of a checkpoint or report that cannot be written; the last checkpoint stays",
              {"stop", "continue"});
  options.only(
      "without --no-save", [this] { return !no_save; }, [&] { describe_saving(options); });
  describe_start(options);
  describe_validation(options);
}

void CheckpointOptions::describe_saving(Options& options) {
  options.add("no-epoch-checkpoints", &no_epoch_checkpoints, "write no checkpoints of epochs");
  options.add("save-interval", &save_interval, "epochs between checkpoints; 0: none by epochs")
      .at_least(0)
      .only("without --no-epoch-checkpoints", [this] { return !no_epoch_checkpoints; });
  options.add("save-interval-updates", &save_interval_updates, "updates between checkpoints; 0: by epochs only")
      .at_least(0)
      .common();
  options.add("keep-last-epochs", &keep_last_epochs, "number of newest epoch checkpoints to keep; -1 or 0: all")
      .at_least(-1)
      .only("for checkpoints of epochs", [this] { return !no_epoch_checkpoints && save_interval > 0; })
      .common();
  options
      .add("keep-interval-updates", &keep_interval_updates, "number of newest update checkpoints to keep; -1 or 0: all")
      .at_least(-1)
      .only("with --save-interval-updates", [this] { return save_interval_updates > 0; });
  options
      .add(
          "keep-best-checkpoints", &keep_best_checkpoints,
          "number of checkpoints with the best validations to keep as checkpoint_best_<metric>_<score>_<update>; -1 or "
          "0: only checkpoint_best")
      .at_least(-1);
}

void CheckpointOptions::describe_start(Options& options) {
  options.group("Start");
  options.add("restore-file", &restore_file,
              "checkpoint of another run to start from, if --save-dir has none of its own");
  options.add("reset-optimizer", &resets.optimizer,
              "do not restore the moments of --restore-file, and count updates from 0");
  options.add("reset-lr-scheduler", &resets.lr_scheduler, "restart the schedule of the learning rate");
  options.add("reset-meters", &resets.meters, "forget the best score of --restore-file and the count of --patience");
  options.add("reset-dataloader", &resets.dataloader, "start with epoch 1");
  options.add(
      "finetune-from-model", &finetune_from_model,
      "model or checkpoint that provides the initial parameters, if --save-dir has no checkpoint, and the options of "
      "the model that are not given");
  options.add(
      "no-verify", no_verify,
      "read corpora and the checkpoint or model that training starts from without comparing them with their checksums, "
      "which takes about 0.6 s a GB");
}

void CheckpointOptions::describe_validation(Options& options) {
  options.group("Validation and reports");
  options.add("disable-validation", &disable_validation, "do not validate");
  options.only(
      "without --disable-validation", [this] { return !disable_validation; },
      [&] {
        options.only(
            "where the corpus has validation pairs", [this] { return has_validation_pairs; },
            [&] { describe_validations(options); });
      });
  options.add("log-interval", &log_interval, "updates between reports; 0: none").at_least(0);
  options.add("log-layers", &log_layers, "report the norms of the weights and gradients of each layer in train.jsonl");
}

void CheckpointOptions::describe_validations(Options& options) {
  options.add("validate-interval", &validate_interval, "epochs between validations; 0: none by epochs").at_least(0);
  options.add("validate-interval-updates", &validate_interval_updates, "updates between validations; 0: by epochs only")
      .at_least(0)
      .common();
  options.add("eval-bleu", &eval_bleu, "translate at each validation and report BLEU").common();
  options.add("eval-bleu-args", &eval_bleu_args, "search options of rotor-generate, as a JSON object")
      .only("with --eval-bleu", [this] { return eval_bleu; });
  options.add("best-checkpoint-metric", &best_checkpoint_metric,
              "metric that decides which validation is better: a lower loss, or a higher score of any other",
              deciding_metrics());
  options.add("patience", &patience, "stop after this many validations without improvement; -1: never")
      .at_least(-1)
      .common();
}

void CheckpointOptions::check() const {
  check_values(*this);
  require(restore_file.empty() || finetune_from_model.empty(),
          "--restore-file and --finetune-from-model are two starts; give one of them");
  require(
      !resets.any() || !restore_file.empty(),
      "--reset-optimizer, --reset-lr-scheduler, --reset-meters and --reset-dataloader say what not to take over from "
      "--restore-file, which is missing; to reset a run, start another one from its checkpoint_last");
  require(best_checkpoint_metric != "bleu" || eval_bleu, "--best-checkpoint-metric bleu needs --eval-bleu");
  require(keep_best_checkpoints <= 0 || !disable_validation,
          "--keep-best-checkpoints needs validations; leave out --disable-validation");
  const bool validates = disable_validation || validate_interval > 0 || validate_interval_updates > 0;
  require(validates || (patience <= 0 && keep_best_checkpoints <= 0),
          "--patience and --keep-best-checkpoints need validations before the end: give --validate-interval or "
          "--validate-interval-updates, or leave them out");
}

}  // namespace rotor
