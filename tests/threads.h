// Thread independence: results must have the same bits for any number of threads.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/check.h"
#include "base/team.h"
#include "base/threads.h"
#include "tensor/tensor.h"

namespace rotor {

/// Runs a thread's loops on a team of its own. In each loop a thread waits with its first number until every member has
/// one, or until all numbers are taken, since the starter alone might end a short loop before the others wake.
class MeetingTeam : public LoopObserver {
 public:
  explicit MeetingTeam(int size) : team_(size) {}

  void run(const char* /*where*/, int64_t n, const std::function<void(int64_t, int64_t)>& f) override {
    const int64_t expected = std::min<int64_t>(n, team_.size());
    present_ = 0;
    team_.run(n, [&](int64_t begin, int64_t end) {
      wait_for_all(expected);
      f(begin, end);
    });
    met_ = std::max<int64_t>(met_, present_);
  }

  int64_t met() const { return met_; }

 private:
  void wait_for_all(int64_t expected) {
    if (present_.load(std::memory_order_relaxed) >= expected) return;  // without a lock, which would hide races
    std::unique_lock lock(mutex_);
    if (++present_ == expected) all_present_.notify_all();
    if (!all_present_.wait_for(lock, std::chrono::minutes(1), [&] { return present_ >= expected; })) {
      fail("expected {} threads in a loop, got {} within a minute", expected, present_.load());
    }
  }

  ThreadTeam team_;
  std::atomic<int64_t> present_ = 0;  ///< threads that have come to the loop
  int64_t met_ = 0;
  std::mutex mutex_;
  std::condition_variable all_present_;
};

/// Runs the loops of the calling thread on so many threads, also on more than there are cores, until its own end.
class Threads {
 public:
  explicit Threads(int count)
      : before_(threads()), team_before_(loop_observer()), team_(std::make_unique<MeetingTeam>(count)) {
    set_threads(count);
    loop_observer() = team_.get();
  }
  ~Threads() {
    loop_observer() = team_before_;
    set_threads(before_);
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  int64_t met() const { return team_->met(); }  ///< the most threads that were in one loop

 private:
  int before_;
  LoopObserver* team_before_;
  std::unique_ptr<MeetingTeam> team_;
};

inline void expect_same_bits(const Tensor& actual, const Tensor& expected, const std::string& what) {
  ASSERT_EQ(actual.shape(), expected.shape()) << what;
  const Tensor x = actual.contiguous(), y = expected.contiguous();
  EXPECT_EQ(std::memcmp(x.data(), y.data(), x.elements() * sizeof(float)), 0) << what;
}

/// Expects the tensors that `compute` returns to be the same with 1, 2, 3 and 8 threads, and that it shares a loop over
/// three numbers or more.
inline void expect_the_same_for_any_threads(const std::function<std::vector<Tensor>()>& compute) {
  const Threads one(1);
  const std::vector<Tensor> expected = compute();
  for (int count : {2, 3, 8}) {
    const Threads several(count);
    const std::vector<Tensor> actual = compute();
    EXPECT_GE(several.met(), std::min(count, 3)) << "no loop of these sizes is shared: the test would show nothing";
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) {
      expect_same_bits(actual[i], expected[i], fmt::format("result {} with {} threads", i, count));
    }
  }
}

}  // namespace rotor
