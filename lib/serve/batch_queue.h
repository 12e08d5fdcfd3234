// BatchQueue: the rows of many requests (sentences to translate, texts to predict something of), and workers that
// compute what waits, together where the requests allow it. A batch is taken as soon as a worker is free, and holds up
// to an even share of what waits among the free workers.
//
// Requests take turns by the work they had so far (start-time fair queueing): the next row is that of the request to
// which the least was given, where a request that arrives stands level with the one whose turn it is. So a large
// request is computed in small batches, and what arrives meanwhile waits for one of them at most.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "search/request_batches.h"
#include "serve/metrics.h"

namespace rotor {

struct Batching {
  BatchLimits limits;
  int64_t work = 0;      ///< likely work of a batch of several rows; 0: no limit
  int64_t queue = 1024;  ///< greatest number of waiting rows
  int64_t workers = 1;   ///< number of workers, which share the threads of the thread that makes the BatchQueue
  std::chrono::microseconds wait{0};     ///< time that a batch which is not full waits for more rows
  std::chrono::milliseconds rest{1000};  ///< without work, after which the BatchQueue is idle
};

/// The rows of one request, with what is made of them.
class BatchJob {
 public:
  struct Row {
    int64_t length;  ///< in tokens
    int64_t work;    ///< that it is likely to take: tokens that go through the model
  };

  explicit BatchJob(std::vector<Row> rows);
  virtual ~BatchJob() = default;

  /// Whether its rows may be in a batch with those of another: both are computed alike.
  virtual bool goes_with(const BatchJob& other) const = 0;

 private:
  friend class BatchQueue;
  using Clock = std::chrono::steady_clock;

  int64_t waiting() const { return std::ssize(rows_) - next_; }
  int64_t waiting_work() const;

  const std::vector<Row> rows_;
  const std::vector<int64_t> order_;  ///< in which they are computed
  const Clock::time_point arrival_ = Clock::now();
  std::function<void(const std::exception_ptr&)> done_;
  int64_t next_ = 0;                     ///< the first in `order_` that waits
  int64_t left_;                         ///< rows without a result
  int64_t given_ = 0;                    ///< work of the rows that wait no more, counted from the turn at its arrival
  std::atomic<bool> abandoned_ = false;  ///< nobody waits for the results
};

class BatchQueue {
 public:
  using Clock = std::chrono::steady_clock;
  using Ticket = std::shared_ptr<BatchJob>;
  struct Place {
    Ticket job;
    int64_t index;  ///< index of the row in the job
  };
  /// Computes a batch of jobs that go with each other, and keeps the results in them; ends early, by an exception, once
  /// `wanted()` is false.
  using Compute = std::function<void(std::span<const Place> batch, const std::function<bool()>& wanted)>;
  /// Is told that the results of all rows are there, or why not: a Refusal (422) with the text of the Error that is
  /// thrown for one of them, or another exception of it.
  using Done = std::function<void(const std::exception_ptr&)>;

  /// `metrics` must outlive this. `idle`, if there is one, is called by a worker once all have rested after work.
  BatchQueue(const Batching& batching, Compute compute, Metrics& metrics, std::function<void()> idle = nullptr);
  /// Finishes the accepted rows.
  ~BatchQueue();

  /// Queues the rows of a new job; any thread may call. `done` is called once, by a worker, or by this function if
  /// there are no rows. Throws a Refusal (503) if they do not fit into the queue. Rows of other requests never change
  /// the result.
  void submit(const Ticket& job, Done done);

  /// Drops the waiting rows of a job, and ends the computation of those that serve no other. No call of its `done`
  /// begins after this, except one that another thread has already begun to deliver.
  void cancel(const Ticket& job);

  /// From now on batches are computed without waiting for more rows; any thread may call.
  void hurry();

  /// Number of rows that wait to be computed.
  int64_t waiting() const;

 private:
  using Batch = std::vector<Place>;

  void work();
  Batch take();
  void wait_for_rows(std::unique_lock<std::mutex>& lock);
  Ticket whose_turn(int64_t most) const;
  Batch choose(const Ticket& first, int64_t most, bool& full) const;
  void hand_out(const Batch& batch);
  void let_pass(int64_t most);
  void compute(const Batch& batch, bool passes = false);
  void finish(const Place& place, const std::exception_ptr& error);

  const Batching batching_;
  const Compute compute_;
  const std::function<void()> idle_;
  Metrics& metrics_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Ticket> queue_;  ///< jobs with rows that wait, as they arrived
  int64_t waiting_ = 0;        ///< rows of these
  int64_t turn_ = 0;           ///< work that was given to the job whose turn was last
  int64_t free_workers_;
  bool rested_ = true;  ///< idle was called since the last batch, or there was none
  bool hurries_ = false, stopping_ = false;
  std::thread workers_;
};

}  // namespace rotor
