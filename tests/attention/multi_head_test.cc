#include "attention/multi_head.h"

#include <gtest/gtest.h>

#include "autograd/elementwise.h"
#include "base/scratch.h"
#include "golden.h"
#include "position/table.h"
#include "random_tensor.h"
#include "test_name.h"

namespace rotor {
namespace {

constexpr int64_t kWidth = 12, kHeads = 2;
constexpr AttentionWidths kWidths{kWidth, kWidth, kHeads, kHeads};

class MultiHeadGolden : public testing::TestWithParam<std::string> {};

TEST_P(MultiHeadGolden, AgreesForwardAndBackward) {
  const SafeTensors file = golden::open("operators");
  auto name = [](const std::string& part) { return "attention." + GetParam() + "." + part; };
  MultiHeadAttention attention(kWidths, {}, std::make_shared<PositionEncoding>());
  for (const auto& p : attention.parameters()) p.variable.value().copy_from(file.tensor(name(p.name)));
  const bool cross = file.contains(name("key"));
  const Variable query(file.tensor(name("query")), true),
      key = cross ? Variable(file.tensor(name("key")), true) : query;
  const auto state = attention.kernel().once({});
  attention.absorb(key, {0, key.size(1)}, *state);
  const AttentionMask mask{golden::integers(file, name("key_lengths")), {}, GetParam() == "causal", 0};
  const Variable y = attention.attend(query, {0, query.size(1)}, mask, *state);
  golden::expect_near(y.value(), file.tensor(name("output")), 1e-5, "output");
  backward(sum(mul(y, file.tensor(name("gradient.output")))));
  golden::expect_near(query.gradient(), file.tensor(name("gradient.query")), 1e-5, "query");
  if (cross) golden::expect_near(key.gradient(), file.tensor(name("gradient.key")), 1e-5, "key");
  for (const auto& p : attention.parameters()) {
    const Tensor expected = file.tensor(name("gradient." + p.name));
    if (p.name == "k_proj.bias") {  // adds the same to all scores of a query: zero but for rounding
      for (float value : p.variable.gradient().span()) EXPECT_NEAR(value, 0, 1e-4);
    } else {
      golden::expect_near(p.variable.gradient(), expected, 1e-5, p.name);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, MultiHeadGolden, testing::Values("self", "causal", "cross"),
                         [](const auto& info) { return info.param; });

/// Self-attention under every encoding of the table.
class MultiHeadEncoding : public testing::TestWithParam<std::string> {
 protected:
  MultiHeadEncoding()
      : position_(position_encoding(GetParam()).make({}, {kWidth, kHeads, true})), attention_(kWidths, {}, position_) {
    position_->initialise(1);
    attention_.initialise(2);
  }

  Tensor attend(const Tensor& x, Range at, AttentionState& state) const {
    attention_.absorb(x, at, state);
    return attention_.attend(x, at, {{}, {}, true, at.begin}, state).value();
  }

  std::shared_ptr<PositionEncoding> position_;
  MultiHeadAttention attention_;
};

TEST_P(MultiHeadEncoding, OnePassIsStepByStepIsUnevenChunks) {
  const NoGrad no_grad;
  const Tensor x = random_tensor({3, 21, kWidth}, 1);
  const auto whole = attention_.kernel().once({});
  const Tensor expected = attend(x, {0, 21}, *whole);
  for (const std::vector<int64_t>& chunks : {std::vector<int64_t>(21, 1), {4, 1, 16}, {1, 19, 1}}) {
    const auto state = attention_.kernel().cache();
    int64_t begin = 0;
    for (int64_t size : chunks) {
      const Tensor actual = attend(x.narrow(1, begin, size).contiguous(), {begin, size}, *state);
      golden::expect_near(actual, expected.narrow(1, begin, size), 1e-5, fmt::format("{} from {}", size, begin));
      begin += size;
    }
  }
}

TEST_P(MultiHeadEncoding, ASentenceDoesNotDependOnItsNeighboursOrPadding) {
  const NoGrad no_grad;
  const std::vector<int32_t> lengths = {7, 3, 1};
  const Tensor x = random_tensor({3, 7, kWidth}, 1);
  const auto state = attention_.kernel().once({});
  attention_.absorb(x, {0, 7}, *state);
  const Tensor together = attention_.attend(x, {0, 7}, {lengths, lengths}, *state).value();
  for (int64_t row = 0; row < 3; ++row) {
    const int64_t length = lengths[row];
    const Tensor own = x.narrow(0, row, 1).narrow(1, 0, length).contiguous();
    const auto alone = attention_.kernel().once({});
    attention_.absorb(own, {0, length}, *alone);
    golden::expect_near(attention_.attend(own, {0, length}, {}, *alone).value(),
                        together.narrow(0, row, 1).narrow(1, 0, length), 1e-5, "row");
  }
}

INSTANTIATE_TEST_SUITE_P(Table, MultiHeadEncoding, testing::ValuesIn(position_encoding_names()), test_name);

/// fairseq's start has a smaller gain where queries, keys and values come from vectors of one width.
TEST(MultiHeadAttention, StartsAsFairseqDoesForWidthsThatAreEqualOrNot) {
  constexpr int64_t kMemory = 20;
  for (const int64_t memory : {kWidth, kMemory}) {
    MultiHeadAttention attention({kWidth, memory, kHeads, kHeads}, {}, std::make_shared<PositionEncoding>());
    attention.initialise(1);
    for (const auto& parameter : attention.parameters()) {
      const Shape& shape = parameter.variable.shape();
      if (shape.rank() != 2) continue;
      const bool smaller = memory == kWidth && parameter.name != "out_proj.weight";
      const double bound = std::sqrt((smaller ? 0.5 : 1) * 6 / static_cast<double>(shape[0] + shape[1]));
      double largest = 0;
      for (const float value : parameter.variable.value().span()) largest = std::max<double>(largest, std::abs(value));
      EXPECT_LE(largest, bound * 1.000001) << parameter.name;
      EXPECT_GT(largest, bound * 0.9) << parameter.name;
    }
  }
}

TEST(MultiHeadAttention, ItsWeightsOfMemoryAreTheMeanOfTheHeadsSoftmax) {
  const int64_t sources = 2, hypotheses = 3, longest = 19, d = kWidth / kHeads;
  const std::vector<int32_t> lengths = {19, 7};
  MultiHeadAttention attention(kWidths, {}, std::make_shared<PositionEncoding>());
  attention.initialise(1);
  const Tensor memory = random_tensor({sources, longest, kWidth}, 2),
               x = random_tensor({sources * hypotheses, kWidth}, 3);
  const NoGrad no_grad;
  const auto state = attention.kernel().memory();
  attention.absorb(memory, {0, longest}, *state);
  const Tensor weights = attention.weights(x, {0, 1}, {lengths, {}}, *state);
  ASSERT_EQ(weights.shape(), (Shape{sources * hypotheses, longest}));
  const auto parameters = attention.parameters();  // weight and bias of q, then those of k
  const Tensor q = linear(x, parameters[0].variable, parameters[1].variable).value();
  const Tensor k = linear(memory, parameters[2].variable, parameters[3].variable).value();
  for (int64_t row = 0; row < sources * hypotheses; ++row) {
    const int64_t source = row / hypotheses;
    std::vector<double> expected(longest);
    for (int64_t h = 0; h < kHeads; ++h) {
      std::vector<double> e(lengths[source]);
      double sum = 0;
      for (int64_t t = 0; t < lengths[source]; ++t) {
        double score = 0;
        for (int64_t c = h * d; c < (h + 1) * d; ++c) {
          score += q.data()[row * kWidth + c] * k.data()[(source * longest + t) * kWidth + c];
        }
        sum += e[t] = std::exp(score / std::sqrt(static_cast<double>(d)));
      }
      for (int64_t t = 0; t < lengths[source]; ++t) expected[t] += e[t] / sum / kHeads;
    }
    for (int64_t t = 0; t < longest; ++t) EXPECT_NEAR(weights.data()[row * longest + t], expected[t], 1e-5);
  }
}

}  // namespace
}  // namespace rotor
