#include "position/sandwich.h"

#include <cmath>

#include "autograd/relative.h"
#include "base/option_text.h"
#include "position/distance.h"

namespace rotor {
namespace {

class Sandwich : public PositionEncoding {
 public:
  Sandwich(int64_t width, int64_t heads) : heads_(heads) {
    for (int64_t i = 0; i < width / 2; ++i) {
      frequencies_.push_back(std::pow(10000.0, -2 * static_cast<double>(i) / static_cast<double>(width)));
    }
  }

  Touches touches() const override { return {.scores = true}; }

  Variable on_scores(const Variable& scores, const Variable&, const Variable&, Range queries,
                     Range keys) const override {
    const int64_t first = first_distance(queries, keys);
    const Tensor bias({queries.size + keys.size - 1, heads_});
    for (int64_t r = 0; r < bias.size(0); ++r) {
      const double product = product_at(first + r);
      for (int64_t h = 0; h < heads_; ++h) {
        const double ratio = 8 * static_cast<double>(h + 1) / static_cast<double>(heads_);
        bias.data()[r * heads_ + h] = static_cast<float>(product / ratio);
      }
    }
    return add_distance_bias(scores, bias);
  }

 private:
  double product_at(int64_t distance) const {
    double sum = 0;
    for (const double frequency : frequencies_) sum += std::cos(static_cast<double>(distance) * frequency);
    return sum;
  }

  int64_t heads_;
  std::vector<double> frequencies_;
};

}  // namespace

void check_sandwich(const PositionOptions& options, const StackSizes&, const std::string& /*name*/) {
  require(options.sandwich_width % 2 == 0, "expected an even --sandwich-width, got {}", options.sandwich_width);
}

std::unique_ptr<PositionEncoding> make_sandwich(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<Sandwich>(options.sandwich_width, sizes.heads);
}

}  // namespace rotor
