// Batcher: the sentences of many requests, and workers that translate what waits, together where the options are equal.
// A batch is taken as soon as a worker is free, and holds up to an even share of what waits among the free workers.
//
// Requests take turns by the work they had so far (start-time fair queueing): the next sentence is that of the request
// to which the least was given, where a request that arrives stands level with the one whose turn it is. So a large
// request is translated in small batches, and what arrives meanwhile waits for one of them at most.
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

#include "search/beam_search.h"
#include "search/request_batches.h"
#include "serve/metrics.h"

namespace rotor {

/// The greatest work of the search of a sentence, as hypotheses times steps: beam × greatest length with </s>.
int64_t most_work(const SearchInput& input, const SearchOptions& options);

/// The likely work of the search of a sentence, whose translation is taken to have at most twice the length of the
/// source plus 10 tokens.
int64_t likely_work(const SearchInput& input, const SearchOptions& options);

struct Batching {
  BatchLimits limits;
  int64_t work = 0;      ///< likely_work() of a batch of several sentences; 0: no limit
  int64_t queue = 1024;  ///< greatest number of waiting sentences
  int64_t workers = 1;   ///< number of workers, which share the threads of the thread that makes the Batcher
  std::chrono::microseconds wait{0};     ///< time that a batch which is not full waits for more sentences
  std::chrono::milliseconds rest{1000};  ///< without work, after which the Batcher is idle
};

class Batcher {
 public:
  using Clock = std::chrono::steady_clock;
  using Hypotheses = std::vector<std::vector<Hypothesis>>;
  /// Translates a batch; ends early, by an exception, once `wanted()` is false.
  using Search = std::function<Hypotheses(std::span<const SearchInput> inputs, const SearchOptions& options,
                                          const std::function<bool()>& wanted)>;
  /// A function that takes the hypotheses of a request, in the order of its sentences, or the reason why there are
  /// none: a Refusal (422) with the text of the Error that the search throws for one of them, or another exception of
  /// it.
  using Done = std::function<void(Hypotheses, std::exception_ptr)>;
  struct Job;
  using Ticket = std::shared_ptr<Job>;

  /// `metrics` must outlive this. `idle`, if there is one, is called by a worker once all have rested after work.
  Batcher(const Batching& batching, Search search, Metrics& metrics, std::function<void()> idle = nullptr);
  /// Finishes the accepted sentences.
  ~Batcher();

  /// Queues sentences for translation; any thread may call. `done` is called once, by a worker, or by this function if
  /// there are no sentences. Throws a Refusal (503) if they do not fit into the queue. Sentences of other requests
  /// never change the result.
  Ticket submit(std::vector<SearchInput> inputs, const SearchOptions& options, Done done);

  /// Drops the waiting sentences of a request, and ends searches that serve no other request. No call of its `done`
  /// begins after this.
  void cancel(const Ticket& ticket);

  /// Number of sentences that wait to be translated.
  int64_t waiting() const;

 private:
  struct Place {
    Ticket job;
    int64_t index;  ///< index of the sentence in the job
  };
  using Batch = std::vector<Place>;

  void work();
  Batch take();
  void wait_for_sentences(std::unique_lock<std::mutex>& lock);
  Ticket whose_turn(int64_t most) const;
  Batch choose(const Ticket& first, int64_t most, bool& full) const;
  void hand_out(const Batch& batch);
  void let_pass(int64_t most);
  void translate_batch(const Batch& batch, bool passes = false);
  void finish(const Place& place, std::vector<Hypothesis> hypotheses, const std::exception_ptr& error);

  const Batching batching_;
  const Search search_;
  const std::function<void()> idle_;
  Metrics& metrics_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Ticket> queue_;  ///< requests with sentences that wait, as they arrived
  int64_t waiting_ = 0;        ///< sentences of these
  int64_t turn_ = 0;           ///< work that was given to the request whose turn was last
  int64_t free_workers_;
  bool rested_ = false, stopping_ = false;
  std::thread workers_;
};

}  // namespace rotor
