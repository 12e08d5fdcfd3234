#include "base/team.h"

#include <strings.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include "base/signals.h"
#include "base/threads.h"

namespace rotor {
namespace {

using Clock = std::chrono::steady_clock;

// The parts of ThreadTeam::state_. The loop's number comes round after 32,768 loops; a worker that slept so long misses
// one.
constexpr uint32_t kJoined = (1u << 16) - 1, kOpen = 1u << 16, kNumber = 1u << 17;
constexpr uint32_t kEnd = kJoined;  // no loop has so many workers: the team ends

constexpr int64_t kSteps = 32;  // of each run: what remains for others to take

thread_local bool in_loop = false;

uint32_t number(uint32_t state) {
  return state / kNumber;
}

/// How long to spin before the core is given away. Waking a thread takes about as long.
Clock::duration spin_time() {
  const char* policy = std::getenv("OMP_WAIT_POLICY");
  if (policy != nullptr && strcasecmp(policy, "passive") == 0) return Clock::duration::zero();
  if (policy != nullptr && strcasecmp(policy, "active") == 0) return std::chrono::seconds(1);
  return std::chrono::microseconds(50);
}

/// Tells the core that this loop only waits.
void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Waits until done() or for the time of a spin; returns whether it is done.
template <typename Done>
bool spin(const Done& done) {
  static const Clock::duration limit = spin_time();
  if (done()) return true;
  for (const Clock::time_point start = Clock::now(); Clock::now() - start < limit;) {
    for (int i = 0; i < 16; ++i) {
      if (done()) return true;
      pause();
    }
  }
  return done();
}

}  // namespace

ThreadTeam::ThreadTeam(int size) : runs_(std::max(1, size)) {
  for (int member = 1; member < size; ++member) {
    try {
      workers_.emplace_back([this, member] { work(member); });
    } catch (const std::system_error&) {
      break;  // its run is left to the others
    }
  }
}

ThreadTeam::~ThreadTeam() {
  state_ = kEnd;
  state_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadTeam::run(int64_t n, Loop loop) {
  if (workers_.empty()) return loop.call(loop.body, 0, n);
  const int64_t members = size();
  loop_ = loop;
  step_ = std::max<int64_t>(1, n / (members * kSteps));
  for (int64_t i = 0; i < members; ++i) {
    runs_[i].next.store(n * i / members, std::memory_order_relaxed);
    runs_[i].end = n * (i + 1) / members;
  }
  failed_.store(false, std::memory_order_relaxed);
  to_wake_.store(static_cast<int32_t>(std::min(n, members)) - 1, std::memory_order_relaxed);
  state_ = (number(state_) + 1) * kNumber + kOpen;
  wake_sleepers();
  in_loop = true;
  take_part(0);
  in_loop = false;
  if ((state_.fetch_and(~kOpen) & kJoined) != 0) await_workers();
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

/// Takes steps of the member's own run, then of the others', until there are none.
void ThreadTeam::take_part(int member) {
  try {
    for (int i = 0; i < size(); ++i) {
      Run& run = runs_[(member + i) % size()];
      while (run.next.load(std::memory_order_relaxed) < run.end && !failed_.load(std::memory_order_relaxed)) {
        const int64_t begin = run.next.fetch_add(step_, std::memory_order_relaxed);
        if (begin < run.end) loop_.call(loop_.body, begin, std::min(run.end, begin + step_));
      }
    }
  } catch (...) {
    failed_ = true;
    const std::lock_guard lock(error_mutex_);
    error_ = std::current_exception();
  }
}

void ThreadTeam::work(int member) {
  leave_signals_to_main_thread();
  in_loop = true;
  for (uint32_t last = 0;;) {
    uint32_t state = await_loop(last);
    if (state == kEnd) return;
    last = number(state);
    while ((state & kOpen) != 0 && number(state) == last) {
      if (!state_.compare_exchange_weak(state, state + 1)) continue;
      wake_sleepers();
      take_part(member);
      leave();
      break;
    }
  }
}

/// Waits for a loop other than the last one, or for the end, and returns the state.
uint32_t ThreadTeam::await_loop(uint32_t last) {
  const auto called = [=](uint32_t state) { return number(state) != last || state == kEnd; };
  if (!spin([&] { return called(state_.load(std::memory_order_relaxed)); })) {
    ++sleepers_;
    for (uint32_t state = state_; !called(state); state = state_) state_.wait(state);
    --sleepers_;
  }
  return state_;
}

/// Waits until everyone who joined has left the loop, which is closed.
void ThreadTeam::await_workers() {
  const auto left = [&] { return (state_ & kJoined) == 0; };
  if (spin(left)) return;
  for (starter_sleeps_ = 1; !left(); starter_sleeps_ = 1) starter_sleeps_.wait(1);
  starter_sleeps_ = 0;
}

/// Leaves the loop; the last one wakes the starter if that sleeps.
void ThreadTeam::leave() {
  if (((state_.fetch_sub(1) - 1) & (kOpen | kJoined)) != 0 || starter_sleeps_ == 0) return;
  starter_sleeps_ = 0;
  starter_sleeps_.notify_one();
}

/// Wakes two workers. Each that comes wakes two more, so that the starter need not spend its time on dozens of them.
void ThreadTeam::wake_sleepers() {
  for (int i = 0; i < 2 && sleepers_ > 0 && to_wake_.fetch_sub(1, std::memory_order_relaxed) > 0; ++i) {
    state_.notify_one();
  }
}

bool in_shared_loop() {
  return in_loop;
}

LoopObserver*& loop_observer() {
  thread_local LoopObserver* observer = nullptr;
  return observer;
}

ThreadTeam& own_team() {
  thread_local std::unique_ptr<ThreadTeam> team;
  thread_local int wanted = 0;  // a team may have got fewer
  if (const int count = threads(); team == nullptr || wanted != count) {
    team.reset();  // its threads end before the new ones start
    const cpu_set_t cores = allowed_cores();
    team = std::make_unique<ThreadTeam>(std::min(count, CPU_COUNT(&cores)));
    wanted = count;
  }
  return *team;
}

}  // namespace rotor
