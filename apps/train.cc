// rotor-train: a corpus folder -> checkpoints.
#include <omp.h>

#include <fstream>

#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/run_app.h"
#include "base/signals.h"
#include "data/corpus_folder.h"
#include "train/trainer.h"

namespace rotor {
namespace {

struct TrainCommand {
  std::string corpus;
  TransformerOptions model;
  BatchOptions batches;
  TrainerOptions trainer;
  int64_t max_source_positions = 1024, max_target_positions = 1024, threads = 0;

  void describe(Options& options) {
    options.positional("corpus", &corpus, "folder that rotor-preprocess wrote");
    options.group("General");
    options.add("threads", &threads, "threads of every computation; 0: OMP_NUM_THREADS, else the cores there are");
    model.describe(options);
    batches.describe(options);
    options.add("max-source-positions", &max_source_positions, "longest source in tokens; longer pairs are left out");
    options.add("max-target-positions", &max_target_positions, "longest target in tokens; longer pairs are left out");
    trainer.optimization.describe(options);
    trainer.checkpoints.describe(options);
  }
};

void train(int argc, char** argv) {
  TrainCommand command;
  Options options("rotor-train", "rotor-train CORPUS [options]",
                  "Trains a Transformer on a corpus that rotor-preprocess wrote.");
  command.describe(options);
  options.read(argc, argv);
  if (const std::string arch = options.given("arch"); !arch.empty()) command.model.apply_architecture(arch);
  options.apply();
  for (const std::string& sentence : command.model.position.unread()) log::warn("{}", sentence);
  set_threads(command.threads);
  catch_signals();

  const Vocabularies vocabularies = read_vocabularies(command.corpus);
  const Corpus training = open_split(command.corpus, "train", vocabularies);
  std::optional<Corpus> valid;
  if (std::filesystem::exists(split_path(command.corpus, "valid"))) {
    valid.emplace(open_split(command.corpus, "valid", vocabularies));
  }

  TransformerOptions& model_options = command.model;
  model_options.source_vocabulary = vocabularies.source.size();
  model_options.target_vocabulary = vocabularies.target.size();
  if (!vocabularies.joined() && options.given("share-all-embeddings").empty())
    model_options.share_all_embeddings = false;
  const auto seed = static_cast<uint64_t>(command.trainer.optimization.seed);
  Transformer model(model_options);
  model.initialise(derive(seed, "parameters"));

  command.batches.seed = seed;
  command.batches.max_source_positions = command.max_source_positions;
  command.batches.max_target_positions = command.max_target_positions;
  const std::filesystem::path save_dir = command.trainer.checkpoints.save_dir;
  std::error_code error;
  std::filesystem::create_directories(save_dir, error);
  CHECK(!error, "cannot create the folder {}: {}; choose another --save-dir", save_dir.string(), error.message());
  const VocabularyBytes bytes{vocabularies.source.bytes(), vocabularies.target.bytes()};
  Trainer trainer(command.trainer, model, bytes, training, valid ? &*valid : nullptr, command.batches);
  write_atomically(save_dir / "config.ini", [&](std::ostream& out) { out << options.to_ini(); });
  trainer.run();
}

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_app([&] { rotor::train(argc, argv); });
}
