#include "train/prediction_objective.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "model/model_file.h"
#include "train/prediction_validator.h"
#include "train/training.h"

namespace rotor {
namespace {

constexpr SpecialTokens kSpecials{.mask = 4};

/// Trainings on rows of two texts; a row is of class 1, or its number high, if its second text has token 7.
class PredictionTraining : public TrainerTest {
 protected:
  PredictionTraining() {
    model_options_.task = kSentencePrediction;
    model_options_.apply_architecture("bert_tiny");
    model_options_.encoder = tiny_options().encoder;
    model_options_.tokens = kSpecials;
    model_options_.head.labels = {"no", "yes"};
    options_.optimization.schedule.lr = 0.01;
    options_.optimization.update_freq = 1;
    batches_.max_tokens = 256;
    validates_ = true;
    give_words();
    make_corpora();
  }

  void make_corpora() {
    train_ = rows(120, 1, "train_rows");
    valid_ = rows(40, 2, "valid_rows");
  }

  Corpus rows(int64_t count, uint64_t seed, const std::string& name) const {
    const bool ranks = model_options_.task == kSentenceRanking;
    std::vector<ColumnInfo> columns;
    const CorpusTask& task = corpus_task(model_options_.task);
    for (const std::string& column : task.column_names(ranks ? 3 : 2)) {
      columns.push_back({column, "en", "abc", 30, kSpecials});
    }
    CorpusWriter writer(folder_ / (name + ".safetensors"), task, columns);
    Random random(seed);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t label = static_cast<int64_t>(random.below(2));
      Ids plain, marked;
      for (int t = 0; t < 4; ++t) plain.push_back(static_cast<int32_t>(10 + random.below(20)));
      marked = plain;
      marked[random.below(4)] = 7;
      if (ranks) {
        writer.add(label == 0 ? std::vector{plain, marked, plain} : std::vector{plain, plain, marked});
      } else {
        writer.add({plain, label == 1 ? marked : plain});
      }
      writer.label(static_cast<float>(label));
    }
    const auto& labels = model_options_.head.labels;
    if (!labels.empty()) writer.name_classes(fmt::format(R"(["{}"])", fmt::join(labels, "\",\"")));
    writer.finish();
    return Corpus(folder_ / (name + ".safetensors"));
  }

  std::unique_ptr<Objective> objective_of(const TrainerOptions& options, uint64_t seed = 1) const override {
    auto model = std::make_unique<Classifier>(model_options_);
    model->initialise(seed);
    return std::make_unique<PredictionObjective>(options, std::move(model), vocabulary_.source, "en",
                                                 validates_ ? std::optional(valid_) : std::nullopt, class_weights_);
  }

