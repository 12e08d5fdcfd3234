#include "search/work_sharing.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <vector>

#include "base/threads.h"
#include "base/worker_threads.h"

namespace rotor {

void share_work(int64_t workers, int64_t n, const std::function<void(int64_t worker, int64_t i)>& work) {
  const auto work_alone = [&] {
    for (int64_t i = 0; i < n; ++i) work(0, i);
  };
  if (workers <= 1 || n <= 1) return work_alone();
  const int threads = std::max<int>(1, rotor::threads() / static_cast<int>(workers));
  std::atomic<int64_t> next = 0;
  std::exception_ptr error;
  std::mutex mutex;
  auto run = [&](int64_t worker) {
    set_threads(threads);
    try {
      for (int64_t i = next++; i < n; i = next++) work(worker, i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!error) error = std::current_exception();
      next = n;
    }
  };
  std::vector<std::jthread> team = start_workers(std::min(workers, n), run);
  if (team.empty()) return work_alone();
  team.clear();  // waits for all
  if (error) std::rethrow_exception(error);
}

}  // namespace rotor
