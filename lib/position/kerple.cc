#include "position/kerple.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "autograd/relative.h"
#include "position/distance.h"

namespace rotor {
namespace {

constexpr float kLeast = 1e-2f;  // of p and a

/// −p_h·ln(1 + a_h·|first + r|) for each distance, [distances, H]: p and a [H]. A parameter below the least value
/// counts as that value, and has no gradient.
Variable log_bias(const Variable& p, const Variable& a, int64_t first, int64_t distances) {
  const int64_t heads = p.size(0);
  const auto value = [](const Tensor& x, int64_t h) { return static_cast<double>(std::max(x.data()[h], kLeast)); };
  const auto distance = [=](int64_t r) { return static_cast<double>(std::abs(first + r)); };
  const Tensor bias({distances, heads});
  for (int64_t r = 0; r < distances; ++r) {
    for (int64_t h = 0; h < heads; ++h) {
      bias.data()[r * heads + h] =
          static_cast<float>(-value(p.value(), h) * std::log1p(value(a.value(), h) * distance(r)));
    }
  }
  return record(bias, {p, a}, [=, p = p.value(), a = a.value()](const Tensor& g, Gradients d) {
    const Tensor d_p = Tensor::zeros({heads}), d_a = Tensor::zeros({heads}), gradient = g.contiguous();
    for (int64_t h = 0; h < heads; ++h) {
      double of_p = 0, of_a = 0;
      for (int64_t r = 0; r < distances; ++r) {
        const double slope = gradient.data()[r * heads + h], stretched = 1 + value(a, h) * distance(r);
        of_p -= slope * std::log(stretched);
        of_a -= slope * value(p, h) * distance(r) / stretched;
      }
      if (p.data()[h] >= kLeast) d_p.data()[h] = static_cast<float>(of_p);
      if (a.data()[h] >= kLeast) d_a.data()[h] = static_cast<float>(of_a);
    }
    if (d.wanted(0)) d.add(0, d_p);
    if (d.wanted(1)) d.add(1, d_a);
  });
}

/// Uniform between 0 and `bound`.
Initialiser up_to(double bound) {
  return [bound](std::span<float> values, Random& random) {
    for (float& value : values) value = static_cast<float>(bound * random.uniform());
  };
}

class Kerple : public PositionEncoding {
 public:
  explicit Kerple(int64_t heads) : p_(parameter("p", {heads}, up_to(2))), a_(parameter("a", {heads}, up_to(1))) {}

  Touches touches() const override { return {.scores = true}; }

  Variable on_scores(const Variable& scores, const Variable&, const Variable&, Range queries,
                     Range keys) const override {
    const int64_t distances = queries.size + keys.size - 1;
    return add_distance_bias(scores, log_bias(p_, a_, first_distance(queries, keys), distances));
  }

 protected:
  void begin_own_update(uint64_t, int64_t) override {
    for (Variable* x : {&p_, &a_}) {
      for (float& value : x->value().span()) value = std::max(value, kLeast);
    }
  }

 private:
  Variable p_, a_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_kerple(const PositionOptions&, const StackSizes& sizes) {
  return std::make_unique<Kerple>(sizes.heads);
}

}  // namespace rotor
