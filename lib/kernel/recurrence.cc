#include "kernel/recurrence.h"

#include <algorithm>
#include <vector>

#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

void check_rows(const Tensor& logits, const Tensor& x, const Packing& packing) {
  const int64_t width = x.size(-1);
  ROTOR_CHECK(logits.shape() == x.shape() && x.elements() == packing.tokens() * width,
              "expected gates and inputs of {} tokens, got {} and {}", packing.tokens(), logits.shape().str(),
              x.shape().str());
}

}  // namespace

Tensor gated_recurrence(const Tensor& logits, const Tensor& x, const Packing& packing, const Tensor& before) {
  check_rows(logits, x, packing);
  const Tensor z = logits.contiguous(), in = x.contiguous();
  const Tensor first = before.defined() ? before.contiguous() : Tensor();
  const int64_t width = x.size(-1);
  Tensor cells(x.shape());
  parallel_for(cells.elements() > kParallelElements, packing.rows(), [&](int64_t row) {
    const std::vector<float> zeros(first.defined() ? 0 : width, 0.f);
    const float* cell = first.defined() ? first.data() + row * width : zeros.data();
    for (int64_t t = packing.begin(row); t < packing.begin(row) + packing.size(row); ++t) {
      const float *gate = z.data() + t * width, *input = in.data() + t * width;
      float* next = cells.data() + t * width;
#pragma omp simd
      for (int64_t i = 0; i < width; ++i) {
        const float kept = Sigmoid(gate[i]).value;
        next[i] = kept * cell[i] + (1 - kept) * input[i];
      }
      cell = next;
    }
  });
  return cells;
}

RecurrenceGradients gated_recurrence_backward(const Tensor& gradient, const Tensor& logits, const Tensor& x,
                                              const Tensor& cells, const Packing& packing) {
  check_rows(logits, x, packing);
  const Tensor g = gradient.contiguous(), z = logits.contiguous(), in = x.contiguous(), c = cells.contiguous();
  const int64_t width = x.size(-1);
  const RecurrenceGradients result{Tensor(x.shape()), Tensor(x.shape())};
  parallel_for(x.elements() > kParallelElements, packing.rows(), [&](int64_t row) {
    const std::vector<float> zeros(width, 0.f);
    std::vector<float> from_next(width, 0.f);  // what the next cell gives back to this one
    float* later = from_next.data();
    const int64_t begin = packing.begin(row);
    for (int64_t t = begin + packing.size(row) - 1; t >= begin; --t) {
      const int64_t at = t * width;
      const float *gate = z.data() + at, *input = in.data() + at, *from = g.data() + at;
      const float* earlier = t == begin ? zeros.data() : c.data() + at - width;
      float *d_x = result.x.data() + at, *d_gate = result.logits.data() + at;
#pragma omp simd
      for (int64_t i = 0; i < width; ++i) {
        const float kept = Sigmoid(gate[i]).value, own = from[i] + later[i];
        d_x[i] = (1 - kept) * own;
        d_gate[i] = (earlier[i] - input[i]) * kept * (1 - kept) * own;
        later[i] = kept * own;
      }
    }
  });
  return result;
}

Tensor last_cells(const Tensor& cells, const Packing& packing) {
  const Tensor c = cells.contiguous();
  const int64_t width = c.size(-1);
  const Tensor last({packing.rows(), width});
  for (int64_t row = 0; row < packing.rows(); ++row) {
    ROTOR_CHECK(packing.size(row) > 0, "expected sentences with a last token, but sentence {} is empty", row);
    const float* from = c.data() + (packing.begin(row) + packing.size(row) - 1) * width;
    std::copy(from, from + width, last.data() + row * width);
  }
  return last;
}

}  // namespace rotor
