// Blocks of work shared among threads, with results in the order of the input: each thread in turn reads a block, works
// on it in parallel with the others, and waits for its turn to write it. There are only as many blocks as threads.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

#include "base/worker_threads.h"

namespace rotor {

/// `read` fills a block, which may be one used before, and returns false at the end; `work` changes a block, in any
/// thread; `write` takes the blocks in the order they were read. Neither `read` nor `write` is entered by two threads
/// at once. The first exception of any of them ends the work and is thrown.
template <typename Block>
class InOrder {
 public:
  InOrder(std::function<bool(Block&)> read, std::function<void(Block&)> work, std::function<void(Block&)> write)
      : read_(std::move(read)), work_(std::move(work)), write_(std::move(write)) {}

  void run(int64_t workers) {
    {
      const std::vector<std::jthread> others = start_workers(workers - 1, [this](int64_t) { serve(); });
      serve();
    }
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void serve() {
    try {
      Block block;
      for (int64_t number; take(block, number);) {
        work_(block);
        std::unique_lock lock(writing_);
        turn_.wait(lock, [&] { return written_ == number || error_; });
        if (error_) return;
        write_(block);
        ++written_;
        turn_.notify_all();
      }
    } catch (...) {
      const std::scoped_lock lock(reading_, writing_);
      if (!error_) error_ = std::current_exception();
      ended_ = true;
      turn_.notify_all();
    }
  }

  bool take(Block& block, int64_t& number) {
    const std::lock_guard lock(reading_);
    if (ended_) return false;
    ended_ = !read_(block);
    number = taken_++;
    return !ended_;
  }

  std::function<bool(Block&)> read_;
  std::function<void(Block&)> work_, write_;
  std::mutex reading_, writing_;
  std::condition_variable turn_;
  int64_t taken_ = 0, written_ = 0;
  bool ended_ = false;        ///< guarded by reading_
  std::exception_ptr error_;  ///< guarded by writing_
};

}  // namespace rotor
