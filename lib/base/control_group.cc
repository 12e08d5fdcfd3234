#include "base/control_group.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// Folders that hold the limits which a controller sets this process, and perhaps some that do not exist. The roots are
/// always among them: in a container its own group is often mounted there, under another path than the process's.
std::vector<fs::path> group_folders(const fs::path& root, const std::string& controller) {
  const fs::path unified = root / "sys/fs/cgroup", own = unified / controller;
  std::vector<fs::path> folders = {unified, own};
  std::ifstream groups(root / "proc/self/cgroup");  // lines such as "4:cpu,cpuacct:/a/b", and in version 2 "0::/a/b"
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    const std::string controllers = ',' + line.substr(first + 1, second - first - 1) + ',';
    const bool all = controllers == ",,";
    if (!all && controllers.find(',' + controller + ',') == controllers.npos) continue;
    fs::path group = fs::path(line.substr(second + 1)).lexically_normal();
    for (; group.has_relative_path(); group = group.parent_path()) {
      folders.push_back((all ? unified : own) / group.relative_path());
    }
  }
  return folders;
}

/// The cores whose time a group has; infinity without a quota, where the file is absent or says "max" or -1.
double quota_of(const fs::path& folder) {
  double quota = 0, period = 0;
  std::ifstream both(folder / "cpu.max"), quota_file(folder / "cpu.cfs_quota_us"),
      period_file(folder / "cpu.cfs_period_us");
  const bool read = both >> quota >> period || (quota_file >> quota && period_file >> period);
  return read && quota > 0 && period > 0 ? quota / period : std::numeric_limits<double>::infinity();
}

}  // namespace

int64_t group_memory(const fs::path& root) {
  int64_t least = std::numeric_limits<int64_t>::max();
  for (const fs::path& folder : group_folders(root, "memory")) {
    for (const char* name : {"memory.max", "memory.limit_in_bytes"}) {
      int64_t limit = 0;
      if (std::ifstream(folder / name) >> limit && limit > 0) least = std::min(least, limit);
    }
  }
  return least;
}

int cores_within_quota(int cores, const fs::path& root) {
  double least = cores;
  for (const fs::path& folder : group_folders(root, "cpu")) least = std::min(least, quota_of(folder));
  return std::max(1, static_cast<int>(std::ceil(least)));
}

}  // namespace rotor
