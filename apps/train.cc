// rotor-train: a corpus folder -> checkpoints.
#include <fmt/ranges.h>

#include <iostream>

#include "base/command_line.h"
#include "base/log.h"
#include "base/random.h"
#include "base/signals.h"
#include "base/threads.h"
#include "data/completeness.h"
#include "train/announcements.h"
#include "train/config_file.h"
#include "train/dry_run.h"
#include "train/objectives.h"

namespace rotor {
namespace {

/// What the command line asks for.
struct Request {
  std::vector<std::string> corpora;
  bool dry_run = false;
  TrainingOptions training;
  const Task* task = nullptr;
  CommandLine options{
      "rotor-train", "rotor-train CORPUS[:WEIGHT] ... [options]",
      "Trains a Transformer on a corpus that rotor-preprocess wrote, or on several of one vocabulary: a "
      "translation model on pairs of sentences, a language model on text."};

  Request(int argc, char** argv) {
    options.example("rotor-train data-bin --arch transformer_iwslt --max-epoch 20 --save-dir run --threads 8",
                    "Trains for 20 passes over the corpus; run/checkpoint_best.safetensors is the model to translate "
                    "with. The same command resumes a training that was stopped.");
    options.example(
        "rotor-train data-bin --position-encoding rope --eval-bleu --best-checkpoint-metric bleu --patience 5 "
        "--keep-last-epochs 5",
        "Trains with rotary positions until BLEU of the validation text has not improved in five validations.");
    options.positional("corpus", corpora,
                       "folder that rotor-preprocess wrote; an epoch uses its pairs WEIGHT times (default 1). The "
                       "first folder provides the validation pairs");
    options.group("General");
    options.add("dry-run", dry_run, "print the memory and time that the training would need, and leave no files")
        .common();
    training.describe(options);
    options.read(argc, argv);
    options.apply();
    task = &task_of(first_corpus());
    task->set_defaults(training);
    training.apply(options);
    training.check();
    training.check_foreign(options);
    training.trainer.checkpoints.has_validation_pairs = has_validation_pairs();
  }

  std::string first_corpus() const { return parse_weighted(corpora.at(0)).first; }

  bool has_validation_pairs() const { return std::filesystem::exists(split_path(first_corpus(), "valid")); }

  bool validates() const {
    return !training.trainer.checkpoints.disable_validation && training.trainer.checkpoints.has_validation_pairs;
  }
};

/// Says how training will end and what it will go without, and refuses corpora that are incomplete.
void announce(const Request& request) {
  const bool validates = request.validates();
  if (!request.dry_run) log::info("{}", announce_end(request.training.trainer, validates));
  for (const std::string& corpus : request.corpora) {
    const std::string folder = parse_weighted(corpus).first;
    if (std::filesystem::is_directory(folder)) check_complete(folder);
  }
  const CheckpointOptions& checkpoints = request.training.trainer.checkpoints;
  if (!checkpoints.has_validation_pairs && !checkpoints.disable_validation) {
    log::warn("{} has no split \"valid\": there will be no validation and no checkpoint_best", request.first_corpus());
  }
}

void initialise(Module& module, int64_t seed) {
  log::info("initialising {} parameters", count_elements(module.parameters()));
  module.initialise(derive(static_cast<uint64_t>(seed), "parameters"));
}

void make_folder(const std::filesystem::path& save_dir) {
  ROTOR_CHECK(!save_dir.empty(), "expected a folder as --save-dir, got an empty name");
  std::error_code error;
  std::filesystem::create_directories(save_dir, error);
  ROTOR_CHECK(!error, "cannot create the folder {}: {}; choose another --save-dir", save_dir.string(), error.message());
}

void train(Workers& workers, int argc, char** argv) {
  Request request(argc, argv);
  TrainingOptions& training = request.training;
  const int default_threads = workers.threads();
  set_threads(training.threads == 0 ? default_threads : training.threads);
  end_at_signals();  // until there is something to save

  announce(request);
  const auto objective =
      request.task->make_objective({training, request.options, request.first_corpus(), request.validates()});
  request.options.warn_of_ignored();  // of what has no effect in the model that fits the corpus
  initialise(objective->module(), training.trainer.optimization.seed);
  log::info("making batches of {}", fmt::join(request.corpora, ", "));
  const TrainingData data = objective->training_data(request.corpora, training);
  if (request.dry_run) {
    const TrainingNeeds needs = dry_run(training.trainer, *objective, data, workers);
    std::cout << needs.text() << needs.fit(this_machine());
    return;
  }
  const auto validator = objective->validator(data.options());
  const std::filesystem::path save_dir = training.trainer.checkpoints.save_dir;
  if (workers.leads()) make_folder(save_dir);
  Trainer trainer(training.trainer, *objective, data, validator.get(), workers);
  if (workers.leads()) write_config(save_dir, request.options.to_ini(), trainer.state().updates);
  catch_signals(workers.leads() ? "stopping after this update; a signal after more than a second ends training at once"
                                : "");
  trainer.run();
}

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_workers([&](rotor::Workers& workers) { rotor::train(workers, argc, argv); });
}
