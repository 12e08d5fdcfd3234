#include "train/options.h"

#include "base/check.h"
#include "train/schedule.h"

namespace rotor {

void OptimizationOptions::describe(Options& options) {
  options.group("Optimization");
  options.add("optimizer", &optimizer, "how gradients become updates", {"adam"});
  options.add("adam-betas", &adam_betas, "decay of the two moments");
  options.add("adam-eps", &adam_eps, "added to the root of the second moment");
  options.add("weight-decay", &weight_decay, "share of each weight, times the learning rate, that an update takes off");
  options.add("label-smoothing", &label_smoothing, "probability spread over the wrong words");
  options.add(
      "rdrop-alpha", &rdrop_alpha,
      "weight of the disagreement of two passes under different dropout (R-Drop), which take twice the time and "
      "memory of --max-tokens; the loss reported is that of both; 0: one pass");
  options.add("clip-norm", &clip_norm, "largest norm of the gradient; 0 sets no limit");
  options.add("ema-decay", &ema_decay,
              "decay of a moving average of the weights, such as 0.9999, which validation uses and checkpoints hold as "
              "their model; 0: none");
  options.add("ema-start-update", &ema_start_update, "update before which the average is the weights themselves");
  options.add("freeze", &freeze,
              "leave parameters as they are: all in whose names one of these regular expressions is found, such as "
              "^encoder or embed_tokens");
  options.add("update-freq", &update_freq, "batches whose gradients make one update");
  options.add("bf16", &bf16, "multiply matrices in bfloat16, on CPUs that can; weights and sums stay float32");
  options.add("checkpoint-activations", &checkpoint_activations,
              "keep a layer's inputs only and compute the rest again when it is needed: less memory, more time");
  options.add("max-update", &max_update, "stop after so many updates; 0: no limit");
  options.add("max-epoch", &max_epoch, "stop after so many passes over the corpus; 0: no limit");
  options.add("max-bad-updates", &max_bad_updates,
              "updates to leave out because their loss or gradient is no finite number, before training stops");
  options.add("seed", &seed, "of the starting parameters, the batches' order and dropout");
  describe_learning_rate(options);
}

void OptimizationOptions::describe_learning_rate(Options& options) {
  options.group("Learning rate");
  options.add("lr", &lr, "peak learning rate; of noam the factor");
  options.add("lr-scheduler", &lr_scheduler, "the learning rate over the updates", schedule_names());
  options.add("warmup-updates", &warmup_updates, "updates of linear warm-up to the peak");
  options.add("warmup-init-lr", &warmup_init_lr, "learning rate of the first update; inverse_sqrt, cosine");
  options.add("min-lr", &min_lr, "lowest learning rate of a period; cosine");
  options.add("lr-period-updates", &lr_period_updates,
              "updates of the first period after the warm-up; -1: up to --max-update; cosine");
  options.add("t-mult", &t_mult, "length of a period in those of the one before; cosine");
  options.add("lr-shrink", &lr_shrink,
              "learning rates of a period in those of the one before; cosine. What an epoch "
              "from --force-anneal on multiplies by; fixed");
  options.add("force-anneal", &force_anneal, "epoch from which each shrinks the learning rate; -1: none; fixed");
  options.add("end-learning-rate", &end_learning_rate, "learning rate at the end; polynomial_decay");
  options.add("power", &power, "of the share of updates that is left; polynomial_decay");
  options.add("total-num-update", &total_num_update,
              "update at which the end is reached; -1: --max-update; polynomial_decay");
  options.add("stop-min-lr", &stop_min_lr, "stop at the end of an epoch if the learning rate is as low; -1: never");
}

void OptimizationOptions::check() const {
  CHECK(lr > 0, "expected --lr above 0, got {}", lr);
  CHECK(weight_decay >= 0, "expected --weight-decay of at least 0, got {}", weight_decay);
  CHECK(warmup_updates >= 0, "expected --warmup-updates of at least 0, got {}", warmup_updates);
  CHECK(warmup_init_lr >= 0, "expected --warmup-init-lr of at least 0, got {}", warmup_init_lr);
  CHECK(min_lr >= 0, "expected --min-lr of at least 0, got {}", min_lr);
  CHECK(end_learning_rate >= 0, "expected --end-learning-rate of at least 0, got {}", end_learning_rate);
  CHECK(power > 0, "expected --power above 0, got {}", power);
  CHECK(lr_shrink > 0, "expected --lr-shrink above 0, got {}", lr_shrink);
  CHECK(label_smoothing >= 0 && label_smoothing < 1, "expected --label-smoothing from 0 to below 1, got {}",
        label_smoothing);
  CHECK(rdrop_alpha >= 0, "expected --rdrop-alpha of at least 0, got {}", rdrop_alpha);
  CHECK(clip_norm >= 0, "expected --clip-norm of at least 0, got {}", clip_norm);
  CHECK(ema_decay >= 0 && ema_decay < 1, "expected --ema-decay from 0 to below 1, got {}", ema_decay);
  CHECK(ema_start_update >= 0, "expected --ema-start-update of at least 0, got {}", ema_start_update);
  CHECK(update_freq > 0, "expected --update-freq above 0, got {}", update_freq);
  CHECK(max_update >= 0 && max_epoch >= 0, "expected --max-update and --max-epoch of at least 0, got {} and {}",
        max_update, max_epoch);
  CHECK(max_bad_updates >= 0, "expected --max-bad-updates of at least 0, got {}", max_bad_updates);
  make_schedule(*this, 1);  // refuses what does not fit it
}

std::vector<std::string> OptimizationOptions::unread() const {
  std::vector<std::string> sentences = unread_schedule_options(*this);
  if (ema_start_update > 0 && ema_decay == 0) {
    sentences.push_back(fmt::format("--ema-start-update {} has no effect without --ema-decay", ema_start_update));
  }
  return sentences;
}

void CheckpointOptions::describe(Options& options) {
  options.group("Checkpoints");
  options.add("save-dir", &save_dir, "folder of checkpoints and reports; a checkpoint_last in it is resumed");
  options.add("no-save", &no_save, "write no checkpoints, reports only");
  options.add("on-save-failure", &on_save_failure,
              "what a checkpoint or report that cannot be written does to training; the last checkpoint stays",
              {"stop", "continue"});
  options.add("no-epoch-checkpoints", &no_epoch_checkpoints, "write checkpoint_last and checkpoint_best only");
  options.add("save-interval", &save_interval, "epochs between checkpoints");
  options.add("save-interval-updates", &save_interval_updates, "updates between checkpoints; 0: by epochs only");
  options.add("keep-last-epochs", &keep_last_epochs, "newest epoch checkpoints kept; -1: all");
  options.add("keep-interval-updates", &keep_interval_updates, "newest update checkpoints kept; -1: all");
  options.add("keep-best-checkpoints", &keep_best_checkpoints,
              "checkpoints with the best validations kept as checkpoint_best_<metric>_<score>_<update>; -1: none but "
              "checkpoint_best");
  describe_start(options);
  describe_validation(options);
}

void CheckpointOptions::describe_start(Options& options) {
  options.group("Start");
  options.add("restore-file", &restore_file,
              "checkpoint of another run to start from, while --save-dir has none of its own");
  options.add("reset-optimizer", &resets.optimizer,
              "take no moments over from --restore-file, and count updates from 0");
  options.add("reset-lr-scheduler", &resets.lr_scheduler, "begin the schedule of the learning rate again");
  options.add("reset-meters", &resets.meters, "forget its best score and what --patience counts");
  options.add("reset-dataloader", &resets.dataloader, "begin with epoch 1");
  options.add("finetune-from-model", &finetune_from_model,
              "model or checkpoint whose parameters to start from, while --save-dir has no checkpoint");
  options.add("no-verify", no_verify,
              "start from a checkpoint or model without comparing it with its checksums, which takes about 0.6 s a GB");
}

void CheckpointOptions::describe_validation(Options& options) {
  options.group("Validation and reports");
  options.add("validate-interval", &validate_interval, "epochs between validations");
  options.add("validate-interval-updates", &validate_interval_updates,
              "updates between validations; 0: by epochs only");
  options.add("disable-validation", &disable_validation, "never validate");
  options.add("eval-bleu", &eval_bleu, "translate at each validation, and report BLEU");
  options.add("eval-bleu-args", &eval_bleu_args, "how, as a JSON object of rotor-generate's search options");
  options.add("best-checkpoint-metric", &best_checkpoint_metric,
              "what makes a validation better: a lower loss or a higher BLEU", {"loss", "bleu"});
  options.add("patience", &patience, "stop after so many validations that are not better; -1: never");
  options.add("log-interval", &log_interval, "updates between reports");
  options.add("log-layers", &log_layers, "report the norms of each layer's weights and gradients in train.jsonl");
}

std::vector<const char*> CheckpointOptions::of_validation() const {
  std::vector<const char*> given;
  if (eval_bleu) given.push_back("--eval-bleu");
  if (keep_best_checkpoints > 0) given.push_back("--keep-best-checkpoints");
  if (validate_interval_updates > 0) given.push_back("--validate-interval-updates");
  if (patience > 0) given.push_back("--patience");
  return given;
}

void CheckpointOptions::check() const {
  CHECK(restore_file.empty() || finetune_from_model.empty(),
        "--restore-file and --finetune-from-model are two starts; give one of them");
  CHECK(!resets.any() || !restore_file.empty(),
        "--reset-optimizer, --reset-lr-scheduler, --reset-meters and --reset-dataloader say what not to take over from "
        "--restore-file, which is missing; to reset a run, start another one from its checkpoint_last");
  CHECK(best_checkpoint_metric != "bleu" || eval_bleu, "--best-checkpoint-metric bleu needs --eval-bleu");
  CHECK(eval_bleu || eval_bleu_args == CheckpointOptions().eval_bleu_args, "--eval-bleu-args needs --eval-bleu");
  CHECK(keep_best_checkpoints <= 0 || !disable_validation,
        "--keep-best-checkpoints needs validations; leave out --disable-validation");
}

}  // namespace rotor
