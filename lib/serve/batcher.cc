#include "serve/batcher.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "base/signals.h"
#include "base/threads.h"
#include "search/work_sharing.h"
#include "serve/refusal.h"

namespace rotor {

int64_t most_work(const SearchInput& input, const SearchOptions& options) {
  return options.beam * (max_length(input, options) + 1);
}

int64_t likely_work(const SearchInput& input, const SearchOptions& options) {
  const int64_t likely = std::max<int64_t>(2 * std::ssize(input.source) + 10, options.min_len);
  return std::min(most_work(input, options), options.beam * (likely + 1));
}

namespace {

constexpr int64_t kAnyWork = std::numeric_limits<int64_t>::max();
constexpr std::chrono::milliseconds kPatience{100};  ///< how long a search goes on before others may pass it
constexpr int64_t kFarLess = 8;                      ///< their work is at most this part of its own

/// The indices of sentences, short ones first, so that batches have little padding.
std::vector<int64_t> by_length(const std::vector<SearchInput>& inputs) {
  std::vector<int64_t> order(inputs.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return inputs[a].source.size() < inputs[b].source.size(); });
  return order;
}

}  // namespace

/// The sentences of one request.
struct Batcher::Job {
  Job(std::vector<SearchInput> inputs_of_request, const SearchOptions& options_of_request, Done done_of_request)
      : inputs(std::move(inputs_of_request)),
        order(by_length(inputs)),
        options(options_of_request),
        done(std::move(done_of_request)),
        results(inputs.size()),
        left(std::ssize(inputs)) {}

  int64_t waiting() const { return std::ssize(inputs) - next; }

  /// The likely work of the sentences that wait.
  int64_t work() const {
    int64_t sum = 0;
    for (int64_t i = next; i < std::ssize(inputs); ++i) sum += likely_work(inputs[order[i]], options);
    return sum;
  }

  const std::vector<SearchInput> inputs;
  const std::vector<int64_t> order;  ///< in which they are translated
  const SearchOptions options;
  const Clock::time_point arrival = Clock::now();
  Done done;
  Hypotheses results;
  int64_t next = 0;   ///< the first in `order` that waits
  int64_t left;       ///< sentences without a result
  int64_t given = 0;  ///< work of the sentences that wait no more, counted from the turn at its arrival
  std::atomic<bool> abandoned = false;  ///< nobody waits for the results
};

