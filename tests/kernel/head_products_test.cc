#include "kernel/head_products.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "kernel/element.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(HeadProducts, AreThoseOfThePlainLoopsForwardAndBackward) {
  for (const auto& [batch, length, n, m] :
       std::vector<std::array<int64_t, 4>>{{1, 1, 1, 1}, {2, 3, 5, 7}, {3, 1, 17, 2}, {1, 9, 16, 32}}) {
    const int64_t heads = 3;
    for (const bool shared : {false, true}) {
      for (const bool transposed : {false, true}) {  // x as heads lie after a projection, w in columns
        const Tensor a = random_tensor({batch, heads, length, n}, 1), b = random_tensor({shared ? 1 : heads, m, n}, 2);
        const Tensor x = transposed ? laid_out_as_transposed(a, 1, 2) : a;
        const Tensor w = transposed ? laid_out_as_transposed(b, 1, 2) : b,
                     g = random_tensor({batch, heads, length, m}, 3);
        Tensor y = Tensor::zeros(g.shape()), d_x = Tensor::zeros(a.shape()), d_w = Tensor::zeros(b.shape());
        for (int64_t i = 0; i < g.elements(); ++i) {
          const int64_t j = i % m, t = i / m % length, h = i / m / length % heads, s = i / m / length / heads;
          const int64_t of = shared ? 0 : h;
          for (int64_t c = 0; c < n; ++c) {
            y.data()[i] += static_cast<float>(element(a, s, h, t, c) * element(b, of, j, c));
            d_x.data()[((s * heads + h) * length + t) * n + c] +=
                static_cast<float>(g.data()[i] * element(b, of, j, c));
            d_w.data()[(of * m + j) * n + c] += static_cast<float>(g.data()[i] * element(a, s, h, t, c));
          }
        }
        const HeadProducts products(x, w);
        const Tensor arranged = products.arrange(g);
        golden::expect_near(products.product(), y, 1e-5, "product");
        golden::expect_near(products.gradient_of_x(arranged), d_x, 1e-5, "gradient of x");
        golden::expect_near(products.gradient_of_w(arranged), d_w, 1e-5, "gradient of w");
      }
    }
  }
}

TEST(HeadProducts, GiveTheSameBitsForAnyThreads) {
  const Tensor x = random_tensor({3, 4, 53, 40}, 1), g = random_tensor({3, 4, 53, 50}, 2);
  for (const int64_t matrices : {1, 4}) {
    const HeadProducts products(x, random_tensor({matrices, 50, 40}, 3));
    const Tensor arranged = products.arrange(g);
    expect_the_same_for_any_threads([&] {
      return std::vector{products.product(), products.gradient_of_x(arranged), products.gradient_of_w(arranged)};
    });
  }
}

TEST(HeadProducts, RefuseMatricesThatDoNotFit) {
  const Tensor x = random_tensor({2, 3, 4, 5}, 1);
  EXPECT_THROW(HeadProducts(x, random_tensor({2, 6, 5}, 2)), Error) << "neither one nor one a head";
  EXPECT_THROW(HeadProducts(x, random_tensor({3, 6, 4}, 2)), Error) << "another width";
  EXPECT_THROW(HeadProducts(x, random_tensor({6, 5}, 2)), Error);
}

}  // namespace
}  // namespace rotor
