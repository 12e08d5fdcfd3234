#include "train/token_objective.h"

#include "train/token_validator.h"
#include "train/training.h"

namespace rotor {
namespace {

class TokenObjectiveTest : public TrainerTest {
 protected:
  TokenObjectiveTest() {
    model_options_.dropout = model_options_.attention.dropout = model_options_.activation_dropout = 0;
  }

  BatchLoss loss() const { return objective_of(options_)->loss(make_samples(train_, {})->batch(std::vector{0, 1, 2})); }
};

TEST_F(TokenObjectiveTest, DividesTheLossByTargetTokensAndCountsAllThatWereRead) {
  const Batch batch = make_samples(train_, {})->batch(std::vector{0, 1, 2});
  const BatchLoss found = loss();
  EXPECT_EQ(found.targets, batch.target_tokens);
  EXPECT_EQ(found.tokens, batch.tokens());
  EXPECT_GT(found.nll, 0);
}

TEST_F(TokenObjectiveTest, SmoothsLabelsAndComparesTwoPassesAsTheOptionsSay) {
  options_.optimization.label_smoothing = 0;
  const BatchLoss plain = loss();
  EXPECT_NEAR(plain.loss.value().item(), plain.nll, 1e-3);
  options_.optimization.label_smoothing = 0.2;
  const BatchLoss smooth = loss();
  EXPECT_NEAR(smooth.nll, plain.nll, 1e-3);
  EXPECT_GT(std::abs(smooth.loss.value().item() - plain.loss.value().item()), 0.01);
  const auto of_alpha = [&](double alpha) {
    options_.optimization.rdrop_alpha = alpha;
    seed_random_operators(1);
    return loss().loss.value().item();
  };
  EXPECT_NEAR(of_alpha(5) / of_alpha(0), 2, 1e-4) << "two passes that agree";
  model_options_.dropout = 0.3;
  EXPECT_GT(of_alpha(5) / of_alpha(1), 1.001) << "two that do not, as other dropout is in each";
}

TEST_F(TokenObjectiveTest, RecomputesActivationsToTheSameLossAndGradients) {
  const auto gradients = [&] {
    const auto objective = objective_of(options_);
    backward(objective->loss(make_samples(train_, {})->batch(std::vector{0, 1, 2})).loss);
    std::vector<float> all;
    for (const auto& [name, variable, initialiser] : objective->module().parameters()) {
      const auto gradient = variable.gradient().contiguous();
      all.insert(all.end(), gradient.span().begin(), gradient.span().end());
    }
    return all;
  };
  const std::vector<float> kept = gradients();
  options_.optimization.checkpoint_activations = true;
  const std::vector<float> recomputed = gradients();
  ASSERT_EQ(recomputed.size(), kept.size());
  for (size_t i = 0; i < kept.size(); ++i) EXPECT_NEAR(recomputed[i], kept[i], 1e-5) << i;
}

TEST_F(TokenObjectiveTest, HoldsFarLessWhereActivationsAreRecomputed) {
  expect_less_held_where_recomputed();
}

TEST_F(TokenObjectiveTest, ValidatesOnTheCorpusThatItWasGiven) {
  EXPECT_EQ(objective_of(options_)->validator({}), nullptr);
  validates_ = true;
  const auto objective = objective_of(options_);
  const auto validator = objective->validator({});
  ASSERT_NE(validator, nullptr);
  EXPECT_EQ(validator->samples().size(), valid_.size());
}

}  // namespace
}  // namespace rotor
