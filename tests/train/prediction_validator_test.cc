#include "train/prediction_validator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/check.h"
#include "train/labelled_rows.h"

namespace rotor {
namespace {

const BatchOptions kBatches{.max_tokens = 40, .truncate = "longest", .max_source_positions = 64};

TEST(PredictionValidator, MeasuresTheLossInBitsAndTheShareOfRightRows) {
  const ScratchFolder folder;
  const Corpus corpus = labelled_rows(folder / "rows.safetensors", 12, {"no", "yes"});
  Classifier model(classifier_options({"no", "yes"}));
  model.initialise(1);
  const auto samples = make_samples(corpus, kBatches);
  const SampleScores scores(model, *samples, Batches(*samples, kBatches), alone());
  double nats = 0, right = 0;
  for (int64_t i = 0; i < 12; ++i) {
    const auto row = scores.scores(i);
    const double label = row[i % 2], other = row[1 - i % 2];
    nats += std::log1p(std::exp(other - label));
    right += label > other ? 1 : 0;
  }
  const Scores found = PredictionValidator(model, corpus, kBatches)(alone());
  EXPECT_NEAR(value_of(found, "loss"), nats / 12 / std::numbers::ln2, 1e-5);
  EXPECT_NEAR(value_of(found, "accuracy"), right / 12, 1e-9);
  EXPECT_EQ(metrics_of(model.options()).front(), "loss");
}

TEST(PredictionValidator, RefusesRowsWithoutLabelsAndOtherClasses) {
  const ScratchFolder folder;
  const Corpus numbers = labelled_rows(folder / "numbers.safetensors", 4, {});
  const Classifier model(classifier_options({"no", "yes"}));
  EXPECT_TRUE(says(message_of<Error>([&] { PredictionValidator(model, numbers, kBatches); }), "no, yes", "numbers"));
}

}  // namespace
}  // namespace rotor
