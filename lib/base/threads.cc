#include "base/threads.h"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "base/check.h"
#include "base/control_group.h"
#include "base/team.h"

namespace rotor {
namespace {

constexpr int kMost = 1024;

thread_local int threads_ = 0;  // 0: not set yet

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
  const char* text = std::getenv("OMP_NUM_THREADS");
  if (const int wanted = text != nullptr ? std::atoi(text) : 0; wanted > 0) return std::min(wanted, kMost);
  return std::max(1, cores_within_quota(CPU_COUNT(&cores)) / processes);
}

int default_threads() {
  return default_threads(allowed_cores(), 1);
}

void set_threads(int64_t threads) {
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
