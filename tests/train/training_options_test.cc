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

  explicit Parsed(std::vector<const char*> words = {}, const char* task = kTranslation) {
    training.model.task = task;
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
      {{"--no-decay-norms-and-biases", "true"}, "only with --weight-decay"},
      {{"--dropout", "0", "--rdrop-alpha", "1"}, "only with a dropout above 0"},
      {{"--patience", "3", "--disable-validation"}, "only without --disable-validation"},
      {{"--validate-interval-updates", "3", "--disable-validation"}, "only without --disable-validation"},
      {{"--eval-bleu-args", "{}"}, "only with --eval-bleu"},
      {{"--save-interval", "2", "--no-save"}, "only without --no-save"},
      {{"--save-interval", "2", "--no-epoch-checkpoints"}, "only without --no-epoch-checkpoints"},
      {{"--keep-interval-updates", "2"}, "only with --save-interval-updates"},
      {{"--share-decoder-input-output-embed"}, "only with --no-share-all-embeddings"},
  };
  for (const auto& [words, when] : without_effect) {
    const auto sentences = ignored(words);
    const bool flag = words.size() == 1;  // a flag that is on anyway asks for nothing
    EXPECT_EQ(sentences.size(), flag ? 0u : 1u) << when;
    if (!flag) {
      EXPECT_TRUE(says(sentences[0], when));
    }
  }
  EXPECT_EQ(ignored({"--patience", "3", "--eval-bleu"}).size(), 0u);
  EXPECT_TRUE(says(ignored({"--patience", "3"}, false).at(0), "only where the corpus has validation pairs"));
}

TEST(TrainingOptions, TakeOneLengthOfTheWarmUp) {
  EXPECT_TRUE(says(message_of<UsageError>([] {
                     Parsed({"--warmup-ratio", "0.1", "--warmup-updates", "4000"});
                   }),
                   "--warmup-ratio and --warmup-updates", "give one of them"));
  const ScratchFolder folder;
  const std::string ratio = folder.file("ratio.ini", "warmup-ratio = 0.1\nwarmup-updates = 4000\n"),
                    updates = folder.file("updates.ini", "warmup-ratio = -1\nwarmup-updates = 30\n"),
                    both = folder.file("both.ini", "warmup-ratio = 0.1\nwarmup-updates = 30\n");
  const auto schedule = [](std::vector<const char*> words) {
    return Parsed(std::move(words)).training.trainer.optimization.schedule;
  };
  EXPECT_EQ(schedule({"--config", ratio.c_str()}).warmup(50), 5) << "as a run's config.ini has it";
  EXPECT_EQ(schedule({"--config", updates.c_str()}).warmup(50), 30);
  EXPECT_EQ(schedule({"--config", ratio.c_str(), "--warmup-updates", "20"}).warmup(50), 20);
  EXPECT_EQ(schedule({"--config", updates.c_str(), "--warmup-ratio", "0.5"}).warmup(50), 25);
  EXPECT_EQ(schedule({"--config", updates.c_str(), "--warmup-ratio", "0.5"}).warmup_updates, 4000);
  EXPECT_TRUE(says(message_of<UsageError>([&] { schedule({"--config", both.c_str()}); }), "give one of them"));
}

TEST(TrainingOptions, HavePositionsForTheSamplesOfALanguageModel) {
  using Pair = std::pair<int64_t, int64_t>;
  const ScratchFolder folder;
  const std::string usual = folder.file("usual.ini", "max-target-positions = 1024\ntokens-per-sample = 256\n"),
                    other = folder.file("other.ini", "max-target-positions = 700\n");
  const auto positions = [](std::vector<const char*> words, const char* task = kLanguageModeling) {
    const TrainingOptions training = Parsed(std::move(words), task).training;
    return Pair(training.max_source_positions, training.max_target_positions);
  };
  const char* const kTokens = "--tokens-per-sample";
  EXPECT_EQ(positions({kTokens, "2048"}), Pair(1024, 2048));
  EXPECT_EQ(positions({kTokens, "2048"}, kMaskedLm), Pair(2048, 1024));
  EXPECT_EQ(positions({kTokens, "2048"}, kTranslation), Pair(1024, 1024));
  EXPECT_EQ(positions({kTokens, "12"}), Pair(1024, 1024));
  EXPECT_EQ(positions({kTokens, "2048", "--config", usual.c_str()}), Pair(1024, 2048))
      << "a run's config.ini has the default";
  EXPECT_EQ(positions({kTokens, "2048", "--config", other.c_str()}), Pair(1024, 700));
  EXPECT_EQ(positions({kTokens, "2048", "--max-target-positions", "1024"}), Pair(1024, 1024));
}

TEST(TrainingOptions, CountEpochsUnderTransformersNameToo) {
  EXPECT_EQ(Parsed({"--num-train-epochs", "3"}).training.trainer.optimization.max_epoch, 3);
}

TEST(TrainingOptions, RefuseWhatFairseqWouldDoOtherwise) {
  const auto refusal = [](std::vector<const char*> words, const char* task = kTranslation) {
    Parsed parsed(std::move(words));
    parsed.training.model.task = task;  // as the corpus says
    return message_of<UsageError>([&] { parsed.training.check_foreign(parsed.options); });
  };
  EXPECT_EQ(refusal({"--task", "translation"}), "(nothing thrown)");
  EXPECT_TRUE(says(refusal({"--task", "translation"}, kLanguageModeling),
                   "--task translation is not that of the corpus", "language_modeling"));
  const char* const kMaximize = "--maximize-best-checkpoint-metric";
  EXPECT_TRUE(says(refusal({kMaximize}), kMaximize, "a low loss is better", "--best-checkpoint-metric"));
  EXPECT_EQ(refusal({kMaximize, "--best-checkpoint-metric", "bleu"}), "(nothing thrown)");
}

TEST(TrainingOptions, GoAfterTheArchitecture) {
  const Parsed parsed({"--decoder-layers", "2", "--arch", "transformer_iwslt"});
  EXPECT_EQ(parsed.training.model.decoder.layers, 2);
  EXPECT_EQ(parsed.training.model.encoder.layers, 6);
  EXPECT_EQ(parsed.training.model.encoder.ffn_embed_dim, 1024);
}

}  // namespace
}  // namespace rotor
