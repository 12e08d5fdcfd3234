#include "position/fire.h"

#include <algorithm>
#include <cmath>

#include "autograd/elementwise.h"

namespace rotor {
namespace {

constexpr double kEpsilon = 1e-6;

/// The ratio of one pair, and its slopes in c and t.
struct Ratio {
  double value, of_c, of_t;
};

/// The parameters of the ratio.
struct Form {
  double c, t, threshold;

  Ratio operator()(int64_t distance, int64_t position) const {
    const double far = static_cast<double>(std::abs(distance)), least = std::abs(t * threshold);
    const double n = std::max(static_cast<double>(position), least);
    const double above = std::log1p(std::abs(c) * far), below = std::log1p(std::abs(c) * n) + kEpsilon;
    const double of_above = std::copysign(far, c) / (1 + std::abs(c) * far);
    const double of_below = std::copysign(n, c) / (1 + std::abs(c) * n);
    const bool thresholded = least > static_cast<double>(position);
    const double n_of_t = thresholded ? std::copysign(threshold, t) : 0;
    return {above / below, (of_above * below - above * of_below) / (below * below),
            -above / (below * below) * std::abs(c) / (1 + std::abs(c) * n) * n_of_t};
  }
};

/// The pairs of a block of scores.
struct Block {
  Range queries, keys;
  bool causal;

  template <typename Visit>
  void each(Visit visit) const {
    int64_t index = 0;
    for (int64_t m = queries.begin; m < queries.end(); ++m) {
      for (int64_t n = keys.begin; n < keys.end(); ++n) visit(index++, m - n, causal ? m : std::max(m, n));
    }
  }
};

/// r of every pair, [Tq · Tk, 1]: c and t [1].
Variable ratios(const Variable& c, const Variable& t, double threshold, const Block& block) {
  const Form form{*c.value().data(), *t.value().data(), threshold};
  const Tensor result({block.queries.size * block.keys.size, 1});
  block.each([&](int64_t i, int64_t distance, int64_t position) {
    result.data()[i] = static_cast<float>(form(distance, position).value);
  });
  return record(result, {c, t}, [=](const Tensor& g, Gradients d) {
    const Tensor gradient = g.contiguous();
    double of_c = 0, of_t = 0;
    block.each([&](int64_t i, int64_t distance, int64_t position) {
      const Ratio ratio = form(distance, position);
      of_c += gradient.data()[i] * ratio.of_c;
      of_t += gradient.data()[i] * ratio.of_t;
    });
    if (d.wanted(0)) d.add(0, Tensor::of({1}, {static_cast<float>(of_c)}));
    if (d.wanted(1)) d.add(1, Tensor::of({1}, {static_cast<float>(of_t)}));
  });
}

Initialiser constant(float number) {
  return [number](std::span<float> values, Random&) { std::fill(values.begin(), values.end(), number); };
}

class Fire : public PositionEncoding {
 public:
  Fire(const PositionOptions& options, const StackSizes& sizes)
      : causal_(sizes.causal),
        threshold_(static_cast<double>(options.fire_threshold)),
        c_(parameter("c", {1}, constant(0.1f))),
        multiplier_(parameter("multiplier", {1}, constant(1))),
        fc1_(1, options.fire_width, uniform_by_input(1), uniform_by_input(1)),
        fc2_(options.fire_width, sizes.heads, uniform_by_input(options.fire_width),
             uniform_by_input(options.fire_width)) {
    part("fc1", fc1_);
    part("fc2", fc2_);
  }

  Touches touches() const override { return {.scores = true}; }

  Variable on_scores(const Variable& scores, const Variable&, const Variable&, Range queries,
                     Range keys) const override {
    const Variable bias = fc2_(fc1_.relu(ratios(c_, multiplier_, threshold_, {queries, keys, causal_})));  // [Tq·Tk,H]
    const Variable by_pair = reshape(bias, {queries.size, keys.size, -1});
    return add(scores, transpose(transpose(by_pair, 1, 2), 0, 1));  // [B,H,Tq,Tk] + [H,Tq,Tk]
  }

 private:
  bool causal_;
  double threshold_;
  Variable c_, multiplier_;
  Linear fc1_, fc2_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_fire(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<Fire>(options, sizes);
}

}  // namespace rotor
