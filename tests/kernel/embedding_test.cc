#include "kernel/embedding.h"

#include <gtest/gtest.h>

#include "kernel/element.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(EmbeddingKernel, TakesRowsOfTheTableTimesAFactor) {
  for (int64_t width : {1, 8, 19}) {
    const Tensor table = random_tensor({5, width}, 1);
    const std::vector<int32_t> ids = {4, 0, 2, 4};
    const Tensor y = embedding(table, ids, 2.5f);
    ASSERT_EQ(y.shape(), (Shape{4, width}));
    for (int64_t i = 0; i < 4; ++i) {
      for (int64_t c = 0; c < width; ++c) EXPECT_EQ(element(y, i, c), 2.5f * table.data()[ids[i] * width + c]);
    }
    EXPECT_EQ(embedding(table, {}, 1).shape(), (Shape{0, width}));
  }
}

TEST(EmbeddingKernel, RefusesIdsOutsideTheTable) {
  const Tensor table = random_tensor({5, 3}, 1);
  for (int32_t id : {-1, 5}) EXPECT_THROW(embedding(table, std::vector<int32_t>{0, id}, 1), Error) << id;
}

TEST(EmbeddingKernel, AddsGradientsInTheOrderOfTheIdsButToThePadding) {
  for (int64_t width : {1, 8, 19}) {
    const std::vector<int32_t> ids = {3, 1, 0, 3, 1, 3};
    const Tensor gradient = random_tensor({6, width}, 1), to = Tensor::full({5, width}, 2);
    embedding_backward(gradient, ids, 0.5f, 1, to);
    const Tensor expected = Tensor::full({5, width}, 2);
    for (size_t i = 0; i < ids.size(); ++i) {
      for (int64_t c = 0; c < width && ids[i] != 1; ++c) {
        expected.data()[ids[i] * width + c] += static_cast<float>(0.5 * element(gradient, i, c));
      }
    }
    for (int64_t i = 0; i < 5 * width; ++i) EXPECT_FLOAT_EQ(to.data()[i], expected.data()[i]) << width << " " << i;
    embedding_backward(Tensor({0, width}), {}, 1, 1, to);
  }
}

TEST(EmbeddingKernel, GivesTheSameBitsForAnyThreads) {
  const Tensor table = random_tensor({50, 67}, 1), gradient = random_tensor({400, 67}, 2);
  std::vector<int32_t> ids;
  for (int32_t i = 0; i < 400; ++i) ids.push_back(i * i % 50);
  expect_the_same_for_any_threads([&] {
    const Tensor to = Tensor::zeros(table.shape());
    embedding_backward(gradient, ids, 3, 1, to);
    return std::vector{embedding(table, ids, 3), to};
  });
}

}  // namespace
}  // namespace rotor
