#include "train/epoch_place.h"

#include <set>

#include "train/training.h"

namespace rotor {
namespace {

class EpochPlace : public TrainerTest {
 protected:
  EpochPlace() { batches_.batch_size = 4; }

  TrainingData data() const { return {std::vector<WeightedCorpus>{{train_, 1}}, batches_}; }

  /// The state after so many batches of the epoch.
  TrainerState state_after(int64_t batches) const {
    const TrainingData before = data();
    TrainerState state;
    state.epoch = 2;
    state.cut = before.digest();
    for (const int32_t number : before.epoch_order(2)) {
      if (state.next_batch == batches) break;
      ++state.next_batch;
      state.epoch_samples += before.samples(number);
    }
    return state;
  }

  /// Pairs of the first batches of the epoch.
  int64_t pairs_before(const TrainingData& data, int64_t batches) const {
    int64_t pairs = 0;
    for (const int32_t number : data.epoch_order(2)) pairs += batches-- > 0 ? data.samples(number) : 0;
    return pairs;
  }
};

TEST_F(EpochPlace, StaysAmongTheSameBatches) {
  const TrainerState before = state_after(5);
  TrainerState state = before;
  find_place(state, data());
  EXPECT_EQ(state.to_json(), before.to_json());
}

TEST_F(EpochPlace, IsFoundAgainByThePairsUsed) {
  const TrainerState before = state_after(7);
  ASSERT_GT(before.epoch_samples, 20);
  for (const int64_t size : {1, 2, 3, 9, 60}) {
    batches_.batch_size = size;
    batches_.max_tokens = 1000;
    const TrainingData other = data();
    TrainerState state = before;
    find_place(state, other);
    EXPECT_EQ(state.epoch, 2);
    EXPECT_EQ(state.cut, other.digest());
    EXPECT_EQ(state.epoch_samples, pairs_before(other, state.next_batch));
    EXPECT_LE(state.epoch_samples, before.epoch_samples);
    EXPECT_GT(pairs_before(other, state.next_batch + 1), before.epoch_samples) << size << ": as far as can be";
  }
}

TEST_F(EpochPlace, IsWhereTheEpochsToComeBeginIfItMoves) {
  TrainerState state = state_after(7);
  state.updates = 6;
  batches_.batch_size = 2;
  find_place(state, data());
  EXPECT_GT(state.next_batch, 7);
  EXPECT_EQ(state.begin_updates, 6);
  EXPECT_EQ(state.begin_epoch, 2);
  EXPECT_EQ(state.begin_batch, state.next_batch);
}

TEST_F(EpochPlace, LeavesABatchToComeWhereTheCorpusHasShrunk) {
  const TrainerState before = state_after(14);
  train_ = corpus_of(folder_ / "small.safetensors", random_pairs(12, 3), 30);
  TrainerState state = before;
  find_place(state, data());
  EXPECT_EQ(state.next_batch, data().size() - 1);
}

TEST_F(EpochPlace, OfACheckpointThatDoesNotNameItsBatchesIsTakenAsItIs) {
  TrainerState state = state_after(5);
  const int64_t pairs = std::exchange(state.epoch_samples, 0);
  state.cut = 0;
  find_place(state, data());
  EXPECT_EQ(state.next_batch, 5);
  EXPECT_EQ(state.epoch_samples, pairs);
  EXPECT_EQ(state.cut, data().digest());
  state.next_batch = 1000;
  state.cut = state.epoch_samples = 0;
  find_place(state, data());
  EXPECT_EQ(state.next_batch, 0) << "a place that is none";
}

TEST_F(EpochPlace, DoesNotMatterBetweenEpochs) {
  TrainerState state = state_after(0);
  batches_.batch_size = 2;
  find_place(state, data());
  EXPECT_EQ(state.next_batch, 0);
  EXPECT_EQ(state.cut, data().digest());
}

TEST_F(EpochPlace, HasTheDigestOfWhatDecidesTheOrder) {
  std::set<int64_t> digests = {data().digest()};
  EXPECT_EQ(data().digest(), *digests.begin());
  const auto is_another = [&] { return digests.insert(data().digest()).second; };
  batches_.seed = 2;
  EXPECT_TRUE(is_another());
  batches_.batch_size = 2;
  EXPECT_TRUE(is_another());
  batches_.max_source_positions = 8;
  EXPECT_TRUE(is_another());
  train_ = corpus_of(folder_ / "other.safetensors", random_pairs(59, 1), 30);
  EXPECT_TRUE(is_another());
  EXPECT_TRUE(digests.insert(TrainingData({{train_, 2}}, batches_).digest()).second);
}

TEST_F(EpochPlace, OfARunThatGoesOnInOtherBatchesUsesAsManyPairsAnEpoch) {
  options_.optimization.update_freq = 1;
  train("run", 8);
  batches_.batch_size = 2;
  const TrainerState state = train("run", 0, 1);
  EXPECT_EQ(state.epoch, 2);
  const int64_t small = (60 - 8 * 4 + 1) / 2;
  EXPECT_NEAR(static_cast<double>(state.updates), static_cast<double>(8 + small), 3);
}

}  // namespace
}  // namespace rotor