  std::vector<float> class_weights_;
};

TEST_F(PredictionTraining, LearnsClassesWithEveryHeadAndPooling) {
  for (const std::string& head : head_names()) {
    for (const char* pooling : {"first", "mean"}) {
      model_options_.head.kind = head;
      model_options_.head.pooling = pooling;
      const std::string name = head + pooling;
      EXPECT_GT(train(name, 0, 40).best.of("accuracy").value(), 0.9) << name;
    }
  }
  EXPECT_NEAR(reports("bertfirst").front()["loss"], 1, 0.2) << "bits, near that of guessing";
}

TEST_F(PredictionTraining, LearnsNumbersAndReportsTheirSquaredError) {
  model_options_.head.labels.clear();
  make_corpora();
  train("run", 0, 40);
  const auto all = reports("run");
  EXPECT_LT(all.back()["valid_loss"], 0.1);
  EXPECT_NEAR(all.front()["loss"], 0.5, 0.3) << "a squared error, not one in bits";
  EXPECT_FALSE(all.front().contains("ppl"));
}

TEST_F(PredictionTraining, LearnsWhichCandidateFits) {
  model_options_.task = kSentenceRanking;
  model_options_.head.labels.clear();
  make_corpora();
  EXPECT_GT(train("run", 0, 40).best.of("accuracy").value(), 0.9);
  EXPECT_NEAR(reports("run").front()["loss"], 1, 0.2);
}

TEST_F(PredictionTraining, ResumesToTheSameBytesAndTogether) {
  class_weights_ = {1, 2};
  train("whole", 8);
  train("parts", 5);
  train("parts", 8, 0, 99);
  EXPECT_TRUE(bytes("parts", "last") == bytes("whole", "last"));
  options_.optimization.update_freq = 2;
  train("two batches", 6);
  train_together("two", 2, 1, 6);
  expect_same_reports("two batches", "two");
}

TEST_F(PredictionTraining, CountsEachRowByTheWeightOfItsClass) {
  const Batch batch = TrainingData(std::vector<WeightedCorpus>{{train_, 1}}, batches_).batch(0, 1);
  const auto loss = [&](std::vector<float> class_weights) {
    class_weights_ = std::move(class_weights);
    seed_random_operators(1);
    return objective_of(options_)->loss(batch).loss.value().item();
  };
  const float plain = loss({}), no = loss({1, 0}), yes = loss({0, 1});
  EXPECT_GT(no, 0);
  EXPECT_GT(yes, 0);
  EXPECT_NEAR(no + yes, plain, 1e-4);
  EXPECT_NEAR(loss({1, 2}), no + 2 * yes, 1e-4);
}

TEST_F(PredictionTraining, HoldsFarLessWhereActivationsAreRecomputed) {
  expect_less_held_where_recomputed();
}

TEST_F(PredictionTraining, StartsFromTheEncoderOfAModelWithoutClasses) {
  for (const char* task : {kMaskedLm, kSentenceEncoding}) {
    TransformerOptions options = model_options_;
    options.task = task;
    options.head = {};
    const auto encoder = make_model(options);
    encoder->initialise(77);
    SafeTensorsWriter writer;
    add_model(writer, *encoder, vocabulary_);
    writer.write(folder_ / "start.safetensors");
    options_.checkpoints.finetune_from_model = folder_ / "start.safetensors";
    options_.optimization.freeze = {"^encoder"};
    train(task, 2);
    const SafeTensors trained(folder_ / task / "checkpoint_last.safetensors");
    for (const auto& [name, value] : encoder->values()) {
      if (!name.starts_with("encoder.")) continue;
      const auto stored = trained.tensor(name).contiguous();
      EXPECT_TRUE(std::ranges::equal(stored.span(), value.contiguous().span())) << task << ' ' << name;
    }
  }
  model_options_.token_types = 0;
  EXPECT_TRUE(says(message_of<Error>([&] { train("other", 2); }), "token_types"));
}

TEST_F(PredictionTraining, StartsFromTheEncoderOfAModelOfOtherLabels) {
  train("other", 3);
  const SafeTensors other(folder_ / "other/checkpoint_last.safetensors");
  options_.checkpoints.finetune_from_model = other.path();
  options_.optimization.freeze = {"^encoder"};
  for (const std::vector<std::string>& labels : {std::vector<std::string>{"false", "true"}, {}}) {
    model_options_.head.labels = labels;
    const std::string name = labels.empty() ? "numbers" : "classes";
    make_corpora();
    testing::internal::CaptureStdout();
    train(name, 2);
    EXPECT_TRUE(says(testing::internal::GetCapturedStdout(), "the encoder of",
                     "other/checkpoint_last.safetensors, which "
                     "predicts labels no, yes and not",
                     labels.empty() ? "numbers" : "labels false, true", "is taken, and", "head.out_proj.weight",
                     "start anew"));
    const SafeTensors trained(folder_ / name / "checkpoint_last.safetensors");
    const auto same = [&](const std::string& tensor) {
      const Tensor a = trained.tensor(tensor).contiguous(), b = other.tensor(tensor).contiguous();
      return std::ranges::equal(a.span(), b.span());
    };
    EXPECT_TRUE(same("encoder.layers.0.fc1.weight"));
    EXPECT_EQ(trained.tensor("head.out_proj.weight").size(0), labels.empty() ? 1 : 2);
    if (!labels.empty()) {
      EXPECT_FALSE(same("head.out_proj.weight"));
    }
  }
}

TEST_F(PredictionTraining, ResumesNoTrainingOfOtherLabels) {
  train("run", 2);
  model_options_.head.labels = {"false", "true"};
  make_corpora();
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 3); }), "labels", "yes", "true", "another --save-dir"));
}

TEST_F(PredictionTraining, RefusesPairsForAModelOfOneTokenType) {
  model_options_.token_types = 1;
  EXPECT_TRUE(says(message_of<Error>([&] { check_texts(model_options_, valid_); }), "valid_rows", "--token-types 1",
                   "rows of 2"));
  model_options_.token_types = 0;
  check_texts(model_options_, valid_);
}

TEST_F(PredictionTraining, StopsByTheMetricThatDecides) {
  options_.checkpoints.best_checkpoint_metric = "accuracy";
  options_.checkpoints.validate_interval = 1;
  options_.checkpoints.patience = 2;
  options_.optimization.schedule.lr = 1e-9;  // nothing is learnt, so that no accuracy is above the first
  const TrainerState state = train("run", 0, 40);
  EXPECT_EQ(state.validations_without_gain, 2);
  std::vector<double> accuracies;
  for (const auto& report : reports("run")) {
    if (report.contains("valid_accuracy")) accuracies.push_back(report["valid_accuracy"]);
  }
  ASSERT_EQ(accuracies.size(), 3u) << "the first, and two without gain";
  EXPECT_EQ(accuracies[0], accuracies[2]);
}

TEST_F(PredictionTraining, RefusesOtherLabelsAndNone) {
  TransformerOptions other = model_options_;
  other.head.labels = {"a", "b"};
  EXPECT_TRUE(says(message_of<Error>([&] { check_labels(other, valid_); }), "a, b", "no, yes"));
  other.head.labels.clear();
  EXPECT_TRUE(says(message_of<Error>([&] { check_labels(other, valid_); }), "numbers", "no, yes"));
}

}  // namespace
}  // namespace rotor