Batcher::Batcher(const Batching& batching, Search search, Metrics& metrics, std::function<void()> idle)
    : batching_(batching),
      search_(std::move(search)),
      idle_(std::move(idle)),
      metrics_(metrics),
      free_workers_(batching.workers) {
  workers_ = std::thread([this, threads = rotor::threads()] {
    leave_signals_to_main_thread();
    set_threads(threads);
    share_work(batching_.workers, batching_.workers, [this](int64_t, int64_t) { work(); });
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
  return waiting_;
}

Batcher::Ticket Batcher::submit(std::vector<SearchInput> inputs, const SearchOptions& options, Done done) {
  const auto job = std::make_shared<Job>(std::move(inputs), options, std::move(done));
  if (job->left == 0) {
    std::exchange(job->done, nullptr)({}, nullptr);
    return job;
  }
  const std::lock_guard lock(mutex_);
  if (waiting_ + job->left > batching_.queue) {
    refuse_request(503, "expected at most {} waiting sentences, got {} beside {}; try again later", batching_.queue,
                   job->left, waiting_);
  }
  job->given = turn_;
  waiting_ += job->left;
  queue_.push_back(job);
  arrived_.notify_all();
  return job;
}

void Batcher::cancel(const Ticket& ticket) {
  Done done;  // is destroyed without the lock
  const std::lock_guard lock(mutex_);
  ticket->abandoned = true;
  std::swap(done, ticket->done);
  if (std::erase(queue_, ticket) > 0) waiting_ -= ticket->waiting();
}

void Batcher::work() {
  for (Batch batch = take(); !batch.empty(); batch = take()) {
    translate_batch(batch);
    batch.clear();
    const std::lock_guard lock(mutex_);
    ++free_workers_;
    rested_ = false;
  }
}

/// Waits for a batch; none when it is time to stop.
Batcher::Batch Batcher::take() {
  std::unique_lock lock(mutex_);
  while (true) {
    wait_for_sentences(lock);
    if (queue_.empty()) return {};
    const Ticket first = whose_turn(kAnyWork);
    bool full = false;
    Batch batch = choose(first, kAnyWork, full);
    const Clock::time_point begin = first->arrival + batching_.wait;
    if (!full && !stopping_ && Clock::now() < begin) {
      arrived_.wait_until(lock, begin);
      continue;
    }
    turn_ = std::max(turn_, first->given);
    hand_out(batch);
    --free_workers_;
    return batch;
  }
}

/// Says, once after work, that there was none for a while.
void Batcher::wait_for_sentences(std::unique_lock<std::mutex>& lock) {
  const auto ready = [this] { return stopping_ || !queue_.empty(); };
  while (!arrived_.wait_for(lock, batching_.rest, ready)) {
    if (rested_ || free_workers_ < batching_.workers) continue;
    rested_ = true;
    if (!idle_) continue;
    lock.unlock();
    idle_();
    lock.lock();
  }
}

/// The request that was given the least work, of those that have at most this left; of several the first that arrived.
/// None if all have more.
Batcher::Ticket Batcher::whose_turn(int64_t most) const {
  Ticket found;
  for (const Ticket& job : queue_) {
    if ((!found || job->given < found->given) && (most == kAnyWork || job->work() <= most)) found = job;
  }
  return found;
}

/// The sentences of a batch that begins with a request's, in turn with those of others that have its options and at
/// most this work left, and whether more would not fit.
Batcher::Batch Batcher::choose(const Ticket& first, int64_t most_left, bool& full) const {
  struct Cursor {
    Ticket job;
    int64_t next, given;
  };
  std::vector<Cursor> cursors;
  for (const Ticket& job : queue_) {
    const bool fits =
        job == first || (job->options == first->options && (most_left == kAnyWork || job->work() <= most_left));
    if (fits) cursors.push_back({job, job->next, job->given});
  }
  const int64_t workers = std::max<int64_t>(1, free_workers_), share = (waiting_ + workers - 1) / workers;
  const int64_t work_limit = std::min(batching_.work > 0 ? batching_.work : kAnyWork, most_left);
  const BatchLimits& limits = batching_.limits;
  const int64_t most = limits.sentences > 0 ? std::min(limits.sentences, share) : share;
  Batch batch;
  int64_t longest = 0, work = 0;
  while (!cursors.empty() && std::ssize(batch) < most) {
    const auto turn = std::min_element(cursors.begin(), cursors.end(),
                                       [](const Cursor& a, const Cursor& b) { return a.given < b.given; });
    const int64_t index = turn->job->order[turn->next];
    const SearchInput& input = turn->job->inputs[index];
    const int64_t with_this = std::max(longest, std::ssize(input.source)), more = likely_work(input, first->options);
    const bool fits = batch.empty() || ((limits.tokens == 0 || (std::ssize(batch) + 1) * with_this <= limits.tokens) &&
                                        work + more <= work_limit);
    full = full || !fits;
    if (fits) {
      batch.push_back({turn->job, index});
      longest = with_this;
      work += more;
      turn->given += more;
    }
    if (!fits || ++turn->next == std::ssize(turn->job->inputs)) cursors.erase(turn);
  }
  full = full || std::ssize(batch) == limits.sentences;
  return batch;
}

/// Takes the sentences of a batch out of the queue.
void Batcher::hand_out(const Batch& batch) {
  for (const auto& [job, index] : batch) {
    ++job->next;
    job->given += likely_work(job->inputs[index], job->options);
    --waiting_;
  }
  std::erase_if(queue_, [](const Ticket& job) { return job->waiting() == 0; });
}

/// Translates what waits and is little work, in the middle of a search that is much.
void Batcher::let_pass(int64_t most) {
  Batch batch;
  {
    const std::lock_guard lock(mutex_);
    if (free_workers_ > 0 || queue_.empty()) return;
    const Ticket first = whose_turn(most);
    if (!first) return;
    bool full = false;
    batch = choose(first, most, full);
    hand_out(batch);
  }
  translate_batch(batch, true);
}

/// One sentence may cause the exception of a search; searched alone, each gets the result that it would have without
/// the others. A batch that passes another lets none pass.
void Batcher::translate_batch(const Batch& batch, bool passes) {
  std::vector<SearchInput> inputs;
  int64_t work = 0;
  for (const auto& [job, index] : batch) {
    inputs.push_back(job->inputs[index]);
    work += likely_work(inputs.back(), job->options);
  }
  Clock::time_point resumed = Clock::now();
  const auto wanted = [&] {
    if (!passes && Clock::now() - resumed > kPatience) {
      let_pass(work / kFarLess);
      resumed = Clock::now();
    }
    return std::any_of(batch.begin(), batch.end(), [](const Place& place) { return !place.job->abandoned; });
  };
  Hypotheses found;
  std::exception_ptr error;
  try {
    found = search_(inputs, batch[0].job->options, wanted);
    metrics_.count_batch(std::ssize(batch));
  } catch (const Error& refused) {
    error = std::make_exception_ptr(Refusal(422, refused.what()));
  } catch (...) {
    error = std::current_exception();
  }
  if (error && batch.size() > 1) {
    for (const Place& place : batch) {
      if (!place.job->abandoned) translate_batch({place}, passes);
    }
    return;
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    finish(batch[i], error ? std::vector<Hypothesis>() : std::move(found[i]), error);
  }
}

void Batcher::finish(const Place& place, std::vector<Hypothesis> hypotheses, const std::exception_ptr& error) {
  Job& job = *place.job;
  Done done;
  {
    const std::lock_guard lock(mutex_);
    job.results[place.index] = std::move(hypotheses);
    --job.left;
    if (job.left == 0 || error) std::swap(done, job.done);
  }
  if (!done) return;
  if (error) cancel(place.job);
  done(error ? Hypotheses() : std::move(job.results), error);
}

}  // namespace rotor
