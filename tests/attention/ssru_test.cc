#include "attention/ssru.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "golden.h"
#include "random_tensor.h"

namespace rotor {
namespace {

constexpr int64_t kWidth = 6, kLength = 7;

std::unique_ptr<Ssru> make() {
  auto ssru = std::make_unique<Ssru>(kWidth);
  ssru->initialise(3);
  for (const auto& parameter : ssru->parameters()) {
    if (parameter.name == "gate.bias") parameter.variable.value().copy_from(random_tensor({kWidth}, 5));
  }
  return ssru;
}

AttentionMask causal() {
  return {{}, {}, true};
}

Tensor feed(const Ssru& ssru, const Tensor& x, int64_t begin, AttentionState& state) {
  const Range at{begin, x.size(1)};
  ssru.absorb(x, at, state, {});
  return ssru.attend(x, at, causal(), state, {}).value();
}

Tensor part(const Tensor& x, int64_t begin, int64_t size) {
  return x.narrow(1, begin, size).clone();
}

TEST(Ssru, HasAGateAndAnInputWithoutBias) {
  std::vector<std::string> names;
  for (const auto& parameter : make()->parameters()) names.push_back(parameter.name);
  EXPECT_EQ(names, (std::vector<std::string>{"gate.weight", "gate.bias", "input.weight"}));
}

TEST(Ssru, FollowsItsFormula) {
  const auto ssru = make();
  const auto parameters = ssru->parameters();
  const Tensor gate = parameters[0].variable.value(), bias = parameters[1].variable.value(),
               input = parameters[2].variable.value(), x = random_tensor({1, kLength, kWidth}, 1);
  const auto state = ssru->kernel().once(causal());
  const Tensor y = feed(*ssru, x, 0, *state);
  std::vector<double> cell(kWidth);
  for (int64_t t = 0; t < kLength; ++t) {
    for (int64_t i = 0; i < kWidth; ++i) {
      double logit = bias.data()[i], in = 0;
      for (int64_t j = 0; j < kWidth; ++j) {
        logit += gate.data()[i * kWidth + j] * x.data()[t * kWidth + j];
        in += input.data()[i * kWidth + j] * x.data()[t * kWidth + j];
      }
      const double kept = 1 / (1 + std::exp(-logit));
      cell[i] = kept * cell[i] + (1 - kept) * in;
      EXPECT_NEAR(y.data()[t * kWidth + i], std::max(cell[i], 0.0), 1e-5) << t << ' ' << i;
    }
  }
}

TEST(Ssru, DecodesInStepsAndUnevenChunksAsInOnePass) {
  const NoGrad no_grad;
  const auto ssru = make();
  const Tensor x = random_tensor({2, kLength, kWidth}, 1);
  const Tensor whole = feed(*ssru, x, 0, *ssru->kernel().once(causal()));
  for (const std::vector<int64_t>& sizes : {std::vector<int64_t>{1, 1, 1, 1, 1, 1, 1}, {3, 1, 2, 1}}) {
    const auto state = ssru->kernel().cache();
    int64_t begin = 0;
    for (const int64_t size : sizes) {
      golden::expect_near(feed(*ssru, part(x, begin, size), begin, *state), part(whole, begin, size), 1e-6, "chunk");
      begin += size;
    }
  }
}

TEST(Ssru, SelectedRowsGoOnFromTheirOwnCells) {
  const NoGrad no_grad;
  const auto ssru = make();
  const Tensor x = random_tensor({2, kLength, kWidth}, 1);
  const Tensor whole = feed(*ssru, x, 0, *ssru->kernel().once(causal()));
  const auto state = ssru->kernel().cache();
  feed(*ssru, part(x, 0, 4), 0, *state);
  EXPECT_EQ(state->rows(), 2);
  const std::vector<int64_t> rows = {1, 1, 0};
  state->select(rows);
  EXPECT_EQ(state->rows(), 3);
  const Tensor next({3, 3, kWidth});
  for (int64_t r = 0; r < 3; ++r) next.narrow(0, r, 1).copy_from(part(x, 4, 3).narrow(0, rows[r], 1));
  const Tensor y = feed(*ssru, next, 4, *state);
  for (int64_t r = 0; r < 3; ++r) {
    golden::expect_near(y.narrow(0, r, 1), part(whole, 4, 3).narrow(0, rows[r], 1), 1e-6, "row");
  }
}

TEST(Ssru, ForgetsNothingOfTokensThatComeInPieces) {
  const auto ssru = make();
  const Tensor x = random_tensor({1, kLength, kWidth}, 1);
  const auto state = ssru->kernel().once(causal());
  feed(*ssru, part(x, 0, 4), 0, *state);
  EXPECT_TRUE(says(message_of<Error>([&] { feed(*ssru, part(x, 4, 3), 4, *state); }), "decode under NoGrad"));
}

TEST(Ssru, ReadsFromLeftToRightOnly) {
  const auto ssru = make();
  const Tensor x = random_tensor({1, 2, kWidth}, 1);
  const auto state = ssru->kernel().once({});
  ssru->absorb(x, {0, 2}, *state, {});
  EXPECT_TRUE(says(message_of<Error>([&] { ssru->attend(x, {0, 2}, {}, *state, {}); }), "left to right"));
  EXPECT_TRUE(says(message_of<Error>([&] { ssru->kernel().memory(); }), "self-attention only"));
}

}  // namespace
}  // namespace rotor
