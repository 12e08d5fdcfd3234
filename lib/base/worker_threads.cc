#include "base/worker_threads.h"

#include <system_error>

#include "base/signals.h"

namespace rotor {

std::vector<std::jthread> start_workers(int64_t count, const std::function<void(int64_t)>& work) {
  std::vector<std::jthread> workers;
  try {
    for (int64_t i = 0; i < count; ++i) {
      workers.emplace_back([work, i] {
        leave_signals_to_main_thread();
        work(i);
      });
    }
  } catch (const std::system_error&) {  // those that are there do its work
  }
  return workers;
}

}  // namespace rotor
