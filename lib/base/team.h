// The threads that share a loop. Each thread that starts loops has a team of its own, made at its first one and ended
// with it. Results are the caller's business: which thread computes what changes from run to run.
//
// A loop's numbers are cut into as many runs as the team has members. A member takes steps of its own run, which is the
// same at every loop over the same numbers, so its data stay in its core's cache; then it helps the others with theirs.
// Workers join a loop while it is open, and its starter waits for those that joined only: one that sleeps, or whose
// core belongs to another program for the moment, holds nobody up. Who waits spins for some microseconds and then gives
// the core away. OMP_WAIT_POLICY, where it is set, changes that: "active" spins long, "passive" not at all.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rotor {

class ThreadTeam {
 public:
  explicit ThreadTeam(int size);  ///< members with the starter; fewer where the system refuses so many threads
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  /// Calls f(begin, end) for ranges that together are 0 … n − 1, on the calling thread and on workers. An exception of
  /// f ends the loop, and is thrown when all have ended; one of them if there are several.
  template <typename F>
  void run(int64_t n, const F& f) {
    run(n, {&f, [](const void* body, int64_t begin, int64_t end) { (*static_cast<const F*>(body))(begin, end); }});
  }

  int size() const { return static_cast<int>(runs_.size()); }

 private:
  struct Loop {
    const void* body = nullptr;
    void (*call)(const void* body, int64_t begin, int64_t end) = nullptr;
  };
  struct alignas(64) Run {  // a cache line each
    std::atomic<int64_t> next = 0;
    int64_t end = 0;
  };

  void run(int64_t n, Loop loop);
  void take_part(int member);
  void work(int member);
  uint32_t await_loop(uint32_t last);
  void await_workers();
  void leave();
  void wake_sleepers();

  std::vector<Run> runs_;
  Loop loop_;
  int64_t step_ = 1;  ///< numbers taken at a time
  std::atomic<bool> failed_ = false;
  std::exception_ptr error_;
  std::mutex error_mutex_;

  alignas(64) std::atomic<uint32_t> state_ = 0;    ///< the loop's number, whether it is open, who is in it; or the end
  alignas(64) std::atomic<int32_t> sleepers_ = 0;  ///< workers that have to be woken
  std::atomic<int32_t> to_wake_ = 0;               ///< workers that this loop may still wake
  std::atomic<uint32_t> starter_sleeps_ = 0;

  std::vector<std::thread> workers_;
};

/// Whether the calling thread is within a loop of a team.
bool in_shared_loop();

/// The calling thread's team, of threads() members but no more than there are cores.
ThreadTeam& own_team();

/// Takes the place of a thread's team, to measure its loops.
class LoopObserver {
 public:
  virtual ~LoopObserver() = default;

  /// Calls f(begin, end) for ranges that together are 0 … n − 1. `where` names the function whose loop it is.
  virtual void run(const char* where, int64_t n, const std::function<void(int64_t begin, int64_t end)>& f) = 0;
};

/// The observer of the calling thread's loops: null unless a measurement sets it.
LoopObserver*& loop_observer();

/// Calls f(begin, end) like ThreadTeam::run on the calling thread's team; within another loop f(0, n) once.
template <typename F>
void share_loop(int64_t n, const F& f) {
  if (n <= 0) return;
  if (n == 1 || in_shared_loop()) return f(0, n);
  if (LoopObserver* observer = loop_observer()) return observer->run(__PRETTY_FUNCTION__, n, f);
  own_team().run(n, f);
}

}  // namespace rotor
