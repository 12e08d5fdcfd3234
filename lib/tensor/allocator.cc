#include "tensor/allocator.h"

#include <malloc.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <utility>

#include "base/check.h"
#include "tensor/allocation_limit.h"

extern "C" [[gnu::weak]] void MallocExtension_ReleaseFreeMemory();  // of tcmalloc, where the command has it

namespace rotor {
namespace {

constexpr size_t kAlignment = 64;
#ifdef __SANITIZE_ADDRESS__
constexpr size_t kHeap = std::numeric_limits<size_t>::max();  // one block a tensor, so that reads past its end are seen
#else
constexpr size_t kHeap = size_t{32} << 10;  // up to this the heap serves, in whose caches threads do not meet
#endif
constexpr size_t kSlab = size_t{4} << 20;  // what one request to the system gives at least
constexpr size_t kPage = 4096;
constexpr size_t kHugePage = size_t{2} << 20;

size_t round_up(size_t bytes, size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

class Allocator {
 public:
  float* take(size_t bytes) {
    std::lock_guard lock(mutex_);
    auto fit = free_.lower_bound({bytes, nullptr});
    if (fit == free_.end()) fit = grow(bytes);
    auto [size, address] = *fit;
    free_.erase(fit);
    Block& block = blocks_.at(address);
    block.free = false;
    if (size > bytes) {
      blocks_.emplace(address + bytes, Block{size - bytes, true});
      free_.emplace(size - bytes, address + bytes);
      block.size = bytes;
    }
    return reinterpret_cast<float*>(address);
  }

  void give_back(float* pointer) {
    std::lock_guard lock(mutex_);
    auto block = blocks_.find(reinterpret_cast<char*>(pointer));
    block->second.free = true;
    add_free(block);
  }

  /// Gives back the pages of free blocks, which keep their addresses.
  void release() {
    std::lock_guard lock(mutex_);
    for (const auto& [size, address] : free_) {
      const size_t begin = round_up(reinterpret_cast<size_t>(address), kPage);
      const size_t end = (reinterpret_cast<size_t>(address) + size) / kPage * kPage;
      if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
  }

  AllocatorStatistics statistics() {
    std::lock_guard lock(mutex_);
    return statistics_;
  }

 private:
  struct Block {
    size_t size;
    bool free;
  };
  using Blocks = std::map<char*, Block>;
  using FreeBlocks = std::set<std::pair<size_t, char*>>;

  /// Adds a block to the free ones, joined with free neighbours: the system puts slab beside slab where it can.
  FreeBlocks::iterator add_free(Blocks::iterator block) {
    if (block != blocks_.begin() && joinable(std::prev(block), block)) {
      --block;
      free_.erase({block->second.size, block->first});
      absorb_next(block);
    }
    if (joinable(block, std::next(block))) {
      auto next = std::next(block);
      free_.erase({next->second.size, next->first});
      absorb_next(block);
    }
    return free_.emplace(block->second.size, block->first).first;
  }

  bool joinable(Blocks::iterator left, Blocks::iterator right) const {
    return right != blocks_.end() && left->second.free && right->second.free &&
           left->first + left->second.size == right->first;
  }

  void absorb_next(Blocks::iterator block) {
    block->second.size += std::next(block)->second.size;
    blocks_.erase(std::next(block));
  }

  FreeBlocks::iterator grow(size_t bytes) {
    const size_t size = round_up(std::max(bytes, kSlab), kHugePage);
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    madvise(memory, size, MADV_HUGEPAGE);
    statistics_.bytes += static_cast<int64_t>(size);
    ++statistics_.slabs;
    return add_free(blocks_.emplace(static_cast<char*>(memory), Block{size, true}).first);
  }

  std::mutex mutex_;
  Blocks blocks_;    // all blocks by address
  FreeBlocks free_;  // the free ones by size: lower_bound is the best fit
  AllocatorStatistics statistics_;
};

Allocator& allocator() {
  static Allocator* instance = new Allocator;  // never destroyed: tensors may outlive static destructors
  return *instance;
}

thread_local int64_t bytes_left = std::numeric_limits<int64_t>::max();  // of the AllocationLimit

void spend(size_t bytes) {
  if (bytes_left == std::numeric_limits<int64_t>::max()) return;
  ROTOR_CHECK(static_cast<int64_t>(bytes) <= bytes_left,
              "expected tensors that the file justifies, got one of {} bytes", bytes);
  bytes_left -= static_cast<int64_t>(bytes);
}

}  // namespace

AllocationLimit::AllocationLimit(int64_t bytes) : before_(std::exchange(bytes_left, bytes)) {}

AllocationLimit::~AllocationLimit() {
  bytes_left = before_;
}

std::shared_ptr<float> allocate(int64_t elements) {
  const size_t bytes = round_up(std::max<int64_t>(elements, 1) * sizeof(float), kAlignment);
  spend(bytes);
  if (bytes > kHeap) return {allocator().take(bytes), [](float* pointer) { allocator().give_back(pointer); }};
  auto* memory = static_cast<float*>(std::aligned_alloc(kAlignment, bytes));
  if (!memory) throw std::bad_alloc();
  return {memory, std::free};
}

AllocatorStatistics allocator_statistics() {
  return allocator().statistics();
}

void release_memory() {
  allocator().release();
  if (MallocExtension_ReleaseFreeMemory) {
    MallocExtension_ReleaseFreeMemory();
  } else {
    malloc_trim(0);
  }
}

}  // namespace rotor
