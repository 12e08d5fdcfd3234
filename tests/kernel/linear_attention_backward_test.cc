#include <gtest/gtest.h>

#include "golden.h"
#include "kernel/linear_attention.h"
#include "kernel/plain_linear_attention.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

LinearAttentionInputs gradients(const Tensor& g, const LinearAttentionInputs& x, const AttentionMask& mask) {
  const Tensor denominators({x.q.size(0), x.q.size(1), x.q.size(2)});
  const Tensor context = linear_attention(x, mask, {}, denominators);
  return linear_attention_backward(g, x, mask, context, denominators);
}

std::vector<std::pair<std::string, Tensor>> parts(const LinearAttentionInputs& x) {
  return {{"q", x.q}, {"k", x.k}, {"v", x.v}, {"plain q", x.plain_q}, {"plain k", x.plain_k}};
}

void expect_plain(const LinearAttentionInputs& x, const AttentionMask& mask, const std::string& what) {
  const Tensor g = random_tensor({2, 3, x.q.size(2), x.v.size(3)}, 9);
  const auto expected = parts(plain_linear_attention(x, mask, g).gradients);
  for (const Tensor& gradient : {g, laid_out_as_transposed(g, 2, 3)}) {
    const auto actual = parts(gradients(gradient, x, mask));
    for (size_t i = 0; i < actual.size(); ++i) {
      golden::expect_near(actual[i].second, expected[i].second, 2e-4, what + ", " + actual[i].first);
    }
  }
}

TEST(LinearAttentionBackward, IsTheGradientOfTheFormula) {
  for (const auto& [d, e] : std::vector<std::pair<int64_t, int64_t>>{{1, 1}, {7, 5}, {16, 33}, {37, 16}}) {
    expect_plain(random_inputs(1, 1, d, e), {}, "one key");
    expect_plain(random_inputs(5, 37, d, e), {{37, 20}, {5, 2}}, "padding");
    expect_plain(random_inputs(5, 9, d, e), {{9, 0}, {}}, "no key");
    for (const int64_t length : {1, 31, 32, 33, 70}) {
      const auto half = static_cast<int32_t>(length / 2), whole = static_cast<int32_t>(length);
      for (const bool scaled : {false, true}) {
        expect_plain(random_inputs(length, length, d, e, scaled), {{}, {}, true}, "causal");
        expect_plain(random_inputs(length, length, d, e, scaled), {{}, {half, whole}, true}, "causal, padding");
      }
    }
  }
}

TEST(LinearAttentionBackward, NeverReadsPadding) {
  for (const bool causal : {false, true}) {
    const LinearAttentionInputs x = random_inputs(9, 9, 7, 5, causal);
    const Tensor g = random_tensor({2, 3, 9, 5}, 9);
    const AttentionMask mask{{6, 9}, {6, 8}, causal};
    const auto before = parts(gradients(g, x, mask));
    for (const Tensor& tensor : {x.q, x.k, x.v, x.plain_q, x.plain_k, g}) {
      tensor.narrow(0, 0, 1).narrow(2, 6, 3).fill(NAN);
    }
    const auto after = parts(gradients(g, x, mask));
    for (size_t i = 0; i < after.size(); ++i) expect_same_bits(after[i].second, before[i].second, after[i].first);
  }
}

TEST(LinearAttentionBackward, GivesTheSameBitsForAnyThreads) {
  const Tensor g = random_tensor({2, 3, 70, 33}, 9);
  for (const bool causal : {false, true}) {
    const LinearAttentionInputs x = random_inputs(70, 70, 16, 33, causal);
    expect_the_same_for_any_threads([&] {
      const LinearAttentionInputs d = gradients(g, x, {{}, {}, causal});
      return std::vector{d.q, d.k, d.v, d.plain_q, d.plain_k};
    });
  }
}

}  // namespace
}  // namespace rotor
