// The greatest amount of memory that this process could have.
#pragma once

#include <cstdint>

namespace rotor {

/// Bytes of memory and swap of this machine, or fewer if the process's control group has a lower limit.
int64_t available_memory();

}  // namespace rotor
