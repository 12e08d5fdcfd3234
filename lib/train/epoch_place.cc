#include "train/epoch_place.h"

#include <limits>
#include <span>
#include <utility>

#include "base/log.h"

namespace rotor {
namespace {

/// Moves to the last place in `order` that has used at most so many batches and pairs, and leaves a batch to come.
void move_to(TrainerState& state, const TrainingData& data, std::span<const int32_t> order, int64_t batches,
             int64_t pairs) {
  state.next_batch = state.epoch_samples = 0;
  while (state.next_batch < batches && state.next_batch + 1 < std::ssize(order)) {
    const int64_t more = data.samples(order[state.next_batch]);
    if (state.epoch_samples + more > pairs) return;
    state.epoch_samples += more;
    ++state.next_batch;
  }
}

/// Converts the place of the next batch.
void find_next_batch(TrainerState& state, const TrainingData& data) {
  constexpr int64_t kAny = std::numeric_limits<int64_t>::max();
  const int64_t counted = std::exchange(state.cut, data.digest());
  if (state.next_batch == 0 || counted == state.cut) return;
  const std::vector<int32_t> order = data.epoch_order(state.epoch);
  if (counted == 0 && state.next_batch < std::ssize(order)) return move_to(state, data, order, state.next_batch, kAny);
  move_to(state, data, order, kAny, state.epoch_samples);
  int64_t all = 0;
  for (const int32_t number : order) all += data.samples(number);
  log::warn(
      "the corpus, its batches or --seed are not what they were within epoch {}: it goes on after {} of its {} {}s, "
      "but some come twice in it and others not at all",
      state.epoch, state.epoch_samples, all, data.noun());
}

}  // namespace

void find_place(TrainerState& state, const TrainingData& data) {
  const int64_t counted = state.next_batch;
  find_next_batch(state, data);
  if (state.next_batch != counted) state.begin_here();
}

}  // namespace rotor
