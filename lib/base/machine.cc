#include "base/machine.h"

#include <algorithm>
#include <fstream>

#include "base/control_group.h"
#include "base/memory.h"

namespace rotor {
namespace {

/// Whether one of the cores is in a list such as "0-15,32-47".
bool lists_any(std::istream& list, const cpu_set_t& cores) {
  for (int first = 0; list >> first;) {
    int last = first;
    if (list.peek() == '-') list.ignore() >> last;
    for (int core = first; core <= std::min(last, CPU_SETSIZE - 1); ++core) {
      if (CPU_ISSET(core, &cores)) return true;
    }
    if (list.peek() == ',') list.ignore();
  }
  return false;
}

}  // namespace

int memory_nodes(const cpu_set_t& cores, const std::filesystem::path& folder) {
  int nodes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    std::ifstream list(entry.path() / "cpulist");
    if (entry.path().filename().string().starts_with("node") && lists_any(list, cores)) ++nodes;
  }
  return std::max(1, nodes);
}

Machine this_machine() {
  const cpu_set_t cores = allowed_cores();
  return {cores_within_quota(CPU_COUNT(&cores)), memory_nodes(cores), available_memory() >> 20};
}

}  // namespace rotor
