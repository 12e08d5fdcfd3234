#include "tensor/allocator.h"

#include <gtest/gtest.h>

#include <vector>

namespace rotor {
namespace {

constexpr int64_t kMegabyte = (1 << 20) / sizeof(float);

int64_t slabs() {
  return allocator_statistics().slabs;
}

TEST(Allocator, AlignsBlocksToCacheLines) {
  for (int64_t elements : {0, 1, 15, 16, 17, 1000}) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(allocate(elements).get()) % 64, 0u);
  }
}

TEST(Allocator, BlocksDoNotOverlap) {
  std::vector<std::shared_ptr<float>> blocks;
  for (int i = 0; i < 100; ++i) {
    blocks.push_back(allocate(i));
    std::fill_n(blocks[i].get(), i, static_cast<float>(i));
    if (i % 3 == 0) blocks[i / 2].reset();
  }
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; blocks[i] && j < i; ++j) ASSERT_EQ(blocks[i].get()[j], i);
  }
}

TEST(Allocator, UsesFreedMemoryAgain) {
  allocate(20 * kMegabyte).reset();
  const int64_t before = slabs();
  for (int i = 0; i < 10; ++i) allocate(20 * kMegabyte);
  EXPECT_EQ(slabs(), before);
}

TEST(Allocator, JoinsFreedNeighbours) {
  allocate(32 * kMegabyte).reset();
  {
    std::vector<std::shared_ptr<float>> quarters;
    for (int i = 0; i < 4; ++i) quarters.push_back(allocate(8 * kMegabyte));
    for (int i : {1, 3, 0, 2}) quarters[i].reset();
  }
  const int64_t before = slabs();
  allocate(32 * kMegabyte);
  EXPECT_EQ(slabs(), before);
}

}  // namespace
}  // namespace rotor
