#include "serve/batcher.h"

#include <omp.h>

#include <algorithm>
#include <optional>

#include "base/signals.h"
#include "search/work_sharing.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

[[noreturn]] void refuse_late() {
  refuse_request(504, "expected to be done in time, was not; send less at a time, or try again later");
}

}  // namespace

/// The sentences of one request.
struct Batcher::Job {
  Job(std::vector<SearchInput> inputs_of_request, const SearchOptions& options_of_request)
      : inputs(std::move(inputs_of_request)),
        options(options_of_request),
        results(inputs.size()),
        left(std::ssize(inputs)) {}

  const std::vector<SearchInput> inputs;
  const SearchOptions options;
  const Clock::time_point arrival = Clock::now();
  Hypotheses results;
  int64_t left;  ///< sentences without a result
  std::exception_ptr error;
  std::atomic<bool> abandoned = false;  ///< nobody waits for the results
  std::condition_variable done;
};

Batcher::Batcher(const Batching& batching, Search search, Metrics& metrics)
    : batching_(batching), search_(std::move(search)), metrics_(metrics), free_workers_(batching.workers) {
  workers_ = std::thread([this, threads = omp_get_max_threads()] {
    leave_signals_to_main_thread();
    omp_set_num_threads(threads);
    share_work(batching_.workers, batching_.workers, [this](int64_t, int64_t worker) { work(worker); });
  });
}

Batcher::~Batcher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_all();
  workers_.join();
}

int64_t Batcher::waiting() const {
  const std::lock_guard lock(mutex_);
  return std::ssize(queue_);
}

Batcher::Hypotheses Batcher::translate(std::vector<SearchInput> inputs, const SearchOptions& options,
                                       Clock::time_point deadline) {
  if (Clock::now() >= deadline) refuse_late();
  const auto job = std::make_shared<Job>(std::move(inputs), options);
  std::unique_lock lock(mutex_);
  if (std::ssize(queue_) + job->left > batching_.queue) {
    refuse_request(503, "expected at most {} waiting sentences, got {} beside {}; try again later", batching_.queue,
                   job->left, queue_.size());
  }
  for (int64_t i = 0; i < job->left; ++i) queue_.push_back({job, i});
  arrived_.notify_all();
  const bool in_time = job->done.wait_until(lock, deadline, [&] { return job->left == 0 || job->error; });
  if (!in_time || job->error) {
    job->abandoned = true;
    std::erase_if(queue_, [&](const Place& place) { return place.job == job; });
  }
  if (!in_time) refuse_late();
  if (job->error) std::rethrow_exception(job->error);
  return std::move(job->results);
}

void Batcher::work(int64_t worker) {
  for (Batch batch = take(); !batch.empty(); batch = take()) {
    translate_batch(worker, batch);
    const std::lock_guard lock(mutex_);
    ++free_workers_;
  }
}

/// Waits for sentences; none when it is time to stop.
Batcher::Batch Batcher::take() {
  std::unique_lock lock(mutex_);
  while (true) {
    arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return {};
    bool full = false;
    const std::vector<size_t> chosen = choose(full);
    const Clock::time_point begin = queue_.front().job->arrival + batching_.wait;
    if (!full && !stopping_ && Clock::now() < begin) {
      arrived_.wait_until(lock, begin);
      continue;
    }
    Batch batch;
    for (size_t i : chosen) batch.push_back(queue_[i]);
    for (size_t i = chosen.size(); i-- > 0;) queue_.erase(queue_.begin() + static_cast<int64_t>(chosen[i]));
    --free_workers_;
    return batch;
  }
}

/// The places in the queue of a batch's sentences, and whether more would not fit.
std::vector<size_t> Batcher::choose(bool& full) const {
  const auto share = (std::ssize(queue_) + free_workers_ - 1) / free_workers_;
  const BatchLimits& limits = batching_.limits;
  const int64_t most = limits.sentences > 0 ? std::min(limits.sentences, share) : share;
  std::vector<size_t> chosen;
  int64_t longest = 0;
  for (size_t i = 0; i < queue_.size() && std::ssize(chosen) < most; ++i) {
    const auto& [job, index] = queue_[i];
    if (i > 0 && job->options != queue_.front().job->options) continue;
    const int64_t with_this = std::max(longest, std::ssize(job->inputs[index].source));
    const bool fits = limits.tokens == 0 || (std::ssize(chosen) + 1) * with_this <= limits.tokens;
    if (fits || i == 0) {
      chosen.push_back(i);
      longest = with_this;
    } else {
      full = true;
    }
  }
  full = full || std::ssize(chosen) == limits.sentences;
  return chosen;
}

/// What a search throws may be one sentence's fault; alone, each has what it would have had without the others.
void Batcher::translate_batch(int64_t worker, const Batch& batch) {
  std::vector<SearchInput> inputs;
  for (const auto& [job, index] : batch) inputs.push_back(job->inputs[index]);
  const auto wanted = [&] {
    return std::any_of(batch.begin(), batch.end(), [](const Place& place) { return !place.job->abandoned; });
  };
  Hypotheses found;
  std::exception_ptr error;
  try {
    found = search_(worker, inputs, batch[0].job->options, wanted);
    metrics_.count_batch(std::ssize(batch));
  } catch (const Error& refused) {
    error = std::make_exception_ptr(Refusal(422, refused.what()));
  } catch (...) {
    error = std::current_exception();
  }
  if (error && batch.size() > 1) {
    for (const Place& place : batch) {
      if (!place.job->abandoned) translate_batch(worker, {place});
    }
    return;
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    finish(batch[i], error ? std::vector<Hypothesis>() : std::move(found[i]), error);
  }
}

void Batcher::finish(const Place& place, std::vector<Hypothesis> hypotheses, std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  Job& job = *place.job;
  job.results[place.index] = std::move(hypotheses);
  --job.left;
  if (error && !job.error) job.error = std::move(error);
  if (job.left == 0 || job.error) job.done.notify_one();
}

}  // namespace rotor
