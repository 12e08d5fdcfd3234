#include "autograd/projection.h"

#include "autograd/gradient_check.h"
#include "autograd/layers.h"
#include "base/check.h"
#include "base/scratch.h"
#include "golden.h"
#include "tensor/allocation_limit.h"
#include "threads.h"

namespace rotor {
namespace {

/// ½ Σ logits², a chunk of rows at a time: its gradient of the logits is the logits.
Variable half_of_squares(const Inputs& x, int64_t chunk) {
  Projection projection(x[0], x[1], x.size() > 2 ? x[2] : Variable());
  double value = 0;
  for (int64_t first = 0; first < x[0].size(0); first += chunk) {
    const Tensor logits = projection.logits(first, std::min(chunk, x[0].size(0) - first));
    for (const float logit : logits.span()) value += 0.5 * logit * logit;
    projection.add_gradient(first, logits);
  }
  return projection.with_gradients(value);
}

std::vector<Tensor> inputs(bool bias) {
  std::vector<Tensor> all = {random_tensor({5, 3}, 1), random_tensor({4, 3}, 2)};
  if (bias) all.push_back(random_tensor({4}, 3));
  return all;
}

TEST(Gradient, OfAProjectionThatComesInChunks) {
  for (const bool bias : {false, true}) {
    for (const int64_t chunk : {1, 2, 5}) {
      expect_gradients([&](const Inputs& x) { return half_of_squares(x, chunk); }, inputs(bias));
    }
  }
}

TEST(Projection, HasTheLogitsOfALinearLayer) {
  const auto x = inputs(true);
  const Tensor all = linear(Variable(x[0]), x[1], x[2]).value();
  const Projection projection(x[0], x[1], x[2]);
  golden::expect_near(projection.logits(1, 3), all.narrow(0, 1, 3), 1e-6, "rows 1 to 3");
}

TEST(Projection, PassesOnTheGradientOfItsValue) {
  const auto x = inputs(true);
  const auto gradient = [&](float factor) {
    const Inputs leaves = {{x[0], true}, {x[1], true}, {x[2], true}};
    backward(scale(half_of_squares(leaves, 2), factor));
    return leaves[1].gradient();
  };
  const Tensor once = gradient(1), threefold = gradient(3), expected = Tensor::zeros(once.shape());
  expected.add(once, 3);
  golden::expect_near(threefold, expected, 1e-6, "threefold");
}

TEST(Projection, OfNoGradientHasZeros) {
  const auto x = inputs(false);
  const Inputs leaves = {{x[0], true}, {x[1], true}};
  const Variable value = Projection(leaves[0], leaves[1], {}).with_gradients(7);
  EXPECT_EQ(value.value().item(), 7);
  backward(value);
  for (const Variable& leaf : leaves) {
    for (const float number : leaf.gradient().span()) EXPECT_EQ(number, 0);
  }
}

TEST(Projection, MakesNoGradientOfWhatIsFrozen) {
  const auto x = inputs(true);
  const auto gradients = [&](const std::vector<bool>& trained) {
    const Inputs leaves = {{x[0], trained[0]}, {x[1], trained[1]}, {x[2], trained[2]}};
    backward(half_of_squares(leaves, 2));
    return std::vector{leaves[0].gradient(), leaves[1].gradient(), leaves[2].gradient()};
  };
  const auto all = gradients({true, true, true});
  for (size_t only = 0; only < 3; ++only) {
    std::vector<bool> trained(3);
    trained[only] = true;
    const auto found = gradients(trained);
    for (size_t i = 0; i < 3; ++i) EXPECT_EQ(found[i].defined(), i == only);
    expect_same_bits(found[only], all[only], "the gradient of what is trained");
  }
}

TEST(Projection, TakesNoMemoryForTheGradientOfAFrozenWeight) {
  const Variable features(random_tensor({5, 3}, 1), true), bias(random_tensor({1000}, 3), true);
  const Variable weight = random_tensor({1000, 3}, 2);
  const AllocationLimit below_that_of_the_weight(1000 * 3 * sizeof(float));
  EXPECT_NO_THROW(Projection(features, weight, bias));
}

TEST(Projection, KeepsNothingWhereNothingIsRecorded) {
  const NoGrad no_grad;
  const auto x = inputs(false);
  const Inputs leaves = {{x[0], true}, {x[1], true}};
  EXPECT_FALSE(half_of_squares(leaves, 2).needs_gradient());
}

TEST(Projection, RefusesWhatDoesNotFit) {
  const auto x = inputs(true);
  EXPECT_TRUE(says(message_of<Error>([&] { Projection(random_tensor({5, 2}, 1), x[1], {}); }), "width 3"));
  EXPECT_TRUE(says(message_of<Error>([&] { Projection(x[0], x[1], random_tensor({3}, 1)); }), "a bias of 4 numbers"));
  const Projection projection(x[0], x[1], {});
  EXPECT_NO_THROW(projection.check(std::vector<int32_t>{0, 3}));
  EXPECT_TRUE(says(message_of<Error>([&] { projection.check(std::vector<int32_t>{0, 4}); }), "below 4, got 4"));
  EXPECT_THROW(projection.check(std::vector<int32_t>{-1}), Error);
}

}  // namespace
}  // namespace rotor
