#include "train/language_model_objective.h"

#include <algorithm>
#include <numbers>

#include "base/check.h"
#include "data/token_blocks.h"
#include "golden.h"
#include "kernel/bfloat16.h"
#include "position/table.h"
#include "train/dry_run.h"
#include "train/ten_updates.h"
#include "train/training.h"

namespace rotor {
namespace {

LanguageModelObjective objective_for(const SafeTensors& file) {
  OptimizationOptions optimization;
  optimization.label_smoothing = 0;
  return {{optimization, {}},
          std::make_unique<LanguageModel>(TransformerOptions::from_config(file.metadata("config"), "golden")),
          "words"};
}

/// The loss of batch `number` of a golden under its objective.
std::pair<Loss, double> loss_of(const SafeTensors& file, const LanguageModelObjective& objective, int64_t number) {
  const std::string name = "training.batch." + std::to_string(number) + ".";
  Batch batch;
  batch.decoder_input = golden::tokens(file, name + "tokens", name + "lengths");
  batch.target = golden::tokens(file, name + "target", name + "lengths");
  batch.target_tokens = static_cast<int64_t>(golden::count(batch.target));
  const BatchLoss loss = objective.loss(batch);
  return {Loss{loss.loss, loss.nll}, static_cast<double>(loss.targets)};
}

class TenUpdatesOfALanguageModel : public testing::TestWithParam<std::string> {};

TEST_P(TenUpdatesOfALanguageModel, GiveTheReferencesLossesAndParameters) {
  const SafeTensors file = golden::open("language_model_" + GetParam());
  LanguageModelObjective objective = objective_for(file);
  objective.read_parameters(file);
  golden::expect_ten_updates(
      file, objective.module(), objective.width(), [&](int64_t u) { return loss_of(file, objective, u % 3); }, 1e-4);
  const auto zero = nlohmann::json::parse(file.metadata("zero_gradients")).get<std::vector<std::string>>();
  for (const auto& [name, value] : objective.module().values()) {
    if (std::find(zero.begin(), zero.end(), name) != zero.end()) continue;
    golden::expect_near(value, file.tensor("trained." + name), 2e-3, name);
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, TenUpdatesOfALanguageModel,
                         testing::Values("sinusoidal", "rope", "post_norm", "learned", "untied", "window", "grouped",
                                         "multi_query", "rms", "swiglu", "smollm3", "gated_gelu", "swish", "linear",
                                         "linear_before", "performer", "performer_before", "t5", "alibi"),
                         [](const auto& info) { return info.param; });

TEST(TenUpdatesOfFairseq, AreThoseOfTheSameLanguageModel) {
  const SafeTensors file = golden::open("fairseq_lm");
  LanguageModelObjective objective = objective_for(file);
  for (auto& [name, variable, initialiser] : objective.module().parameters()) {
    variable.value().copy_from(file.tensor("initial." + name));
  }
  golden::expect_ten_updates(
      file, objective.module(), objective.width(), [&](int64_t u) { return loss_of(file, objective, u); }, 1e-4);
}

/// Trainings of a language model on a small text.
class LanguageModelTraining : public TrainerTest {
 protected:
  LanguageModelTraining() {
    model_options_.task = kLanguageModeling;
    model_options_.arch = "transformer_lm";
    model_options_.decoder.normalize_before = true;
    model_options_.source_vocabulary = 0;
    options_.optimization.label_smoothing = 0;
    batches_.tokens_per_sample = 16;
    batches_.max_tokens = 64;
    train_ = text_of(random_pairs(50, 1), "train");
    valid_ = text_of(random_pairs(10, 2), "valid");
  }

  std::unique_ptr<Objective> objective_of(const TrainerOptions& options, uint64_t seed = 1) const override {
    auto model = std::make_unique<LanguageModel>(model_options_);
    model->initialise(seed);
    return std::make_unique<LanguageModelObjective>(options, std::move(model), vocabulary_.source, "en",
                                                    validates_ ? std::optional(valid_) : std::nullopt);
  }

  /// A text of the lines, two a document.
  Corpus text_of(const std::vector<std::pair<Ids, Ids>>& documents, const std::string& name) const {
    const auto path = folder_ / (name + "_text.safetensors");
    CorpusWriter writer(path, corpus_task(kLanguageModeling), {{"text", "en", "abc", 30}});
    for (const auto& [first, second] : documents) {
      writer.add({first}, {"äb"});
      writer.add({second}, {"cd"});
      writer.end_document();
    }
    writer.finish();
    return Corpus(path);
  }
};

TEST_F(LanguageModelTraining, LearnsAndReportsBitsOfTokensCharactersAndBytes) {
  validates_ = true;
  const TrainerState state = train("run", 0, 12);
  const auto all = reports("run");
  EXPECT_NEAR(all.front()["loss"], std::log2(30), 2) << "near that of guessing";
  EXPECT_NEAR(all.front()["loss"], all.front()["nll_loss"], 1e-5) << "no smoothing";
  const auto& last = all.back();
  EXPECT_LT(last["valid_loss"], all.front()["loss"]);
  const CorpusColumn& text = valid_.column("text");
  const double bits = last["valid_nll_loss"].get<double>() * static_cast<double>(text.tokens());
  EXPECT_NEAR(last["valid_bits_per_character"], bits / (20 * 3), 1e-6) << "two letters and the line's end";
  EXPECT_NEAR(last["valid_bits_per_byte"], bits / (10 * (4 + 3)), 1e-6);
  EXPECT_EQ(state.best.all().size(), 1u);
  const SafeTensors best(folder_ / "run/checkpoint_best.safetensors");
  EXPECT_EQ(load<LanguageModel>(best)->options().decoder.layers, 2);
  EXPECT_EQ(read_languages(best).target, "en");
  EXPECT_EQ(read_trained_length(best), 16) << "tokens per sample";
  EXPECT_TRUE(says(best.metadata("config"), R"("task":"language_modeling")"));
}

TEST_F(LanguageModelTraining, AllThatIsRandomOrAveragedResumesExactlyTogetherInEveryBreakMode) {
  validates_ = true;
  model_options_.decoder.layerdrop = 0.3;
  model_options_.decoder.word_dropout = 0.2;
  auto& o = options_.optimization;
  o.label_smoothing = 0.1;
  o.rdrop_alpha = 3;
  o.ema_decay = 0.9;
  o.weight_decay = 0.01;
  o.freeze = {"decoder.layers.0.fc1"};
  for (const std::string& mode : break_mode_names()) {
    batches_.sample_break_mode = mode;
    train(mode, 12);
    train(mode + " parts", 5);
    train(mode + " parts", 12, 0, 99);
    EXPECT_TRUE(bytes(mode + " parts", "last") == bytes(mode, "last")) << mode;
  }
  o.checkpoint_activations = true;
  train("recomputed", 12);
  expect_same_reports("eos", "recomputed");
  o.checkpoint_activations = false;
  train_together("two", 2, 1, 12);
  expect_same_reports("eos", "two");
}

TEST_F(LanguageModelTraining, ResumesExactlyUnderEveryEncodingAndAttention) {
  model_options_.position.max_positions = 16;
  model_options_.position.xpos_scale_base = 8;
  const auto resumes = [&](const std::string& name) {
    train(name, 4);
    train(name + " parts", 2);
    train(name + " parts", 4, 0, 99);
    EXPECT_TRUE(bytes(name + " parts", "last") == bytes(name, "last")) << name;
  };
  for (const std::string& encoding : position_encoding_names()) {
    model_options_.position.encoding = encoding;
    resumes(encoding);
  }
  model_options_.position.encoding = "rope";
  model_options_.attention.performer_redraw_updates = 2;
  for (const std::string& attention : attention_names()) {
    model_options_.attention.kernel = attention;
    resumes("rope with " + attention);
  }
}

TEST_F(LanguageModelTraining, DrawsRandomVectorsAnewAfterSoManyUpdates) {
  model_options_.attention.kernel = "performer";
  const auto losses = [&](int64_t redraw_updates) {
    model_options_.attention.performer_redraw_updates = redraw_updates;
    const std::string name = std::to_string(redraw_updates);
    train(name, 4);
    std::vector<double> found;
    for (const auto& report : reports(name)) found.push_back(report["loss"]);
    return found;
  };
  const std::vector<double> once = losses(0), twice = losses(2);
  ASSERT_EQ(once.size(), 4u);
  ASSERT_EQ(twice.size(), 4u);
  for (size_t update = 0; update < 4; ++update) EXPECT_EQ(once[update] == twice[update], update < 2) << update;
}

TEST_F(LanguageModelTraining, HoldsFarLessWhereActivationsAreRecomputed) {
  expect_less_held_where_recomputed();
}

TEST_F(LanguageModelTraining, Bfloat16ResumesExactly) {
  options_.optimization.bf16 = true;
  train("whole", 6);
  train("halves", 3);
  train("halves", 6, 0, 99);
  set_product_precision(Precision::kFloat32);
  EXPECT_TRUE(bytes("halves", "last") == bytes("whole", "last"));
}

TEST_F(LanguageModelTraining, StopsWhenNothingGetsBetterAndKeepsTheBest) {
  validates_ = true;
  options_.optimization.schedule.lr = options_.optimization.schedule.warmup_init_lr = 1e-30;
  options_.checkpoints.patience = 2;
  options_.checkpoints.keep_best_checkpoints = 1;
  EXPECT_EQ(train("run", 0, 20).validations_without_gain, 2);
  EXPECT_EQ(
      std::ranges::count_if(files("run"), [](const auto& name) { return name.starts_with("checkpoint_best_loss"); }),
      1);
}

TEST_F(LanguageModelTraining, FineTunesItsOwnKindOnly) {
  train("first", 3);
  options_.checkpoints.finetune_from_model = folder_ / "first/checkpoint_last.safetensors";
  EXPECT_EQ(train("second", 2).updates, 2);
  TransformerOptions translates = tiny_options();
  SafeTensorsWriter writer;
  const EncoderDecoder model(translates);
  add_model(writer, model, vocabulary_);
  writer.write(folder_ / "translation.safetensors");
  options_.checkpoints.finetune_from_model = folder_ / "translation.safetensors";
  EXPECT_TRUE(says(message_of<Error>([&] { train("third", 2); }), "language_modeling", "translation"));
}

TEST_F(LanguageModelTraining, KnowsItsNeedsAndItsMetrics) {
  const TrainingData data(std::vector<WeightedCorpus>{{train_, 1}}, batches_);
  options_.optimization.max_update = 5;
  const auto objective = objective_of(options_);
  EXPECT_GT(dry_run(options_, *objective, data).seconds_an_epoch, 0);
  options_.checkpoints.eval_bleu = true;
  options_.checkpoints.best_checkpoint_metric = "bleu";
  EXPECT_TRUE(says(message_of<UsageError>([&] { train("run", 2); }), "--best-checkpoint-metric", "loss", "bleu"));
}

TEST_F(LanguageModelTraining, SavesTheBlocksOfBadUpdates) {
  give_words();
  options_.optimization.schedule.lr = 1e38;
  const std::string message = message_of<Error>([&] { train("run", 0, 2); });
  EXPECT_TRUE(says(message, "blocks are in", "bad_update_epoch_1"));
}

}  // namespace
}  // namespace rotor
