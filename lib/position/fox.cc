#include "position/fox.h"

#include "autograd/columns.h"

namespace rotor {
namespace {

class Fox : public PositionEncoding {
 public:
  Fox(int64_t width, int64_t key_heads) : gate_(width, key_heads, normal(kDeviation), zeros()) { part("gate", gate_); }

  Touches touches() const override { return {.scores = true, .key_columns = 1, .reads_keys = true}; }

  Variable key_columns(const Variable& x) const override { return gate_(x); }

  Variable on_scores(const Variable& scores, const Variable&, const Variable& k, Range queries,
                     Range keys) const override {
    const Variable gates = columns(k, k.size(3) - 1, 1);
    return add_forgetting(scores, reshape(gates, {k.size(0), k.size(1), k.size(2)}), queries.begin - keys.begin);
  }

 private:
  static constexpr double kDeviation = 0.02;  // the authors'

  Linear gate_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_fox(const PositionOptions&, const StackSizes& sizes) {
  return std::make_unique<Fox>(sizes.width, sizes.key_heads > 0 ? sizes.key_heads : sizes.heads);
}

}  // namespace rotor
