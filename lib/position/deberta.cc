#include "position/deberta.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autograd/elementwise.h"
#include "position/distance.h"

namespace rotor {
namespace {

/// The stack's table through one layer's projections.
class DebertaLayer : public PositionEncoding {
 public:
  DebertaLayer(Variable relative, int64_t heads, const Linear& q_proj, const Linear& k_proj)
      : relative_(std::move(relative)), heads_(heads), q_proj_(q_proj), k_proj_(k_proj) {}

  Variable on_queries(const Variable& q, Range) const override { return scale(q, std::numbers::inv_sqrt3_v<float>); }

  Variable on_scores(const Variable& scores, const Variable& q, const Variable& k, Range queries,
                     Range keys) const override {
    const int64_t columns = relative_.size(0);  // 2k
    const RelativeIndex index = index_by_distance(
        queries, keys, [=](int64_t d) { return std::clamp<int64_t>(columns / 2 - d, 0, columns - 1); });
    const float one_over_root = 1 / std::sqrt(3 * static_cast<float>(q.size(3)));
    const Variable of_queries = multiply_heads(q, heads_of(k_proj_(relative_), q.size(3)));  // [B,H,Tq,2k]
    const Variable of_keys =
        multiply_heads(k, heads_of(scale(q_proj_(relative_), one_over_root), q.size(3)));  // [B,H,Tk,2k]
    const Variable with_queries = add(scores, take_relative(of_queries, index));
    return add(with_queries, transpose(take_relative(of_keys, transposed(index)), 2, 3));
  }

  Touches touches() const override { return {.heads = true, .scores = true, .reads_keys = true}; }

 private:
  /// [2k, G·d] -> [H, 2k, d]; heads of keys that are fewer than those of queries, G < H, are repeated.
  Variable heads_of(const Variable& table, int64_t d) const {
    const int64_t columns = table.size(0), heads = table.size(1) / d;
    if (heads == heads_) return transpose(reshape(table, {columns, heads, d}), 0, 1);
    const Variable few = transpose(reshape(table, {1, columns, heads, d}), 1, 2);
    return reshape(repeat_heads(few, heads_ / heads), {heads_, columns, d});
  }

  Variable relative_;
  int64_t heads_;
  const Linear &q_proj_, &k_proj_;
};

class Deberta : public PositionEncoding {
 public:
  Deberta(int64_t reach, int64_t width, int64_t heads)
      : relative_(parameter("relative", {2 * reach, width}, normal(1 / std::sqrt(static_cast<double>(width))))),
        heads_(heads) {}

  std::shared_ptr<const PositionEncoding> for_layer(const Linear& q_proj, const Linear& k_proj) const override {
    return std::make_shared<DebertaLayer>(relative_, heads_, q_proj, k_proj);
  }

  Variable on_scores(const Variable&, const Variable&, const Variable&, Range, Range) const override {
    fail("deberta needs a layer's projections: attend with what for_layer() gives");
  }

  Touches touches() const override { return {.heads = true, .scores = true, .reads_keys = true}; }

 private:
  Variable relative_;
  int64_t heads_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_deberta(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<Deberta>(options.max_relative_position, sizes.width, sizes.heads);
}

}  // namespace rotor
