#include "train/training_options.h"

namespace rotor {

void TrainingOptions::describe(Options& options) {
  options.group("General");
  options.add("threads", &threads,
              "threads of every computation; 0: OMP_NUM_THREADS, else the cores there are, shared by the processes of "
              "a machine");
  model.describe(options);
  batches.describe(options);
  options.add("max-source-positions", &max_source_positions, "longest source in tokens; longer pairs are left out");
  options.add("max-target-positions", &max_target_positions, "longest target in tokens; longer pairs are left out");
  trainer.optimization.describe(options);
  trainer.checkpoints.describe(options);
}

void TrainingOptions::apply(Options& options) {
  if (const std::string arch = options.given("arch"); !arch.empty()) model.apply_architecture(arch);
  options.apply();
}

std::vector<std::string> TrainingOptions::unread() const {
  std::vector<std::string> sentences = model.position.unread();
  for (std::string& sentence : trainer.optimization.unread()) sentences.push_back(std::move(sentence));
  const bool drops = model.dropout + model.attention_dropout + model.activation_dropout + model.encoder_word_dropout +
                         model.decoder_word_dropout >
                     0;
  if (trainer.optimization.rdrop_alpha > 0 && !drops) {
    sentences.push_back("--rdrop-alpha compares two passes under different dropout, and there is none: give --dropout");
  }
  return sentences;
}

void TrainingOptions::fit(const Vocabularies& vocabularies, const Options& options) {
  model.source_vocabulary = vocabularies.source.size();
  model.target_vocabulary = vocabularies.target.size();
  if (!vocabularies.joined() && options.given("share-all-embeddings").empty()) model.share_all_embeddings = false;
}

}  // namespace rotor
