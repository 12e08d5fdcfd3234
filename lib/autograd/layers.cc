#include "autograd/layers.h"

#include <memory>
#include <vector>

#include "kernel/attention.h"
#include "kernel/embedding.h"
#include "kernel/linear.h"
#include "kernel/nonzeros.h"
#include "kernel/products.h"
#include "kernel/rows.h"

namespace rotor {
namespace {

/// The input of a linear layer for its backward pass, which a frozen weight does not need.
Kept kept_for(const Variable& weight, const Variable& x) {
  return weight.needs_gradient() ? x.kept() : Variable().kept();
}

/// d W = gᵀ · x, which frees x, then d x = g · W and d b = Σ g: the backward of a linear layer.
void linear_backward(const Tensor& g, const Kept& x, const Tensor& w, bool has_bias, Gradients d) {
  d.accumulate(1, [&](const Tensor& to, float beta) { linear_backward_weight(g, x.value(), to, beta); });
  d.accumulate(0, [&](const Tensor& to, float beta) { linear_backward_input(g, w, to, beta); });
  if (has_bias) d.accumulate(2, [&](const Tensor& to, float beta) { sum_rows(g, to, beta); });
}

}  // namespace

Variable linear(const Variable& x, const Variable& weight, const Variable& bias) {
  const Tensor w = weight.value();
  const bool has_bias = bias.defined();
  auto backward = [in = kept_for(weight, x), w, has_bias](const Tensor& g, Gradients d) {
    linear_backward(g, in, w, has_bias, d);
  };
  Tensor y = linear(x.value(), w, has_bias ? bias.value() : Tensor());
  return has_bias ? record(y, {x, weight, bias}, backward) : record(y, {x, weight}, backward);
}

Variable linear_relu(const Variable& x, const Variable& weight, const Variable& bias) {
  const Tensor w = weight.value();
  Tensor y = linear(x.value(), w, bias.value(), true);
  const TapeInput inputs[] = {x, weight, bias};
  if (!is_recorded(inputs)) return y;
  const auto kept = std::make_shared<const NonZeros>(y);
  Variable result = record(y, inputs, [in = kept_for(weight, x), w, kept](const Tensor& g, Gradients d) {
    const Tensor before = g.is_shared() ? g.clone() : g;
    kept->mask(before);
    linear_backward(before, in, w, true, d);
  });
  result.keep_by([kept] { return kept->dense(); });
  return result;
}

Variable matmul(const Variable& a, const Variable& b) {
  const Tensor x = a.value(), y = b.value();
  return record(matmul(x, y), {a, b}, [x, y](const Tensor& g, Gradients d) {
    if (d.wanted(0)) d.add(0, matmul(g, y.transpose(y.rank() - 2, y.rank() - 1)));
    if (!d.wanted(1)) return;
    const int row = x.rank() - 2, column = x.rank() - 1;
    if (y.stride(row) == 1) {  // b is a transposed view: so is its gradient
      d.add(1, matmul(g.transpose(row, column), x).transpose(row, column));
    } else {
      d.add(1, matmul(x.transpose(row, column), g));
    }
  });
}

Variable embedding(const Variable& weight, std::span<const int32_t> ids, float factor, int32_t padding) {
  auto backward = [kept = std::vector<int32_t>(ids.begin(), ids.end()), factor, padding](const Tensor& g, Gradients d) {
    d.accumulate(0, [&](const Tensor& to, float beta) {
      if (beta == 0) to.fill(0);
      embedding_backward(g, kept, factor, padding, to);
    });
  };
  return record(embedding(weight.value(), ids, factor), {weight}, std::move(backward));
}

Variable layer_norm(const Variable& x, const Variable& weight, const Variable& bias, float epsilon) {
  const Tensor in = x.value(), w = weight.value(), b = bias.value();
  Tensor statistics({2, in.elements() / in.size(-1)});
  auto norm = [in, w, b, statistics, epsilon] { return layer_norm(in, w, b, statistics, epsilon); };
  Variable y = record(norm(), {x, weight, bias}, [in, w, statistics](const Tensor& g, Gradients d) {
    Tensor d_weight = Tensor::zeros(w.shape()), d_bias = Tensor::zeros(w.shape());
    d.add(0, layer_norm_backward(g, in, w, statistics, d_weight, d_bias));
    d.add(1, d_weight);
    d.add(2, d_bias);
  });
  y.keep_by(norm);  // a pass over x costs less than the memory
  return y;
}

Variable rms_norm(const Variable& x, const Variable& weight, float epsilon) {
  const Tensor in = x.value(), w = weight.value();
  Tensor scales({in.elements() / in.size(-1)});
  auto norm = [in, w, scales, epsilon] { return rms_norm(in, w, scales, epsilon); };
  Variable y = record(norm(), {x, weight}, [in, w, scales](const Tensor& g, Gradients d) {
    Tensor d_weight = Tensor::zeros(w.shape());
    d.add(0, rms_norm_backward(g, in, w, scales, d_weight));
    d.add(1, d_weight);
  });
  y.keep_by(norm);  // as layer_norm
  return y;
}

Variable masked_softmax(const Variable& scores, const AttentionMask& mask) {
  Tensor weights = masked_softmax(scores.value().contiguous(), mask);
  return record(weights, {scores},
                [weights](const Tensor& g, Gradients d) { d.add(0, softmax_backward(g.contiguous(), weights)); });
}

Variable fused_attention(const Variable& q, const Variable& k, const Variable& v, const AttentionMask& mask, float rate,
                         float scale) {
  const Packing none;
  return fused_attention({q, none}, {k, none}, {v, none}, mask, rate, scale);
}

Variable fused_attention(const AttentionInput& q, const AttentionInput& k, const AttentionInput& v,
                         const AttentionMask& mask, float rate, float scale) {
  const auto heads_of = [](const AttentionInput& input) {
    return input.packing.active() ? Heads(input.x.value(), input.packing, input.heads) : Heads(input.x.value());
  };
  const Heads queries = heads_of(q), keys = heads_of(k), values = heads_of(v);
  const bool train = recording();
  const Dropout dropout = train && rate > 0 ? Dropout{rate, next_random_key()} : Dropout{};
  Tensor log_sums = train ? Tensor({queries.batch(), queries.heads(), queries.length()}) : Tensor();
  const auto attend = [=] { return fused_attention(queries, keys, values, mask, dropout, log_sums, scale); };
  Variable context = record(attend(), {q.x, k.x, v.x}, [=](const Tensor& g, Gradients d) {
    auto gradients = fused_attention_backward(g, queries, keys, values, mask, dropout, log_sums, scale);
    d.add(0, std::move(gradients.q));
    d.add(1, std::move(gradients.k));
    d.add(2, std::move(gradients.v));
  });
  context.keep_by(attend);  // a hundredth of an update's time, a tenth of its activations
  return context;
}

}  // namespace rotor
