// Machine: the cores, the memory nodes (NUMA) and the memory that this process may use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/threads.h"

namespace rotor {

struct Machine {
  int cores = 1;          ///< that this process may use, whatever OMP_NUM_THREADS says
  int nodes = 1;          ///< memory nodes that these cores are of
  int64_t memory_mb = 0;  ///< of the machine, or of the process's control group
};

Machine this_machine();

/// The memory nodes that some of the cores are of, 1 where the system does not say.
int memory_nodes(const cpu_set_t& cores, const std::filesystem::path& folder = "/sys/devices/system/node");

}  // namespace rotor
