#include "attention/softmax.h"

#include <gtest/gtest.h>

#include "attention/heads.h"
#include "autograd/gradient_check.h"
#include "autograd/layers.h"
#include "golden.h"
#include "position/rope.h"

namespace rotor {
namespace {

constexpr int64_t kBatch = 2, kHeads = 2, kLength = 9, kWidth = 4;

/// Says that it needs scores, and changes none.
class Identity : public PositionEncoding {
 public:
  Touches touches() const override { return {.scores = true}; }
};

/// What Toy adds to the score and to the weight's part of the context of a query at m and a key at n.
double score_bias(int64_t m, int64_t n) {
  return 0.3 * static_cast<double>(m - n) - 0.02 * static_cast<double>(m * n);
}
double context_bias(int64_t m, int64_t n) {
  return 0.1 * static_cast<double>(m - 2 * n);
}

/// Turns q and k, adds 0.5 q·k + score_bias to the scores, and Σ_n w_mn context_bias(m, n) to the context.
class Toy : public PositionEncoding {
 public:
  Variable on_queries(const Variable& q, Range at) const override { return rope_->on_queries(q, at); }

  Variable on_keys(const Variable& k, Range at) const override {
    absorbed.push_back(at);
    return rope_->on_keys(k, at);
  }

  Variable on_scores(const Variable& scores, const Variable& q, const Variable& k, Range queries,
                     Range keys) const override {
    const Variable more = scale(matmul(q, transpose(k, 2, 3)), 0.5f);
    return add(add(scores, more), table(score_bias, {queries.size, keys.size}, queries, keys));
  }

  Variable on_context(const Variable& context, const Variable& weights, Range queries, Range keys) const override {
    const Variable biased = mul(weights, table(context_bias, weights.shape(), queries, keys));
    return add(context,
               matmul(biased, Tensor::full({context.size(0), context.size(1), keys.size, context.size(3)}, 1)));
  }

  Touches touches() const override { return {.heads = true, .scores = true, .reads_keys = true}; }

  mutable std::vector<Range> absorbed;

 private:
  static Tensor table(double (*f)(int64_t, int64_t), Shape shape, Range queries, Range keys) {
    Tensor result(shape);
    const int64_t period = queries.size * keys.size;
    for (int64_t i = 0; i < result.elements(); ++i) {
      const int64_t m = queries.begin + i % period / keys.size, n = keys.begin + i % keys.size;
      result.data()[i] = static_cast<float>(f(m, n));
    }
    return result;
  }

