// How much of the heap a result holds, for tests of what a tape keeps. The heap has all tensors of up to 32 KiB
// (tensor/allocator.h); larger ones are not counted.
#pragma once

#include <malloc.h>

#include <cstdint>

#include "threads.h"

// A sanitizer's, which brings a heap of its own.
extern "C" [[gnu::weak]] size_t __sanitizer_get_current_allocated_bytes();  // NOLINT(bugprone-reserved-identifier)

namespace rotor {

/// Bytes of the heap that are in use.
inline int64_t heap_bytes() {
  const size_t bytes =
      __sanitizer_get_current_allocated_bytes ? __sanitizer_get_current_allocated_bytes() : mallinfo2().uordblks;
  return static_cast<int64_t>(bytes);
}

/// Bytes that the result of `make` holds. The first result is thrown away with what lasts from it, such as scratch
/// memory; other threads, whose own comes when they first take part, take none.
template <typename Make>
int64_t heap_held_by(const Make& make) {
  const Threads one(1);
  make();
  const int64_t before = heap_bytes();
  const auto result = make();
  return heap_bytes() - before;
}

}  // namespace rotor
