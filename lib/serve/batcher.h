// Batcher: a queue of sentences that many requests share, and workers that translate what waits, together where the
// options are equal. A batch is taken as soon as a worker is free: the sentence that has waited longest, and of the
// others, in their order, those that fit in with it, up to an even share among the workers that are free. So sentences
// are batched by what arrives while others are translated, and none waits for company unless that is asked for.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "search/batches.h"
#include "search/beam.h"
#include "serve/metrics.h"

namespace rotor {

struct Batching {
  BatchLimits limits;
  int64_t queue = 1024;               ///< most sentences that wait
  int64_t workers = 1;                ///< which share the threads of the thread that makes the Batcher
  std::chrono::microseconds wait{0};  ///< how long a batch which is not full waits for more
};

class Batcher {
 public:
  using Clock = std::chrono::steady_clock;
  using Hypotheses = std::vector<std::vector<Hypothesis>>;
  /// Translates a batch; ends early, by an exception, once `wanted()` is false.
  using Search = std::function<Hypotheses(int64_t worker, std::span<const SearchInput> inputs,
                                          const SearchOptions& options, const std::function<bool()>& wanted)>;

  /// `metrics` must outlive this.
  Batcher(const Batching& batching, Search search, Metrics& metrics);
  /// Finishes what was accepted.
  ~Batcher();

  /// Translates sentences and returns their hypotheses in the same order; any thread may call. A Refusal (503) if they
  /// do not fit into the queue, (504) at the deadline, (422) with the text of the Error that the search throws for one
  /// of them. Sentences of other requests never change the result.
  Hypotheses translate(std::vector<SearchInput> inputs, const SearchOptions& options, Clock::time_point deadline);

  /// Sentences in the queue.
  int64_t waiting() const;

 private:
  struct Job;
  struct Place {
    std::shared_ptr<Job> job;
    int64_t index;  ///< of the sentence in the job
  };
  using Batch = std::vector<Place>;

  void work(int64_t worker);
  Batch take();
  std::vector<size_t> choose(bool& full) const;
  void translate_batch(int64_t worker, const Batch& batch);
  void finish(const Place& place, std::vector<Hypothesis> hypotheses, std::exception_ptr error);

  const Batching batching_;
  const Search search_;
  Metrics& metrics_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Place> queue_;
  int64_t free_workers_;
  bool stopping_ = false;
  std::thread workers_;
};

}  // namespace rotor
