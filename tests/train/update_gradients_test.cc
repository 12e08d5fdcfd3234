#include "train/update_gradients.h"

#include <gtest/gtest.h>

#include <cmath>

#include "train/training.h"

namespace rotor {
namespace {

/// What an update's batches come to.
struct Computed {
  LossSums sums;
  std::vector<float> gradients;
  int64_t first_bad = -1;
};

/// Batches of one pair each, two of which hold a word whose embedding is no number.
class UpdateGradientsTest : public TrainerTest {
 protected:
  UpdateGradientsTest() {
    model_options_.share_all_embeddings = false;
    auto pairs = random_pairs(8, 1);
    for (auto& [source, target] : pairs) std::replace(source.begin(), source.end(), kBadWord, kBadWord - 1);
    for (const int64_t bad : kBadPairs) pairs[bad].first.back() = kBadWord;
    samples_ = make_samples(corpus_of(folder_ / "pairs.safetensors", pairs, 30), batches_);
  }

  /// The update number `update` of these pairs by a copy of the model, and before it those of others.
  Computed compute(int64_t update, const Ids& pairs, Workers& workers = alone(), const Ids& before = {}) const {
    const std::unique_ptr<Objective> objective = objective_of(options_);
    spoil(objective->module());
    ParameterBuffer parameters(objective->module());
    UpdateGradients gradients(options_.optimization, *objective, parameters, workers);
    const auto run = [&](const Ids& numbers) {
      return gradients(update, std::ssize(numbers), [&](int64_t i) { return samples_->batch(Ids{numbers[i]}); });
    };
    if (!before.empty()) run(before);
    const LossSums sums = run(pairs);
    const auto all = parameters.gradients().span();
    return {sums, {all.begin(), all.end()}, gradients.first_bad(std::ssize(pairs))};
  }

  static void expect_near(const std::vector<float>& gradients, const std::vector<float>& expected) {
    ASSERT_EQ(gradients.size(), expected.size());
    double norm = 0, difference = 0;
    for (size_t i = 0; i < expected.size(); ++i) {
      norm += std::pow(expected[i], 2);
      difference += std::pow(gradients[i] - expected[i], 2);
    }
    EXPECT_GT(norm, 0);
    EXPECT_LT(std::sqrt(difference / norm), 1e-5);
  }

  static constexpr int64_t kBadPairs[] = {5, 7};
  std::unique_ptr<const Samples> samples_;
};

TEST_F(UpdateGradientsTest, AreTheSumsOverTheBatches) {
  model_options_.dropout = model_options_.attention.dropout = model_options_.activation_dropout = 0;
  const Computed a = compute(0, {0}), b = compute(0, {1}), both = compute(0, {0, 1});
  std::vector<float> sum = a.gradients;
  for (size_t i = 0; i < sum.size(); ++i) sum[i] += b.gradients[i];
  expect_near(both.gradients, sum);
  EXPECT_NEAR(both.sums.loss, a.sums.loss + b.sums.loss, 1e-4);
  EXPECT_EQ(both.sums.targets, a.sums.targets + b.sums.targets);
  EXPECT_EQ(both.sums.tokens, a.sums.tokens + b.sums.tokens);
}

TEST_F(UpdateGradientsTest, ForgetTheUpdateBefore) {
  EXPECT_EQ(compute(3, {0, 1}, alone(), {2, 3, 4}).gradients, compute(3, {0, 1}).gradients);
  EXPECT_EQ(compute(3, {0, 1}, alone(), {5}).first_bad, -1);
}

TEST_F(UpdateGradientsTest, DropByTheUpdateAndThePlaceOfABatch) {
  const double loss = compute(3, {0}).sums.loss;
  EXPECT_EQ(compute(3, {0}).sums.loss, loss);
  EXPECT_NE(compute(4, {0}).sums.loss, loss);
  EXPECT_NE(compute(3, {0, 0}).sums.loss, 2 * loss) << "the second place drops others";
  options_.optimization.seed = 2;
  EXPECT_NE(compute(3, {0}).sums.loss, loss);
}

TEST_F(UpdateGradientsTest, AreThoseOfOneForAnyNumberOfWorkers) {
  for (const Ids& pairs : {Ids{0, 1, 2, 3, 4}, Ids{0, 1}}) {  // of the last, one worker has none
    const Computed one = compute(3, pairs);
    Team::run(3, [&](Workers& worker) {
      const Computed shared = compute(3, pairs, worker);
      expect_near(shared.gradients, one.gradients);
      EXPECT_NEAR(shared.sums.loss, one.sums.loss, 1e-4);
      EXPECT_EQ(shared.sums.targets, one.sums.targets);
    });
  }
}

TEST_F(UpdateGradientsTest, NameTheFirstBadBatchOfAllWorkers) {
  EXPECT_EQ(compute(0, {0, 1, 2}).first_bad, -1);
  EXPECT_EQ(compute(0, {5, 1, 2}).first_bad, 0);
  for (const int workers : {1, 2, 3}) {
    Team::run(workers, [&](Workers& worker) {
      EXPECT_EQ(compute(0, {0, 5, 1, 7, 7}, worker).first_bad, 1) << workers << " workers";
      EXPECT_EQ(compute(0, {0, 1, 2, 3, 7}, worker).first_bad, 4) << workers << " workers";
      EXPECT_EQ(compute(0, {0, 1, 2}, worker).first_bad, -1) << workers << " workers";
    });
  }
}

}  // namespace
}  // namespace rotor
