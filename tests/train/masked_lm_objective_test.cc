#include "train/masked_lm_objective.h"

#include <cmath>
#include <numbers>

#include "base/check.h"
#include "train/training.h"

namespace rotor {
namespace {

constexpr SpecialTokens kSpecials{.mask = 4};

/// Trainings of a masked language model on a small text.
class MaskedLmTraining : public TrainerTest {
 protected:
  MaskedLmTraining() {
    model_options_.task = kMaskedLm;
    model_options_.apply_architecture("bert_tiny");
    model_options_.encoder = {.layers = 2, .embed_dim = 32, .ffn_embed_dim = 64, .attention_heads = 4};
    model_options_.tokens = kSpecials;
    options_.optimization.label_smoothing = 0;
    model_options_.initial_deviation = 0.1;
    model_options_.dropout = model_options_.attention.dropout = 0;
    options_.optimization.schedule.lr = 0.01;
    options_.optimization.schedule.warmup_updates = 20;
    batches_.tokens_per_sample = 16;
    batches_.max_tokens = 128;
    batches_.mask.prob = 0.3;
    train_ = text_of(60, 1, "train");
    valid_ = text_of(10, 2, "valid");
    give_words();
  }

  std::unique_ptr<Objective> objective_of(const TrainerOptions& options, uint64_t seed = 1) const override {
    auto model = std::make_unique<MaskedLanguageModel>(model_options_);
    model->initialise(seed);
    return std::make_unique<MaskedLmObjective>(options, std::move(model), vocabulary_.source, "en",
                                               validates_ ? std::optional(valid_) : std::nullopt);
  }

  /// A text whose lines count upwards, so that each token tells its neighbours.
  Corpus text_of(int64_t lines, uint64_t seed, const std::string& name) const {
    const auto path = folder_ / (name + "_text.safetensors");
    CorpusWriter writer(path, corpus_task(kMaskedLm), {{"text", "en", "abc", 30, kSpecials}});
    Random random(seed);
    for (int64_t i = 0; i < lines; ++i) {
      const auto first = static_cast<int32_t>(5 + random.below(15));
      Ids line;
      for (int32_t j = 0; j < 9; ++j) line.push_back(first + j);
      writer.add({line});
    }
    writer.finish();
    return Corpus(path);
  }
};

TEST_F(MaskedLmTraining, LearnsFromBothSidesAndReportsBitsNatsAndAccuracy) {
  validates_ = true;
  options_.optimization.update_freq = 1;
  const TrainerState state = train("run", 0, 150);
  const auto all = reports("run");
  EXPECT_NEAR(all.front()["loss"], std::log2(30), 1) << "near that of guessing";
  const auto& last = all.back();
  EXPECT_GT(last["valid_accuracy"], 0.5);
  EXPECT_LT(last["valid_loss"], 2.5);
  EXPECT_NEAR(last["valid_loss_nats"].get<double>(), last["valid_loss"].get<double>() * std::numbers::ln2, 1e-9);
  EXPECT_NEAR(last["valid_ppl"].get<double>(), std::exp(last["valid_loss_nats"].get<double>()), 1e-6);
  EXPECT_GT(state.best.of("accuracy").value(), 0.5);
  const SafeTensors best(folder_ / "run/checkpoint_best.safetensors");
  EXPECT_EQ(load<MaskedLanguageModel>(best)->options().tokens, kSpecials);
  EXPECT_EQ(read_languages(best).source, "en");
  EXPECT_EQ(read_trained_length(best), batches_.tokens_per_sample);
}

TEST_F(MaskedLmTraining, ResumesToTheSameBytesUnderEveryEncodingAndTogether) {
  validates_ = true;
  options_.optimization.rdrop_alpha = 1;
  for (const char* encoding : {"learned", "sinusoidal", "rope", "t5", "deberta", "tupe"}) {
    model_options_.position.encoding = encoding;
    const std::string name = encoding;
    train(name, 8);
    train(name + " parts", 5);
    train(name + " parts", 8, 0, 99);
    EXPECT_TRUE(bytes(name + " parts", "last") == bytes(name, "last")) << name;
  }
  options_.optimization.checkpoint_activations = true;
  train("recomputed", 8);
  expect_same_reports("tupe", "recomputed");
  train_together("two recomputed", 2, 1, 8);  // whose layers share parameters, which each of them finishes
  expect_same_reports("tupe", "two recomputed");
  options_.optimization.checkpoint_activations = false;
  train_together("two", 2, 1, 8);
  expect_same_reports("tupe", "two");
}

TEST_F(MaskedLmTraining, HoldsFarLessWhereActivationsAreRecomputed) {
  expect_less_held_where_recomputed();
}

TEST_F(MaskedLmTraining, HidesOthersInTheNextEpoch) {
  const TrainingData data(std::vector<WeightedCorpus>{{train_, 1}}, batches_);
  EXPECT_EQ(data.batch(0, 1).source.ids, data.batch(0, 1).source.ids);
  EXPECT_NE(data.batch(0, 1).source.ids, data.batch(0, 2).source.ids);
}

TEST_F(MaskedLmTraining, ValidatesOnTheSameTokensWithoutChangingAnything) {
  validates_ = true;
  const auto objective = objective_of(options_);
  const auto validator = objective->validator(batches_);
  const Scores first = (*validator)(alone());
  EXPECT_EQ(value_of((*validator)(alone()), "loss"), value_of(first, "loss"));
  Team::run(2, [&](Workers& worker) {
    EXPECT_NEAR(value_of((*validator)(worker), "loss"), value_of(first, "loss"), 1e-9);
    EXPECT_EQ(value_of((*validator)(worker), "accuracy"), value_of(first, "accuracy"));
  });
}

}  // namespace
}  // namespace rotor
