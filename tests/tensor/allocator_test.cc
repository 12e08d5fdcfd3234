#include "tensor/allocator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace rotor {
namespace {

constexpr int64_t kMegabyte = (1 << 20) / sizeof(float);

int64_t slabs() {
  return allocator_statistics().slabs;
}

/// The size of block i, in turns one that the heap serves and one beyond 32 KiB, which slabs serve.
int64_t size_of(int64_t i) {
  return i % 2 == 0 ? i : 8193 + 1001 * (i % 7) + i;
}

/// Blocks full of their numbers.
std::vector<std::shared_ptr<float>> numbered_blocks(int64_t count) {
  std::vector<std::shared_ptr<float>> blocks;
  for (int64_t i = 0; i < count; ++i) {
    blocks.push_back(allocate(size_of(i)));
    std::fill_n(blocks[i].get(), size_of(i), static_cast<float>(i));
  }
  return blocks;
}

void expect_numbers(const std::vector<std::shared_ptr<float>>& blocks) {
  for (int64_t i = 0; i < std::ssize(blocks); ++i) {
    const float* block = blocks[i].get();
    if (block == nullptr) continue;
    EXPECT_EQ(std::count(block, block + size_of(i), static_cast<float>(i)), size_of(i)) << i;
  }
}

TEST(Allocator, AlignsBlocksToCacheLines) {
  for (int64_t elements : {0, 1, 15, 16, 17, 1000, 8192, 8193, 8209, 12345, 1 << 20, (1 << 20) + 1}) {
    const auto first = allocate(elements), second = allocate(elements);
    for (const auto& block : {first, second}) EXPECT_EQ(reinterpret_cast<uintptr_t>(block.get()) % 64, 0u) << elements;
  }
}

TEST(Allocator, BlocksDoNotOverlap) {
  auto blocks = numbered_blocks(100);
  for (int64_t i = 0; i < 100; i += 3) blocks[i].reset();
  const auto others = numbered_blocks(70);  // into the gaps, among other places
  expect_numbers(blocks);
  expect_numbers(others);
}

TEST(Allocator, KeepsWhatIsInUseWhenItReleasesTheRest) {
  auto blocks = numbered_blocks(100);
  for (int64_t i = 0; i < 100; i += 3) blocks[i].reset();
  release_memory();
  expect_numbers(blocks);
  const int64_t before = slabs();
  for (int64_t i = 0; i < 100; i += 3) {  // what was released is there again
    blocks[i] = allocate(size_of(i));
    std::fill_n(blocks[i].get(), size_of(i), static_cast<float>(i));
  }
  EXPECT_EQ(slabs(), before);
  expect_numbers(blocks);
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
