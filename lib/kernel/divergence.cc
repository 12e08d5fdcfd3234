#include "kernel/divergence.h"

#include <vector>

#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {

double symmetric_divergence(const Tensor& log_p, const Tensor& log_q, float alpha, const Tensor& d_p,
                            const Tensor& d_q) {
  const int64_t rows = log_p.size(0), width = log_p.size(1);
  std::vector<double> of_row(rows);
  parallel_for(true, rows, [&](int64_t r) {
    const float *a = log_p.data() + r * width, *b = log_q.data() + r * width;
    float *to_a = d_p.data() + r * width, *to_b = d_q.data() + r * width;
    std::vector<float> room(2 * width);
    float *p = room.data(), *q = p + width;
    double p_from_q = 0, q_from_p = 0;
#pragma omp simd reduction(+ : p_from_q, q_from_p)
    for (int64_t i = 0; i < width; ++i) {
      const float difference = a[i] - b[i];
      p[i] = fast_exp(a[i]);
      q[i] = fast_exp(b[i]);
      p_from_q += p[i] * difference;
      q_from_p -= q[i] * difference;
    }
    of_row[r] = (p_from_q + q_from_p) / 2;
    const auto kl_p = static_cast<float>(p_from_q), kl_q = static_cast<float>(q_from_p);
    const float half = alpha / 2;
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) {
      const float difference = a[i] - b[i];
      to_a[i] += half * (p[i] * (difference - kl_p) + p[i] - q[i]);
      to_b[i] += half * (q[i] * (-difference - kl_q) + q[i] - p[i]);
    }
  });
  double sum = 0;
  for (const double row : of_row) sum += row;
  return sum;
}

}  // namespace rotor
