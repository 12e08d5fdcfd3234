// Small trainings in a scratch folder, for the tests of what a Trainer does.
#pragma once

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/scratch.h"
#include "data/corpora.h"
#include "heap.h"
#include "model/tiny_model.h"
#include "text/train_vocabulary.h"
#include "train/team.h"
#include "train/trainer.h"
#include "train/translation_objective.h"

namespace rotor {

inline std::vector<std::pair<Ids, Ids>> random_pairs(int64_t count, uint64_t seed) {
  Random random(seed);
  auto sentence = [&] {
    Ids ids;
    for (uint64_t i = 0, length = 2 + random.below(8); i < length; ++i)
      ids.push_back(static_cast<int32_t>(4 + random.below(26)));
    return ids;
  };
  std::vector<std::pair<Ids, Ids>> pairs;
  for (int64_t i = 0; i < count; ++i) pairs.push_back({sentence(), sentence()});
  return pairs;
}

/// A small corpus and the options of a run on it: dropout everywhere, two batches an update.
class TrainerTest : public testing::Test {
 protected:
  TrainerTest() {
    options_.optimization.schedule.lr = 5e-3;
    options_.optimization.schedule.warmup_updates = 4;
    options_.optimization.update_freq = 2;
    options_.optimization.clip_norm = 1;
    options_.checkpoints.log_interval = 1;
    model_options_.dropout = model_options_.attention.dropout = model_options_.activation_dropout = 0.1;
    model_options_.position.encoding = "rope";
    batches_.max_tokens = 48;
    batches_.required_batch_size_multiple = 1;
  }

  /// Trains in the folder until `max_update` or `max_epoch`; 0 sets no limit. Parameters start from `seed`.
  TrainerState train(const std::string& name, int64_t max_update, int64_t max_epoch = 0, uint64_t seed = 1,
                     Workers& workers = alone()) {
    TrainerOptions options = options_;
    options.optimization.max_update = max_update;
    options.optimization.max_epoch = max_epoch;
    options.checkpoints.save_dir = folder_ / name;
    std::filesystem::create_directories(folder_ / name);
    const std::unique_ptr<Objective> objective = objective_of(options, seed);
    if (bad_word_) spoil(objective->module());
    std::vector<WeightedCorpus> corpora = {{train_, 1}};
    corpora.insert(corpora.end(), more_.begin(), more_.end());
    const TrainingData data(corpora, batches_);
    const auto validator = validator_of(*objective, data.options());
    Trainer trainer(options, *objective, data, validator.get(), workers);
    trainer.run();
    return trainer.state();
  }

  /// The objective of training a model whose parameters start from `seed`.
  virtual std::unique_ptr<Objective> objective_of(const TrainerOptions& options, uint64_t seed = 1) const {
    auto model = std::make_unique<EncoderDecoder>(model_options_);
    model->initialise(seed);
    return std::make_unique<TranslationObjective>(options, std::move(model), vocabulary_, Languages{},
                                                  validates_ ? std::optional(valid_) : std::nullopt);
  }

  virtual std::unique_ptr<Validator> validator_of(const Objective& objective, const BatchOptions& batches) const {
    return objective.validator(batches);
  }

  /// Makes the source's last word one whose embedding is no number, in one training pair.
  void add_bad_word() {
    model_options_.share_all_embeddings = false;
    bad_word_ = true;
    auto pairs = random_pairs(60, 1);
    for (auto& [source, target] : pairs) std::replace(source.begin(), source.end(), kBadWord, kBadWord - 1);
    pairs[17].first.back() = kBadWord;
    train_ = corpus_of(folder_ / "bad.safetensors", pairs, 30);
    give_words();
  }

  /// Makes that sentence the translation of everything.
  void learn_a_sentence(const std::string& text) {
    give_words();
    model_options_.source_vocabulary = model_options_.target_vocabulary = 40;
    batches_.max_tokens = 200;
    auto pairs = random_pairs(60, 1);
    for (auto& pair : pairs) pair.second = Vocabulary::from_bytes(vocabulary_.target).encode(text);
    train_ = corpus_of(folder_ / "sentence.safetensors", pairs, 40);
    valid_ = corpus_of(folder_ / "valid_sentence.safetensors", {pairs.begin(), pairs.begin() + 5}, 40);
  }

  /// A vocabulary of 40 pieces that has words.
  void give_words() {
    std::string words;
    for (char letter = 'a'; letter <= 'z'; ++letter) words += std::string(3, letter) + ' ';
    const std::string bytes = train_vocabulary({folder_.file("words", words)}, {.size = 40});
    vocabulary_ = {bytes, bytes};
  }

  static void spoil(Module& model) {
    for (const auto& [name, variable, initialiser] : model.parameters()) {
      if (name == "encoder.embed_tokens.weight") variable.value().narrow(0, kBadWord, 1).fill(NAN);
    }
  }

  /// Trains with so many workers, which begin with other parameters each, and batches for each an update.
  void train_together(const std::string& name, int workers, int64_t update_freq, int64_t max_update) {
    options_.optimization.update_freq = update_freq;
    Team::run(workers, [&](Workers& worker) {
      const TrainerState state = train(name, max_update, 0, 1 + worker.rank(), worker);
      EXPECT_EQ(state.updates, max_update);
    });
  }

  /// Expects the reports of two runs to be the same but for rounding, speed and memory.
  void expect_same_reports(const std::string& run, const std::string& other) const {
    const auto a = reports(run), b = reports(other);
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      ASSERT_EQ(a[i].size(), b[i].size());
      for (const auto& [key, value] : a[i].items()) {
        if (key == "seconds" || key == "tokens_per_second" || key == "memory_mb" || value.is_boolean()) continue;
        EXPECT_NEAR(value, b[i][key], 2e-5 * value.get<double>()) << key << " of report " << i << " of " << other;
      }
    }
  }

  /// Expects the loss of a batch, with all that is kept for its backward pass, to hold far less memory where
  /// activations are recomputed; of a model of so many layers that little else counts.
  void expect_less_held_where_recomputed() {
    model_options_.encoder.layers = model_options_.decoder.layers = 6;
    const TrainingData data(std::vector<WeightedCorpus>{{train_, 1}}, batches_);
    const Batch batch = data.batch(0, 1);
    const auto held = [&](bool recomputed) {
      options_.optimization.checkpoint_activations = recomputed;
      const std::unique_ptr<Objective> objective = objective_of(options_);
      return heap_held_by([&] { return objective->loss(batch); });
    };
    EXPECT_LT(3 * held(true), held(false));
  }

  std::string bytes(const std::string& run, const std::string& checkpoint) const {
    return text_of(folder_ / run / ("checkpoint_" + checkpoint + ".safetensors"));
  }

  std::vector<std::string> files(const std::string& run) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / run))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  std::vector<nlohmann::json> reports(const std::string& run) const {
    std::vector<nlohmann::json> all;
    std::istringstream lines(text_of(folder_ / run / "train.jsonl"));
    for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }

  ScratchFolder folder_;
  Corpus train_ = corpus_of(folder_ / "train.safetensors", random_pairs(60, 1), 30);
  Corpus valid_ = corpus_of(folder_ / "valid.safetensors", random_pairs(12, 2), 30);
  std::vector<WeightedCorpus> more_;
  bool validates_ = false;
  TrainerOptions options_;
  TransformerOptions model_options_ = tiny_options();
  BatchOptions batches_;
  VocabularyBytes vocabulary_{"words", "words"};
  static constexpr int32_t kBadWord = 29;
  bool bad_word_ = false;
};

}  // namespace rotor
