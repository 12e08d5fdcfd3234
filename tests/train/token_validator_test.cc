#include "train/token_validator.h"

#include <algorithm>
#include <numbers>

#include "train/training.h"

namespace rotor {
namespace {

/// An untrained translation model without dropout, whose validator looks at a corpus.
struct Untrained {
  Untrained() { model.initialise(1); }

  TokenValidator validator(const Corpus& corpus, const BatchOptions& batches, double smoothing = 0) const {
    return {features_of(model), model.output(), corpus, batches, smoothing};
  }

  ScratchFolder folder;
  EncoderDecoder model{tiny_options()};
  Corpus corpus = corpus_of(folder / "pairs.safetensors", random_pairs(12, 2), 30);
};

bool measures_bytes(const Scores& scores) {
  return std::ranges::any_of(scores, [](const Score& score) { return score.metric == "bits_per_byte"; });
}

TEST(TokenValidator, MeansTheLossOverTargetTokensWhateverTheBatches) {
  const Untrained untrained;
  const std::unique_ptr<const Samples> samples = make_samples(untrained.corpus, {});
  double nats = 0;
  int64_t tokens = 0;
  for (int32_t i = 0; i < samples->size(); ++i) {
    const Batch batch = samples->batch(std::vector{i});
    nats += label_smoothed_cross_entropy(features_of(untrained.model), untrained.model.output(), batch, 0).nll;
    tokens += batch.target_tokens;
  }
  const double bits = nats / static_cast<double>(tokens) / std::numbers::ln2;
  for (const int64_t most : {16, 64, 1000}) {
    const Scores scores = untrained.validator(untrained.corpus, {.max_tokens = most})(alone());
    EXPECT_NEAR(value_of(scores, "loss"), bits, 1e-5) << most;
    EXPECT_NEAR(value_of(scores, "ppl"), std::exp2(bits), 1e-3) << most;
    EXPECT_FALSE(measures_bytes(scores)) << "the corpus does not know its text's size";
  }
}

TEST(TokenValidator, SmoothsTheLossButNotTheNegativeLogLikelihood) {
  const Untrained untrained;
  const Scores plain = untrained.validator(untrained.corpus, {})(alone());
  const Scores smooth = untrained.validator(untrained.corpus, {}, 0.3)(alone());
  EXPECT_EQ(value_of(smooth, "nll_loss"), value_of(plain, "nll_loss"));
  EXPECT_NE(value_of(smooth, "loss"), value_of(plain, "loss"));
}

TEST(TokenValidator, GivesAllWorkersTheScoresOfOne) {
  const Untrained untrained;
  const BatchOptions batches{.max_tokens = 32};
  const Scores one = untrained.validator(untrained.corpus, batches)(alone());
  Team::run(3, [&](Workers& worker) {
    const Scores scores = untrained.validator(untrained.corpus, batches)(worker);
    EXPECT_NEAR(value_of(scores, "loss"), value_of(one, "loss"), 1e-9) << worker.rank();
  });
}

TEST(TokenValidator, CountsBytesOfTheTextOnlyWhereNoSampleIsLeftOut) {
  TransformerOptions options = tiny_options();
  options.task = kLanguageModeling;
  options.arch = "transformer_lm";
  options.source_vocabulary = 0;
  LanguageModel model(options);
  model.initialise(1);
  const ScratchFolder folder;
  CorpusWriter writer(folder / "text.safetensors", corpus_task(kLanguageModeling), {{"text", "de", "abc", 30}});
  for (const auto& [line, other] : random_pairs(12, 2)) writer.add({line}, {"ä"});
  writer.finish();
  const Corpus corpus(folder / "text.safetensors");
  const auto validator = [&](const BatchOptions& batches) {
    return TokenValidator(features_of(model), model.output(), corpus, batches, 0);
  };
  const Scores scores = validator({.sample_break_mode = "eos"})(alone());
  const double bits = value_of(scores, "nll_loss") * static_cast<double>(corpus.column("text").tokens());
  EXPECT_NEAR(value_of(scores, "bits_per_character"), bits / (12 * 2), 1e-4) << "a letter and the line's end";
  EXPECT_NEAR(value_of(scores, "bits_per_byte"), bits / (12 * 3), 1e-4);
  const TokenValidator partial = validator({.sample_break_mode = "eos", .max_target_positions = 6});
  EXPECT_GT(partial.skipped(), 0);
  EXPECT_FALSE(measures_bytes(partial(alone())));
}

}  // namespace
}  // namespace rotor
