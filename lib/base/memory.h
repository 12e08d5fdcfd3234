// How much memory this process could have at most.
#pragma once

#include <cstdint>

namespace rotor {

/// Bytes of memory and swap of this machine, or fewer if the process's control group has a lower limit.
int64_t available_memory();

}  // namespace rotor
