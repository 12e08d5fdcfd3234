// A limit to the memory that tensors may take where their sizes come from a file: a configuration that claims more than
// the file can hold is refused before the memory is taken.
#pragma once

#include <cstdint>

namespace rotor {

/// While an instance lives, the tensors that this thread makes may take at most `bytes` bytes in all, freed or not;
/// more is an Error.
class AllocationLimit {
 public:
  explicit AllocationLimit(int64_t bytes);
  ~AllocationLimit();
  AllocationLimit(const AllocationLimit&) = delete;
  AllocationLimit& operator=(const AllocationLimit&) = delete;

 private:
  int64_t before_;
};

}  // namespace rotor
