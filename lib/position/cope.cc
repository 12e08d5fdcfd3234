#include "position/cope.h"

#include <cmath>

#include "autograd/contextual.h"
#include "autograd/elementwise.h"
#include "autograd/relative.h"

namespace rotor {
namespace {

class Cope : public PositionEncoding {
 public:
  Cope(int64_t positions, int64_t head_width)
      : root_(std::sqrt(static_cast<float>(head_width))),
        positions_(positions),
        table_(parameter("table", {positions, head_width}, zeros())) {}

  Touches touches() const override { return {.scores = true}; }

  Variable on_scores(const Variable& scores, const Variable& q, const Variable&, Range queries,
                     Range keys) const override {
    const Variable logits = multiply_heads(scale(q, root_), reshape(table_, {1, positions_, -1}));  // [B,H,Tq,P]
    return add_contextual(scores, logits, queries.begin - keys.begin);
  }

 private:
  float root_;
  int64_t positions_;
  Variable table_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_cope(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<Cope>(options.cope_positions, sizes.head_width());
}

}  // namespace rotor
