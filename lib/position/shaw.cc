#include "position/shaw.h"

#include <algorithm>

#include "autograd/elementwise.h"
#include "position/distance.h"

namespace rotor {
namespace {

class Shaw : public PositionEncoding {
 public:
  Shaw(int64_t reach, int64_t head_width)
      : reach_(reach),
        columns_(2 * reach + 1),
        keys_(table("keys", head_width)),
        values_(table("values", head_width)) {}

  Variable on_scores(const Variable& scores, const Variable& q, const Variable&, Range queries,
                     Range keys) const override {
    const Variable products = multiply_heads(q, reshape(keys_, {1, columns_, -1}));  // [B,H,Tq,2k+1]
    return add(scores, take_relative(products, index(queries, keys)));
  }

  Variable on_context(const Variable& context, const Variable& weights, Range queries, Range keys) const override {
    const Variable sums = spread_relative(weights, index(queries, keys), columns_);  // [B,H,Tq,2k+1]
    return add(context, multiply_heads(sums, transpose(reshape(values_, {1, columns_, -1}), 1, 2)));
  }

  Touches touches() const override { return {.scores = true}; }

 private:
  Variable table(const char* name, int64_t width) {
    return parameter(name, {columns_, width}, xavier_uniform(width, columns_));
  }

  RelativeIndex index(Range queries, Range keys) const {
    return index_by_distance(queries, keys, [this](int64_t d) { return std::clamp(d, -reach_, reach_) + reach_; });
  }

  int64_t reach_, columns_;
  Variable keys_, values_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_shaw(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<Shaw>(options.max_relative_position, sizes.head_width());
}

}  // namespace rotor
