#include "base/memory.h"

#include <sys/sysinfo.h>

#include <algorithm>
#include <fstream>
#include <limits>

namespace rotor {
namespace {

/// The number in a file; the greatest there is if the file is absent or says "max".
int64_t limit_in(const char* path) {
  int64_t limit = 0;
  std::ifstream file(path);
  return file >> limit && limit > 0 ? limit : std::numeric_limits<int64_t>::max();
}

}  // namespace

int64_t available_memory() {
  struct sysinfo machine = {};
  int64_t bytes = std::numeric_limits<int64_t>::max();
  if (::sysinfo(&machine) == 0) bytes = static_cast<int64_t>((machine.totalram + machine.totalswap) * machine.mem_unit);
  for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    bytes = std::min(bytes, limit_in(path));
  }
  return bytes;
}

}  // namespace rotor
