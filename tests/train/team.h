// Workers as threads of one process, for tests of what they share.
#pragma once

#include <barrier>
#include <cstring>
#include <thread>
#include <vector>

#include "base/threads.h"
#include "train/workers.h"

namespace rotor {

/// Runs `body` in `size` threads, each with a worker of the same team. A body that throws ends the test program.
class Team {
 public:
  static void run(int size, const std::function<void(Workers&)>& body) {
    Team team(size);
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < size; ++rank) {
      threads.emplace_back([&team, &body, rank] {
        set_threads(1);
        Member member(team, rank);
        body(member);
      });
    }
  }

 private:
  explicit Team(int size) : barrier_(size), parts_(size) {}

  class Member : public Workers {
   public:
    Member(Team& team, int rank) : team_(team), rank_(rank) {}
    int rank() const override { return rank_; }
    int size() const override { return static_cast<int>(team_.parts_.size()); }
    void begin_sum(std::span<float> values) override { sum_of(values); }
    void finish_sums() override {}
    void sum(std::span<double> values) override { sum_of(values); }
    int64_t highest(int64_t value) override {
      meet(&value, [&] {
        for (void* part : team_.parts_) value = std::max(value, *static_cast<int64_t*>(part));
        for (void* part : team_.parts_) *static_cast<int64_t*>(part) = value;
      });
      return value;
    }
    void broadcast(std::span<std::byte> bytes) override {
      meet(bytes.data(), [&] {
        for (int other = 1; other < size(); ++other) std::memcpy(team_.parts_[other], bytes.data(), bytes.size());
      });
    }
    int threads() override { return 1; }

   private:
    /// Shows all members each other's data, lets the first act on them, and goes on when it has.
    void meet(void* data, const std::function<void()>& act) {
      team_.parts_[rank_] = data;
      team_.barrier_.arrive_and_wait();
      if (leads()) act();
      team_.barrier_.arrive_and_wait();
    }

    template <typename T>
    void sum_of(std::span<T> values) {
      meet(values.data(), [&] {
        for (size_t i = 0; i < values.size(); ++i) {
          for (int other = 1; other < size(); ++other) values[i] += static_cast<T*>(team_.parts_[other])[i];
        }
        for (int other = 1; other < size(); ++other) {
          std::memcpy(team_.parts_[other], values.data(), values.size_bytes());
        }
      });
    }

    Team& team_;
    int rank_;
  };

  std::barrier<> barrier_;
  std::vector<void*> parts_;
};

}  // namespace rotor
