#include "train/gradient_sum.h"

#include <gtest/gtest.h>

#include "autograd/elementwise.h"
#include "random_tensor.h"
#include "train/team.h"

namespace rotor {
namespace {

/// Four parameters of 16 numbers, of which the loss uses the first three, the first one twice.
struct Four : Module {
  Variable a = parameter("a", {16}, ones()), b = parameter("b", {16}, ones()), c = parameter("c", {16}, ones()),
           d = parameter("d", {16}, ones());
  Variable loss(float factor) const { return scale(sum(mul(a, mul(b, mul(c, a)))), factor); }
};

/// One of two workers, of which the other has no gradients; notes what is begun when.
class Noting : public Workers {
 public:
  int rank() const override { return 0; }
  int size() const override { return 2; }
  void begin_sum(std::span<float> values) override { begun.emplace_back(values.data(), values.size()); }
  void finish_sums() override { finished = begun.size(); }
  void sum(std::span<double>) override {}
  int64_t highest(int64_t value) override { return value; }
  void broadcast(std::span<std::byte>) override {}
  int threads() override { return 1; }

  std::vector<std::pair<float*, size_t>> begun;
  size_t finished = 0;
};

TEST(GradientSum, BeginsBucketsFromTheLastWhenTheyAreFinal) {
  Four model;
  model.initialise(1);
  ParameterBuffer parameters(model);
  Noting workers;
  GradientSum sums(parameters, workers, 16);
  float* gradients = parameters.gradients().data();
  backward(model.loss(1));
  EXPECT_TRUE(workers.begun.empty()) << "not the last batch";
  for (int update = 0; update < 2; ++update) {
    workers.begun.clear();
    sums.open();
    backward(model.loss(1));
    EXPECT_TRUE(workers.begun.empty()) << "the last parameter is unused, and the others wait for it";
    sums.finish();
    ASSERT_EQ(workers.begun.size(), 4u);
    for (size_t i = 0; i < 4; ++i) EXPECT_EQ(workers.begun[i], std::pair(gradients + 16 * (3 - i), size_t{16}));
    EXPECT_EQ(workers.finished, 4u);
  }
  workers.begun.clear();
  sums.open();
  backward(add(model.loss(1), sum(model.d)));
  EXPECT_EQ(workers.begun.size(), 4u) << "all begun within the backward pass";
  sums.finish();
  EXPECT_EQ(workers.begun.size(), 4u);
}

TEST(GradientSum, HoldsEveryParameterInOneBucketWhateverItsSize) {
  for (int64_t size : {1, 17, 32, 1000}) {
    Four model;
    ParameterBuffer parameters(model);
    Noting workers;
    GradientSum(parameters, workers, size).finish();
    float* next = parameters.gradients().data() + parameters.gradients().elements();
    for (const auto& [begin, count] : workers.begun) {
      EXPECT_EQ(begin + count, next);
      next = begin;
    }
    EXPECT_EQ(next, parameters.gradients().data());
  }
}

TEST(GradientSum, OfWorkersWithAndWithoutABatchIsTheSumOfTheirGradients) {
  Team::run(3, [](Workers& worker) {
    Four model;
    model.initialise(1);
    ParameterBuffer parameters(model);
    GradientSum sums(parameters, worker, 20);
    parameters.zero_gradients();
    if (worker.rank() < 2) {
      sums.open();
      backward(model.loss(static_cast<float>(1 + worker.rank())));
    }
    sums.finish();
    EXPECT_FLOAT_EQ(model.a.gradient().data()[0], 6);
    EXPECT_FLOAT_EQ(model.b.gradient().data()[15], 3);
    EXPECT_FLOAT_EQ(model.d.gradient().data()[0], 0);
  });
}

}  // namespace
}  // namespace rotor
