// Results written in the order of their items, though the items become ready in another.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace rotor {

class OrderedWriter {
 public:
  /// Makes a writer for items 0 … count − 1, which calls `write` once with each.
  OrderedWriter(int64_t count, std::function<void(int64_t item)> write) : write_(std::move(write)), ready_(count) {}

  /// Takes items that are ready, and writes all items for which every earlier one is ready too. Returns whether it
  /// wrote any.
  bool ready(std::span<const int64_t> items) {
    for (const int64_t item : items) ready_[item] = true;
    const size_t first = next_;
    for (; next_ < ready_.size() && ready_[next_]; ++next_) write_(static_cast<int64_t>(next_));
    return next_ > first;
  }

 private:
  std::function<void(int64_t)> write_;
  std::vector<bool> ready_;
  size_t next_ = 0;
};

}  // namespace rotor
