// rotor-train: a corpus folder -> checkpoints.
#include <iostream>

#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/signals.h"
#include "train/dry_run.h"
#include "train/training_options.h"

namespace rotor {
namespace {

void train(Workers& workers, int argc, char** argv) {
  std::vector<std::string> corpora;
  bool only_tried = false;
  TrainingOptions training;
  Options options("rotor-train", "rotor-train CORPUS[:WEIGHT] ... [options]",
                  "Trains a Transformer on a corpus that rotor-preprocess wrote, or on several of one vocabulary.");
  options.positional("corpus", corpora,
                     "folder that rotor-preprocess wrote; an epoch has its pairs WEIGHT times, 1 if none is given. The "
                     "first one has the validation pairs");
  options.group("General");
  options.add("dry-run", only_tried, "print what memory and time the training would need, and leave nothing behind");
  training.describe(options);
  options.read(argc, argv);
  training.apply(options);
  for (const std::string& sentence : training.unread()) log::warn("{}", sentence);
  const int default_threads = workers.threads();
  set_threads(training.threads == 0 ? default_threads : training.threads);
  catch_signals();

  const std::string first = parse_weighted(corpora.at(0)).first;
  const Vocabularies vocabularies = read_vocabularies(first);
  std::optional<Corpus> valid;
  if (std::filesystem::exists(split_path(first, "valid"))) valid.emplace(open_split(first, "valid", vocabularies));

  training.fit(vocabularies, options);
  const auto seed = static_cast<uint64_t>(training.trainer.optimization.seed);
  Transformer model(training.model);
  model.initialise(derive(seed, "parameters"));

  training.batches.seed = seed;
  training.batches.max_source_positions = training.max_source_positions;
  training.batches.max_target_positions = training.max_target_positions;
  const TrainingData data(open_weighted(corpora, vocabularies), training.batches, vocabularies);
  const VocabularyBytes bytes{vocabularies.source.bytes(), vocabularies.target.bytes()};
  if (only_tried) {
    std::cout << dry_run(training.trainer, model, bytes, data, workers).text();
    return;
  }
  const std::filesystem::path save_dir = training.trainer.checkpoints.save_dir;
  std::error_code error;
  if (workers.leads()) std::filesystem::create_directories(save_dir, error);
  CHECK(!error, "cannot create the folder {}: {}; choose another --save-dir", save_dir.string(), error.message());
  Trainer trainer(training.trainer, model, bytes, data, valid ? &*valid : nullptr, workers);
  if (workers.leads()) write_atomically(save_dir / "config.ini", [&](std::ostream& out) { out << options.to_ini(); });
  trainer.run();
}

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_workers([&](rotor::Workers& workers) { rotor::train(workers, argc, argv); });
}
