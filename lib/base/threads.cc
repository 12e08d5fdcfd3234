#include "base/threads.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/check.h"
#include "base/team.h"

namespace rotor {
namespace {

thread_local int threads_ = 0;  // 0: not set yet

/// The cores that the control group's quota amounts to, rounded up; 0 without a quota (cgroup v2, then v1).
int quota_cores() {
  double quota = 0, period = 0;
  if (std::ifstream file("/sys/fs/cgroup/cpu.max"); file >> quota >> period && period > 0) {
    return static_cast<int>(std::ceil(quota / period));
  }
  std::ifstream quota_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), period_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  if (quota_file >> quota && period_file >> period && quota > 0 && period > 0) {
    return static_cast<int>(std::ceil(quota / period));
  }
  return 0;
}

}  // namespace

cpu_set_t allowed_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) {
    const int count = std::clamp<int>(static_cast<int>(std::thread::hardware_concurrency()), 1, CPU_SETSIZE);
    for (int core = 0; core < count; ++core) CPU_SET(core, &cores);
  }
  return cores;
}

int default_threads(const cpu_set_t& cores, int processes) {
  if (const char* text = std::getenv("OMP_NUM_THREADS"); text != nullptr && std::atoi(text) > 0) return std::atoi(text);
  const int allowed = CPU_COUNT(&cores), quota = quota_cores();
  return std::max(1, (quota > 0 ? std::min(quota, allowed) : allowed) / processes);
}

int default_threads() {
  return default_threads(allowed_cores(), 1);
}

void set_threads(int64_t threads) {
  constexpr int64_t kMost = 1024;
  ROTOR_CHECK(threads >= 0 && threads <= kMost,
              "expected a number of threads from 1 to {}, or 0 for every core, got {}", kMost, threads);
  threads_ = threads == 0 ? default_threads() : static_cast<int>(threads);
}

int threads() {
  if (in_shared_loop()) return 1;
  if (threads_ == 0) set_threads(0);
  return threads_;
}

}  // namespace rotor
