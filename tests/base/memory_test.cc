#include "base/memory.h"

#include <gtest/gtest.h>

#include "base/progress.h"

namespace rotor {
namespace {

TEST(AvailableMemory, IsMoreThanThisProcessTakesAndLessThanAnyMachineHas) {
  EXPECT_GT(available_memory() >> 20, peak_memory_mb());
  EXPECT_LT(available_memory(), int64_t{1} << 50);
}

}  // namespace
}  // namespace rotor
