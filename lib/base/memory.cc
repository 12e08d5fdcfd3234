#include "base/memory.h"

#include <sys/sysinfo.h>

#include <algorithm>
#include <limits>

#include "base/control_group.h"

namespace rotor {

int64_t available_memory() {
  struct sysinfo machine = {};
  int64_t bytes = std::numeric_limits<int64_t>::max();
  if (::sysinfo(&machine) == 0) bytes = static_cast<int64_t>((machine.totalram + machine.totalswap) * machine.mem_unit);
  return std::min(bytes, group_memory());
}

}  // namespace rotor