  std::unique_ptr<PositionEncoding> rope_ = make_rope({}, {kWidth * kHeads, kHeads, true});
};

std::unique_ptr<AttentionKernel> softmax(std::shared_ptr<const PositionEncoding> position, double dropout = 0) {
  return make_kernel({.dropout = dropout}, {kHeads, kHeads, kWidth}, std::move(position));
}

/// [B, H, T, d] as a model makes it: heads within tokens.
Tensor heads(uint64_t seed) {
  return random_tensor({kBatch, kLength, kHeads, kWidth}, seed).transpose(1, 2);
}

struct Turned {
  double numbers[kWidth];
};

/// A row turned as rope does, in double.
Turned turn(const Tensor& x, int64_t b, int64_t h, int64_t m) {
  const float* row = x.data() + b * x.stride(0) + h * x.stride(1) + m * x.stride(2);
  Turned y;
  for (int64_t i = 0; i < kWidth; i += 2) {
    const double angle = static_cast<double>(m) * std::pow(10000.0, -static_cast<double>(i) / kWidth);
    y.numbers[i] = row[i] * std::cos(angle) - row[i + 1] * std::sin(angle);
    y.numbers[i + 1] = row[i] * std::sin(angle) + row[i + 1] * std::cos(angle);
  }
  return y;
}

/// Toy's attention of query m to keys 0 … visible − 1, by loops: context [d].
std::vector<double> toy_context(const Tensor& q, const Tensor& k, const Tensor& v, int64_t b, int64_t h, int64_t m,
                                int64_t visible) {
  const Turned query = turn(q, b, h, m);
  std::vector<double> weights(visible), context(kWidth, 0.0);
  double sum = 0;
  for (int64_t n = 0; n < visible; ++n) {
    const Turned key = turn(k, b, h, n);
    double score = 0;
    for (int64_t c = 0; c < kWidth; ++c) score += query.numbers[c] / 2 * key.numbers[c];  // √d = 2
    sum += weights[n] = std::exp(1.5 * score + score_bias(m, n));
  }
  for (int64_t n = 0; n < visible; ++n) {
    const float* value = v.data() + b * v.stride(0) + h * v.stride(1) + n * v.stride(2);
    for (int64_t c = 0; c < kWidth; ++c) context[c] += weights[n] / sum * (value[c] + context_bias(m, n));
  }
  return context;
}

void expect_toy(const Tensor& actual, Range at, const Tensor& q, const Tensor& k, const Tensor& v) {
  const Tensor x = actual.contiguous();
  for (int64_t b = 0; b < kBatch; ++b) {
    for (int64_t h = 0; h < kHeads; ++h) {
      for (int64_t i = 0; i < at.size; ++i) {
        const auto expected = toy_context(q, k, v, b, h, at.begin + i, at.begin + i + 1);
        for (int64_t c = 0; c < kWidth; ++c) {
          EXPECT_NEAR(x.data()[((b * kHeads + h) * at.size + i) * kWidth + c], expected[c], 1e-5) << b << h << i << c;
        }
      }
    }
  }
}

TEST(SoftmaxAttention, CallsAllHooksInOnePass) {
  const auto attention = softmax(std::make_shared<Toy>());
  const Tensor q = heads(1), k = heads(2), v = heads(3);
  const auto state = attention->once({});
  absorb(*state, k, v, {0, kLength});
  expect_toy(attend(*state, q, {0, kLength}, {{}, {}, true, 0}).value(), {0, kLength}, q, k, v);
}

TEST(SoftmaxAttention, CallsAllHooksStepByStepAndOnKeysOnceAKey) {
  const NoGrad no_grad;
  const Tensor q = heads(1), k = heads(2), v = heads(3);
  for (const std::vector<int64_t>& chunks : {std::vector<int64_t>(kLength, 1), {3, 1, 5}, {1, 7, 1}}) {
    const auto toy = std::make_shared<Toy>();
    const auto attention = softmax(toy);
    const auto state = attention->cache();
    int64_t begin = 0;
    for (int64_t size : chunks) {
      const Range at{begin, size};
      absorb(*state, k.narrow(2, begin, size), v.narrow(2, begin, size), at);
      const Variable context = attend(*state, q.narrow(2, begin, size), at, {{}, {}, true, begin});
      expect_toy(context.value(), at, q, k, v);
      begin += size;
    }
    ASSERT_EQ(toy->absorbed.size(), chunks.size());
    for (size_t i = 1; i < chunks.size(); ++i) EXPECT_EQ(toy->absorbed[i].begin, toy->absorbed[i - 1].end());
  }
}

TEST(SoftmaxAttention, GivesTheRightGradientsThroughAllHooks) {
  const auto attention = softmax(std::make_shared<Toy>(), 0.3);
  const Function f = [&](const Inputs& x) {
    const auto state = attention->once({});
    state->absorb(x[1], x[2], {0, 4}, Packing());
    return state->attend(x[0], {0, 4}, {{4}, {}, true, 0}, Packing());
  };
  expect_gradients(f, {random_tensor({1, 4, 8}, 1), random_tensor({1, 4, 8}, 2), random_tensor({1, 4, 8}, 3)});
}

/// Output and gradients of attention under an encoding.
std::vector<Tensor> run(std::shared_ptr<const PositionEncoding> position, const AttentionMask& mask, double dropout) {
  const Inputs leaves = {{heads(1), true}, {heads(2), true}, {heads(3), true}};
  const auto attention = softmax(std::move(position), dropout);
  const auto state = attention->once({});
  seed_random_operators(9);
  absorb(*state, leaves[1], leaves[2], {0, kLength});
  const Variable context = attend(*state, leaves[0], {0, kLength}, mask);
  backward(sum(mul(merge_heads(context), random_tensor({kBatch, kLength, kHeads * kWidth}, 4))));
  return {context.value(), leaves[0].gradient(), leaves[1].gradient(), leaves[2].gradient()};
}

TEST(SoftmaxAttention, ScoresThatNobodyChangesGiveWhatTheFusedPathGives) {
  for (const AttentionMask& mask : {AttentionMask{}, AttentionMask{{9, 4}, {9, 4}, false, 0},
                                    AttentionMask{{}, {}, true, 0}, AttentionMask{{7, 9}, {9, 5}, true, 0}}) {
    for (double dropout : {0.0, 0.25}) {
      const auto expected = run(std::make_shared<PositionEncoding>(), mask, dropout),
                 actual = run(std::make_shared<Identity>(), mask, dropout);
      for (size_t i = 0; i < expected.size(); ++i) golden::expect_near(actual[i], expected[i], 1e-5, std::to_string(i));
    }
  }
}

}  // namespace
}  // namespace rotor
