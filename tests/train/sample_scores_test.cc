#include "train/sample_scores.h"

#include <gtest/gtest.h>

#include "train/labelled_rows.h"
#include "train/team.h"

namespace rotor {
namespace {

const BatchOptions kBatches{.max_tokens = 40, .truncate = "longest", .max_source_positions = 64};

TEST(SampleScores, AreThoseOfEachRowAloneInTheOrderOfTheCorpus) {
  const ScratchFolder folder;
  const Corpus corpus = labelled_rows(folder / "rows.safetensors", 12, {"no", "yes"});
  Classifier model(classifier_options({"no", "yes"}));
  model.initialise(1);
  const auto samples = make_samples(corpus, kBatches);
  const SampleScores scores(model, *samples, Batches(*samples, kBatches), alone());
  ASSERT_EQ(scores.size(), 12);
  EXPECT_EQ(scores.outputs(), 2);
  const NoGrad no_grad;
  for (int32_t i = 0; i < 12; ++i) {
    const auto own = batch_scores(model, samples->batch(std::vector{i})).value().contiguous();
    for (size_t k = 0; k < 2; ++k) EXPECT_NEAR(scores.scores(i)[k], own.span()[k], 1e-5) << i;
  }
  Team::run(2, [&](Workers& worker) {
    const SampleScores shared(model, *samples, Batches(*samples, kBatches), worker);
    for (int64_t i = 0; i < 12; ++i) EXPECT_NEAR(shared.scores(i)[0], scores.scores(i)[0], 1e-6) << i;
  });
}

TEST(SampleScores, KnowWhichRowsWereLeftOut) {
  const ScratchFolder folder;
  const Corpus corpus = labelled_rows(folder / "rows.safetensors", 12, {"no", "yes"});
  Classifier model(classifier_options({"no", "yes"}));
  model.initialise(1);
  BatchOptions options = kBatches;
  options.truncate = "none";
  options.max_source_positions = 6;
  const auto samples = make_samples(corpus, options);
  const SampleScores scores(model, *samples, Batches(*samples, options), alone());
  int64_t known = 0;
  for (int64_t i = 0; i < 12; ++i) {
    EXPECT_EQ(scores.has(i), samples->lengths(i).source <= 6) << i;
    known += scores.has(i) ? 1 : 0;
  }
  EXPECT_GT(known, 0);
  EXPECT_LT(known, 12);
}

TEST(PredictionKind, IsOfClassesCandidatesOrANumber) {
  TransformerOptions options = classifier_options({"no", "yes"});
  EXPECT_EQ(prediction_kind(options), PredictionKind::kClasses);
  options.head.labels.clear();
  EXPECT_EQ(prediction_kind(options), PredictionKind::kNumber);
  options.task = kSentenceRanking;
  EXPECT_EQ(prediction_kind(options), PredictionKind::kCandidates);
}

}  // namespace
}  // namespace rotor
