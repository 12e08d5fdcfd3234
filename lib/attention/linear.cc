#include "attention/linear.h"

#include <cstring>

#include "autograd/linear_attention.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// Row r of the result is row rows[r] of x, contiguous.
Tensor gather_rows(const Tensor& x, std::span<const int64_t> rows) {
  Shape shape = x.shape();
  shape[0] = static_cast<int64_t>(rows.size());
  Tensor result(shape);
  const int64_t size = x.elements() / x.size(0);
#pragma omp parallel for if (result.elements() > kParallelElements)
  for (size_t r = 0; r < rows.size(); ++r) {
    std::memcpy(result.data() + r * size, x.data() + rows[r] * size, size * sizeof(float));
  }
  return result;
}

}  // namespace

void LinearState::append(const Variable& k, const Variable& v, const Variable& plain_k) {
  settle();
  k_ = k;
  v_ = v;
  plain_k_ = plain_k;
  rows_ = k.size(0);
}

void LinearState::settle() {
  if (!k_.defined()) return;
  ROTOR_CHECK(!recording(), "keys can be appended to others only without gradients: decode under NoGrad");
  past_.add_keys({Tensor(), k_.value(), v_.value(), Tensor(), plain_k_.value()});
  k_ = v_ = plain_k_ = Variable();
}

void LinearState::select(std::span<const int64_t> rows) {
  settle();
  if (!past_.defined()) return;
  past_ = {gather_rows(past_.products, rows), gather_rows(past_.plain, rows)};
  rows_ = static_cast<int64_t>(rows.size());
}

std::unique_ptr<AttentionState> LinearAttention::start() const {
  return std::make_unique<LinearState>();
}

void LinearAttention::absorb(const Variable& k, const Variable& v, const PositionEncoding& position, Range at,
                             AttentionState& state) const {
  const Variable features = positive_features(k);
  dynamic_cast<LinearState&>(state).append(position.on_keys(features, at), v, features);
}

Variable LinearAttention::attend(const Variable& q, const PositionEncoding& position, Range at,
                                 const AttentionMask& mask, const AttentionState& absorbed, float) const {
  const auto& state = dynamic_cast<const LinearState&>(absorbed);
  ROTOR_CHECK(mask.causal || !state.past().defined(), "expected all keys in one block where queries see later keys");
  const Variable features = positive_features(q);
  return linear_attention(position.on_queries(features, at), state.keys(), state.values(), features, state.plain_keys(),
                          mask, state.past());
}

}  // namespace rotor
