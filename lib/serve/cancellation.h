// Cancellation: the owner of some work uses it to say that nobody waits for the work any more.
#pragma once

#include <functional>
#include <mutex>

namespace rotor {

/// Any thread may call.
class Cancellation {
 public:
  /// Calls the function given to on_cancel(), once.
  void cancel() {
    const std::lock_guard lock(mutex_);
    if (!cancelled_ && stop_) stop_();
    cancelled_ = true;
    stop_ = nullptr;
  }

  bool cancelled() const {
    const std::lock_guard lock(mutex_);
    return cancelled_;
  }

  /// Sets how the work is stopped; at once if it was cancelled before.
  void on_cancel(std::function<void()> stop) {
    const std::lock_guard lock(mutex_);
    if (cancelled_) {
      stop();
    } else {
      stop_ = std::move(stop);
    }
  }

 private:
  mutable std::mutex mutex_;
  std::function<void()> stop_;
  bool cancelled_ = false;
};

}  // namespace rotor
