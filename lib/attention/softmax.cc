#include "attention/softmax.h"

#include <cmath>

#include "autograd/elementwise.h"
#include "autograd/layers.h"

namespace rotor {

std::unique_ptr<AttentionState> SoftmaxAttention::start() const {
  return std::make_unique<KeyValueState>();
}

void SoftmaxAttention::absorb(const Variable& k, const Variable& v, const PositionEncoding& position, Range at,
                              AttentionState& state) const {
  dynamic_cast<KeyValueState&>(state).append(position.on_keys(k, at), v);
}

Variable SoftmaxAttention::attend(const Variable& q, const PositionEncoding& position, Range at,
                                  const AttentionMask& mask, const AttentionState& absorbed, float rate) const {
  const auto& state = dynamic_cast<const KeyValueState&>(absorbed);
  const float one_over_root = 1 / std::sqrt(static_cast<float>(q.size(-1)));
  const Variable queries = position.on_queries(scale(q, one_over_root), at);
  const bool whole_row =
      q.size(2) == 1 && mask.key_lengths.empty() && mask.visible(0, 0, state.length()) == KeyRange{0, state.length()};
  if (!position.needs_scores() && whole_row && !recording()) return state.attend_step(queries.value());
  const Variable &k = state.keys(), &v = state.values();
  if (!position.needs_scores()) return fused_attention(queries, k, v, mask, rate);

  const Range keys{0, state.length()};
  Variable scores = matmul(queries, transpose(k, 2, 3));  // [B,H,Tq,Tk]
  scores = position.on_scores(scores, queries, k, at, keys);
  const Variable weights = dropout(masked_softmax(scores, mask), rate);
  return position.on_context(matmul(weights, v), weights, at, keys);
}

}  // namespace rotor
