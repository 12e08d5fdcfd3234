// Memory for tensors: large slabs are taken from the system once, cut into blocks by best fit, and joined again when
// blocks are freed, so that a training step in steady state asks the system for nothing. Small tensors, as a step of
// translation makes by the hundred, come from the heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace rotor {

/// Uninitialised, 64-byte aligned memory for `elements` floats; freed with the last reference.
std::shared_ptr<float> allocate(int64_t elements);

/// The number of slabs taken from the system so far, and their total size in bytes.
struct AllocatorStatistics {
  int64_t slabs = 0, bytes = 0;
};
AllocatorStatistics allocator_statistics();

/// Gives the system the memory that nothing uses, of tensors and of the heap. What needs it again has to ask the
/// system: for a process that rests.
void release_memory();

}  // namespace rotor
