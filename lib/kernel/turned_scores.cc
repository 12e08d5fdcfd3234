#include "kernel/turned_scores.h"

#include <algorithm>
#include <complex>

#include "tensor/parallel.h"

namespace rotor {
namespace {

using Complex = std::complex<double>;

/// Calls visit(i, j, turns) for every query i and key j whose scores change, turns[c] = e^{i (m − n) δ_c(p)}.
template <typename Visit>
void walk(const Tensor& scores, const TurnedBlock& block, const FrequencyChanges& changes, Visit visit) {
  const int64_t queries = scores.size(2), keys = scores.size(3);
  const int64_t begin = std::min(block.first_query, block.first_key);
  const int64_t end = std::max(block.first_query + queries, block.first_key + keys);
  std::vector<Complex> steps, turns, back;
  for (int64_t p = changes.first; p < end; ++p) {
    steps.clear();
    for (const double delta : changes.at(p)) steps.push_back(std::polar(1.0, delta));
    turns.assign(steps.size(), 1);
    back.resize(steps.size());
    const int64_t i = p - block.first_query, j = p - block.first_key;
    const bool is_query = i >= 0 && i < queries, is_key = !block.causal && j >= 0 && j < keys;
    for (int64_t r = 1; r <= p - begin; ++r) {  // the distance to the earlier one of both
      for (size_t c = 0; c < steps.size(); ++c) turns[c] *= steps[c];
      if (is_query && j - r >= 0 && j - r < keys) visit(i, j - r, turns);
      if (!is_key || i - r < 0 || i - r >= queries) continue;
      std::transform(turns.begin(), turns.end(), back.begin(), [](Complex turn) { return std::conj(turn); });
      visit(i - r, j, back);
    }
  }
}

/// Pair c of a row of numbers as a complex number.
Complex pair(const float* row, const Pairs& pairs, size_t c) {
  const int64_t first = static_cast<int64_t>(c) * pairs.step;
  return {row[first], row[first + pairs.gap]};
}

void add_pair(float* row, const Pairs& pairs, size_t c, Complex x) {
  const int64_t first = static_cast<int64_t>(c) * pairs.step;
  row[first] += static_cast<float>(x.real());
  row[first + pairs.gap] += static_cast<float>(x.imag());
}

}  // namespace

Tensor turn_scores(const Tensor& scores, const Tensor& q, const Tensor& k, const TurnedBlock& block,
                   const FrequencyChanges& changes) {
  Tensor out = scores.contiguous().clone();
  const Tensor queries = q.contiguous(), keys = k.contiguous();
  const int64_t tq = q.size(2), tk = k.size(2), d = q.size(3);
  parallel_for(out.elements() > kParallelElements, q.size(0) * q.size(1), [&](int64_t n) {
    walk(scores, block, changes, [&](int64_t i, int64_t j, const std::vector<Complex>& turns) {
      const float *from = queries.data() + (n * tq + i) * d, *to = keys.data() + (n * tk + j) * d;
      double change = 0;
      for (size_t c = 0; c < turns.size(); ++c) {
        change += (pair(from, changes.pairs, c) * std::conj(pair(to, changes.pairs, c)) * (turns[c] - 1.0)).real();
      }
      out.data()[(n * tq + i) * tk + j] += static_cast<float>(change);
    });
  });
  return out;
}

TurnedGradients turn_scores_backward(const Tensor& gradient, const Tensor& q, const Tensor& k, const TurnedBlock& block,
                                     const FrequencyChanges& changes) {
  const Tensor g = gradient.contiguous(), queries = q.contiguous(), keys = k.contiguous();
  TurnedGradients result{Tensor::zeros(q.shape()), Tensor::zeros(k.shape())};
  const int64_t tq = q.size(2), tk = k.size(2), d = q.size(3);
  parallel_for(g.elements() > kParallelElements, q.size(0) * q.size(1), [&](int64_t n) {
    walk(g, block, changes, [&](int64_t i, int64_t j, const std::vector<Complex>& turns) {
      const int64_t query = (n * tq + i) * d, key = (n * tk + j) * d;
      const double slope = g.data()[(n * tq + i) * tk + j];
      for (size_t c = 0; c < turns.size(); ++c) {  // of Re(q k̄ f), f = turn − 1: in q it is k f̄, in k it is q f
        const Complex of_query = pair(queries.data() + query, changes.pairs, c);
        const Complex of_key = pair(keys.data() + key, changes.pairs, c);
        add_pair(result.q.data() + query, changes.pairs, c, slope * of_key * std::conj(turns[c] - 1.0));
        add_pair(result.k.data() + key, changes.pairs, c, slope * of_query * (turns[c] - 1.0));
      }
    });
  });
  return result;
}

}  // namespace rotor
