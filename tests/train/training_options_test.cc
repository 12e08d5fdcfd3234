#include "train/training_options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// What a command line gives, and the options that it made.
struct Parsed {
  TrainingOptions training;
  CommandLine options{"rotor-train", "", ""};

  explicit Parsed(std::vector<const char*> words = {}) {
    training.describe(options);
    words.insert(words.begin(), "rotor-train");
    options.read(static_cast<int>(words.size()), words.data());
    training.apply(options);
  }
};

/// What is said of options that have no effect.
std::vector<std::string> ignored(std::vector<const char*> words, bool has_validation_pairs = true) {
  Parsed parsed(std::move(words));
  parsed.training.trainer.checkpoints.has_validation_pairs = has_validation_pairs;
  return parsed.options.ignored();
}

TEST(TrainingOptions, NameWhatHasNoEffectWithoutWhatItNeeds) {
  const std::pair<std::vector<const char*>, const char*> without_effect[] = {
      {{"--ema-start-update", "3"}, "only with --ema-decay"},
      {{"--dropout", "0", "--rdrop-alpha", "1"}, "only with a dropout above 0"},
      {{"--patience", "3", "--disable-validation"}, "only without --disable-validation"},
      {{"--validate-interval-updates", "3", "--disable-validation"}, "only without --disable-validation"},
      {{"--eval-bleu-args", "{}"}, "only with --eval-bleu"},
      {{"--save-interval", "2", "--no-save"}, "only without --no-save"},
      {{"--keep-interval-updates", "2"}, "only with --save-interval-updates"},
      {{"--share-decoder-input-output-embed"}, "only with --no-share-all-embeddings"},
  };
  for (const auto& [words, when] : without_effect) {
    const auto sentences = ignored(words);
    const bool flag = words.size() == 1;  // a flag that is on anyway asks for nothing
    EXPECT_EQ(sentences.size(), flag ? 0u : 1u) << when;
    if (!flag) EXPECT_TRUE(says(sentences[0], when));
  }
  EXPECT_EQ(ignored({"--patience", "3", "--eval-bleu"}).size(), 0u);
  EXPECT_TRUE(says(ignored({"--patience", "3"}, false).at(0), "only where the corpus has validation pairs"));
}

TEST(TrainingOptions, GoAfterTheArchitecture) {
  const Parsed parsed({"--decoder-layers", "2", "--arch", "transformer_iwslt"});
  EXPECT_EQ(parsed.training.model.decoder.layers, 2);
  EXPECT_EQ(parsed.training.model.encoder.layers, 6);
  EXPECT_EQ(parsed.training.model.encoder.ffn_embed_dim, 1024);
}

}  // namespace
}  // namespace rotor
