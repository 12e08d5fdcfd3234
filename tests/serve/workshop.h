// Workshop: a batcher whose searches a test lets begin and end.
#pragma once

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "base/check.h"
#include "search/hypothesis.h"
#include "serve/batcher.h"
#include "serve/search_work.h"

namespace rotor {

inline constexpr int32_t kQuick = 9;

/// A search that notes its batches and ends when it is let through; a hypothesis is its source. Token 666 is an Error.
/// Batches that begin with kQuick end at once.
class Workshop {
 public:
  using Searches = Batcher<SearchInput, SearchOptions, std::vector<Hypothesis>>;
  using Hypotheses = Searches::Outputs;

  explicit Workshop(Batching batching, bool open = false)
      : open_(open),
        batcher_(
            batching,
            [](const SearchInput& input, const SearchOptions& options) {
              return BatchJob::Row{std::ssize(input.source), likely_work(input, options)};
            },
            [this](std::span<const SearchInput> inputs, const SearchOptions&, const std::function<bool()>& wanted) {
              return search(inputs, wanted);
            },
            metrics_, [this] { ++rests; }) {}
  ~Workshop() { open(); }

  std::future<Hypotheses> send(std::vector<TokenIds> sources, const SearchOptions& options = {}) {
    std::vector<SearchInput> inputs;
    inputs.reserve(sources.size());
    for (TokenIds& source : sources) inputs.push_back({std::move(source)});
    const auto promise = std::make_shared<std::promise<Hypotheses>>();
    ticket = batcher_.submit(std::move(inputs), options, [promise](Hypotheses found, const std::exception_ptr& error) {
      if (error) return promise->set_exception(error);
      promise->set_value(std::move(found));
    });
    return promise->get_future();
  }

  /// Has a worker take a sentence of its own, so that what comes then has to wait.
  std::future<Hypotheses> occupy() {
    auto answer = send({{1, 2}});
    wait_for_batches(1);
    return answer;
  }

  void wait_for_batches(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return batches_.size() >= count; });
  }

  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

  /// The sources of each batch that was searched.
  std::vector<std::vector<TokenIds>> batches() {
    const std::lock_guard lock(mutex_);
    return batches_;
  }
  Searches& batcher() { return batcher_; }
  std::atomic<int64_t> asked = 0;     ///< how often a search asked whether it is wanted
  std::atomic<int64_t> unwanted = 0;  ///< searches that ended early
  std::atomic<int64_t> rests = 0;     ///< how often it said that it is idle
  BatchQueue::Ticket ticket;          ///< of what was sent last

 private:
  Hypotheses search(std::span<const SearchInput> inputs, const std::function<bool()>& wanted) {
    std::unique_lock lock(mutex_);
    batches_.emplace_back();
    Hypotheses found;
    bool bad = false;
    for (const SearchInput& input : inputs) {
      batches_.back().push_back(input.source);
      found.push_back({Hypothesis{.tokens = input.source, .token_scores = {}}});
      bad = bad || input.source[0] == 666;
    }
    changed_.notify_all();
    while (!open_ && inputs[0].source[0] != kQuick) {
      changed_.wait_for(lock, std::chrono::milliseconds(1));
      lock.unlock();
      const bool go_on = wanted();
      ++asked;
      lock.lock();
      if (!go_on) {
        ++unwanted;
        throw std::runtime_error("nobody waits");
      }
    }
    if (bad) fail("one of these is bad");
    return found;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_;
  std::vector<std::vector<TokenIds>> batches_;
  Metrics metrics_{{}, {}};
  Searches batcher_;
};

}  // namespace rotor
