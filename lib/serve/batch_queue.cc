#include "serve/batch_queue.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "base/signals.h"
#include "base/threads.h"
#include "search/work_sharing.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

constexpr int64_t kAnyWork = std::numeric_limits<int64_t>::max();
constexpr std::chrono::milliseconds kPatience{100};  ///< how long a batch goes on before others may pass it
constexpr int64_t kFarLess = 8;                      ///< their work is at most this part of its own

/// The indices of rows, short ones first, so that batches have little padding.
std::vector<int64_t> by_length(const std::vector<BatchJob::Row>& rows) {
  std::vector<int64_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return rows[a].length < rows[b].length; });
  return order;
}

}  // namespace

BatchJob::BatchJob(std::vector<Row> rows)
    : rows_(std::move(rows)), order_(by_length(rows_)), left_(std::ssize(rows_)) {}

/// The likely work of the rows that wait.
int64_t BatchJob::waiting_work() const {
  int64_t sum = 0;
  for (int64_t i = next_; i < std::ssize(rows_); ++i) sum += rows_[order_[i]].work;
  return sum;
}

BatchQueue::BatchQueue(const Batching& batching, Compute compute, Metrics& metrics, std::function<void()> idle)
    : batching_(batching),
      compute_(std::move(compute)),
      idle_(std::move(idle)),
      metrics_(metrics),
      free_workers_(batching.workers) {
  workers_ = std::thread([this, threads = rotor::threads()] {
    leave_signals_to_main_thread();
    set_threads(threads);
    share_work(batching_.workers, batching_.workers, [this](int64_t, int64_t) { work(); });
  });
}

BatchQueue::~BatchQueue() {
  {
    const std::lock_guard lock(mutex_);
    hurries_ = stopping_ = true;
  }
  arrived_.notify_all();
  workers_.join();
}

int64_t BatchQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

void BatchQueue::submit(const Ticket& job, Done done) {
  if (job->left_ == 0) return done(nullptr);
  const std::lock_guard lock(mutex_);
  if (waiting_ + job->left_ > batching_.queue) {
    refuse_request(503, "expected at most {} in the queue, got {} beside {} that wait; try again later",
                   batching_.queue, job->left_, waiting_);
  }
  job->done_ = std::move(done);
  job->given_ = turn_;
  waiting_ += job->left_;
  queue_.push_back(job);
  arrived_.notify_all();
}

void BatchQueue::cancel(const Ticket& job) {
  Done done;  // is destroyed without the lock
  const std::lock_guard lock(mutex_);
  job->abandoned_ = true;
  std::swap(done, job->done_);
  if (std::erase(queue_, job) > 0) waiting_ -= job->waiting();
}

void BatchQueue::hurry() {
  const std::lock_guard lock(mutex_);
  hurries_ = true;
  arrived_.notify_all();
}

void BatchQueue::work() {
  for (Batch batch = take(); !batch.empty(); batch = take()) {
    compute(batch);
    batch.clear();
    const std::lock_guard lock(mutex_);
    ++free_workers_;
    rested_ = false;
  }
}

/// Waits for a batch; none when it is time to stop.
BatchQueue::Batch BatchQueue::take() {
  std::unique_lock lock(mutex_);
  while (true) {
    wait_for_rows(lock);
    if (queue_.empty()) return {};
    const Ticket first = whose_turn(kAnyWork);
    bool full = false;
    Batch batch = choose(first, kAnyWork, full);
    const Clock::time_point begin = first->arrival_ + batching_.wait;
    if (!full && !hurries_ && Clock::now() < begin) {
      arrived_.wait_until(lock, begin);
      continue;
    }
    turn_ = std::max(turn_, first->given_);
    hand_out(batch);
    --free_workers_;
    return batch;
  }
}

/// Says, once after work, that there was none for a while.
void BatchQueue::wait_for_rows(std::unique_lock<std::mutex>& lock) {
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
BatchQueue::Ticket BatchQueue::whose_turn(int64_t most) const {
  Ticket found;
  for (const Ticket& job : queue_) {
    if ((!found || job->given_ < found->given_) && (most == kAnyWork || job->waiting_work() <= most)) found = job;
  }
  return found;
}

/// The rows of a batch that begins with a request's, in turn with those of others that go with it and have at most this
/// work left, and whether more would not fit.
BatchQueue::Batch BatchQueue::choose(const Ticket& first, int64_t most_left, bool& full) const {
  struct Cursor {
    Ticket job;
    int64_t next, given;
  };
  std::vector<Cursor> cursors;
  for (const Ticket& job : queue_) {
    const bool fits =
        job == first || (job->goes_with(*first) && (most_left == kAnyWork || job->waiting_work() <= most_left));
    if (fits) cursors.push_back({job, job->next_, job->given_});
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
    const int64_t index = turn->job->order_[turn->next];
    const auto [length, more] = turn->job->rows_[index];
    const int64_t with_this = std::max(longest, length);
    const bool fits = batch.empty() || ((limits.tokens == 0 || (std::ssize(batch) + 1) * with_this <= limits.tokens) &&
                                        work + more <= work_limit);
    full = full || !fits;
    if (fits) {
      batch.push_back({turn->job, index});
      longest = with_this;
      work += more;
      turn->given += more;
    }
    if (!fits || ++turn->next == std::ssize(turn->job->rows_)) cursors.erase(turn);
  }
  full = full || std::ssize(batch) == limits.sentences;
  return batch;
}

/// Takes the rows of a batch out of the queue.
void BatchQueue::hand_out(const Batch& batch) {
  for (const auto& [job, index] : batch) {
    ++job->next_;
    job->given_ += job->rows_[index].work;
    --waiting_;
  }
  std::erase_if(queue_, [](const Ticket& job) { return job->waiting() == 0; });
}

/// Computes what waits and is little work, in the middle of a batch that is much.
void BatchQueue::let_pass(int64_t most) {
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
  compute(batch, true);
}

/// One row may cause the exception of a batch; computed alone, each gets the result that it would have without the
/// others. A batch that passes another lets none pass.
void BatchQueue::compute(const Batch& batch, bool passes) {
  int64_t work = 0;
  for (const auto& [job, index] : batch) work += job->rows_[index].work;
  Clock::time_point resumed = Clock::now();
  const auto wanted = [&] {
    if (!passes && Clock::now() - resumed > kPatience) {
      let_pass(work / kFarLess);
      resumed = Clock::now();
    }
    return std::any_of(batch.begin(), batch.end(), [](const Place& place) { return !place.job->abandoned_; });
  };
  std::exception_ptr error;
  try {
    compute_(batch, wanted);
    metrics_.count_batch(std::ssize(batch));
  } catch (const Error& refused) {
    error = std::make_exception_ptr(Refusal(422, refused.what()));
  } catch (...) {
    error = std::current_exception();
  }
  if (error && batch.size() > 1) {
    for (const Place& place : batch) {
      if (!place.job->abandoned_) compute({place}, passes);
    }
    return;
  }
  for (const Place& place : batch) finish(place, error);
}

void BatchQueue::finish(const Place& place, const std::exception_ptr& error) {
  BatchJob& job = *place.job;
  Done done;
  {
    const std::lock_guard lock(mutex_);
    --job.left_;
    if (job.left_ == 0 || error) std::swap(done, job.done_);
  }
  if (!done) return;
  if (error) cancel(place.job);
  done(error);
}

}  // namespace rotor
