// libFuzzer's entry to the one of targets.h that FUZZ_TARGET names.
#include <cstddef>
#include <cstdint>

#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rotor::FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
