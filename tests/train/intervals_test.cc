#include "train/intervals.h"

#include <csignal>

#include "base/signals.h"
#include "threads.h"
#include "train/training.h"

namespace rotor {
namespace {

TEST(Due, IsByUpdatesAfterUpdatesAndByEpochsAtTheirEnds) {
  CheckpointOptions options;
  options.save_interval_updates = 3;
  options.validate_interval_updates = 6;
  options.save_interval = options.validate_interval = 2;
  TrainerState state;
  state.updates = 6;
  state.epoch = 2;
  using Names = std::vector<std::string>;
  EXPECT_EQ(due(options, state, true, true).checkpoints, (Names{"2_6", "2"}));
  EXPECT_EQ(due(options, state, true, false).checkpoints, (Names{"2_6"}));
  EXPECT_EQ(due(options, state, false, true).checkpoints, (Names{"2"})) << "update 6 was long before";
  EXPECT_TRUE(due(options, state, true, false).validation);
  EXPECT_TRUE(due(options, state, false, true).validation);
  EXPECT_FALSE(due(options, state, false, false).validation);
  options.no_epoch_checkpoints = true;
  EXPECT_EQ(due(options, state, true, true).checkpoints, (Names{"2_6"}));
}

/// A worker that another one tells of a signal after so many updates: of one to stop, or to save and go on.
class Signalled : public Workers {
 public:
  Signalled(int64_t after, int signal) : after_(after), told_(signal == SIGUSR1 ? 1 : 2 * signal) {}

  int rank() const override { return 0; }
  int size() const override { return 1; }
  void begin_sum(std::span<float>) override {}
  void finish_sums() override {}
  void sum(std::span<double>) override {}
  void broadcast(std::span<std::byte>) override {}
  int threads() override { return 1; }
  /// What is highest of zeros is whether anybody was signalled: all other numbers are above or below.
  int64_t highest(int64_t value) override { return value == 0 && --after_ == 0 ? told_ : value; }

 private:
  int64_t after_, told_;
};

constexpr int64_t kUpdatesAnEpoch = 3;

int64_t epoch_of(int64_t update) {
  return (update - 1) / kUpdatesAnEpoch + 1;
}

/// What a run did, or must do.
struct Events {
  struct Validation {
    int64_t update, epoch;
    bool final;
    auto operator<=>(const Validation&) const = default;
  };
  int64_t updates = 0;
  std::vector<Validation> validations = {};
  std::vector<std::string> files = {};
  int64_t best = 0;  ///< update of checkpoint_best
};

/// The table: what must happen in a run of which no validation but the first is better.
Events expected(const TrainerOptions& options) {
  const auto& [optimization, o] = options;
  const auto at = [](int64_t interval, int64_t count) { return interval > 0 && count % interval == 0; };
  Events events{.files = {"checkpoint_best.safetensors", "checkpoint_last.safetensors", "train.jsonl"}};
  bool ended = false;
  for (int64_t update = 1; !ended; ++update) {
    const int64_t epoch = epoch_of(update);
    const bool last = update % kUpdatesAnEpoch == 0;
    if (at(o.validate_interval_updates, update) || (last && at(o.validate_interval, epoch))) {
      events.validations.push_back({update, epoch, false});
    }
    const auto file = [&](const std::string& name) { events.files.push_back("checkpoint_" + name + ".safetensors"); };
    if (at(o.save_interval_updates, update)) file(fmt::format("{}_{}", epoch, update));
    if (last && at(o.save_interval, epoch)) file(fmt::format("{}", epoch));
    ended = update == optimization.max_update || (last && epoch == optimization.max_epoch) ||
            (o.patience > 0 && std::ssize(events.validations) > o.patience);
    events.updates = update;
  }
  if (events.validations.empty() || events.validations.back().update != events.updates) {
    events.validations.push_back({events.updates, epoch_of(events.updates), true});
  }
  events.best = events.validations.front().update;
  std::sort(events.files.begin(), events.files.end());
  return events;
}

class Intervals : public TrainerTest {
 protected:
  Intervals() {
    validates_ = true;
    model_options_.encoder.layers = model_options_.decoder.layers = 1;
    options_.optimization.schedule.lr = options_.optimization.schedule.warmup_init_lr = 1e-30;
    options_.checkpoints.log_interval = 4;
    batches_.batch_size = 2;
    train_ = corpus_of(folder_ / "train.safetensors", random_pairs(2 * 2 * kUpdatesAnEpoch, 1), 30);
    valid_ = corpus_of(folder_ / "valid.safetensors", random_pairs(2, 2), 30);
  }

  /// Trains to the end of the options.
  void train_to_the_end(const std::string& run, Workers& workers = alone()) {
    train(run, options_.optimization.max_update, options_.optimization.max_epoch, 1, workers);
  }

  TrainerState state_of(const std::string& run, const std::string& checkpoint) const {
    const SafeTensors file(folder_ / run / ("checkpoint_" + checkpoint + ".safetensors"));
    return TrainerState::from_json(file.metadata("trainer"), checkpoint);
  }

  Events events_of(const std::string& run) const {
    Events events{.files = files(run), .best = state_of(run, "best").updates};
    events.updates = state_of(run, "last").updates;
    for (const auto& report : reports(run)) {
      EXPECT_EQ(report["epoch"], epoch_of(report["update"])) << report.dump();
      if (report.contains("valid_loss")) {
        events.validations.push_back({report["update"], report["epoch"], report.contains("final")});
      }
    }
    return events;
  }

  void expect_events(const std::string& run, const Events& wanted) const {
    const Events found = events_of(run);
    EXPECT_EQ(found.updates, wanted.updates) << run;
    EXPECT_EQ(found.files, wanted.files) << run;
    EXPECT_EQ(found.best, wanted.best) << run;
    EXPECT_TRUE(found.validations == wanted.validations) << run;
  }

  /// Runs the options to their end: at once, and with a signal after an update, which stops the run, that is then
  /// resumed, or has it save and go on.
  void expect_the_table(int64_t number) {
    const Events wanted = expected(options_);
    train_to_the_end("whole");
    expect_events("whole", wanted);
    const int64_t after = 1 + number % wanted.updates;
    const bool stops = number / wanted.updates % 2 == 0;
    Signalled worker(after, stops ? SIGTERM : SIGUSR1);
    if (stops) {
      EXPECT_THROW(train_to_the_end("signalled", worker), Interrupted);
      EXPECT_EQ(state_of("signalled", "last").updates, after);
      train_to_the_end("signalled");
    } else {
      train_to_the_end("signalled", worker);
    }
    expect_events("signalled", wanted);
    EXPECT_TRUE(bytes("signalled", "last") == bytes("whole", "last"));
    for (const char* run : {"whole", "signalled"}) std::filesystem::remove_all(folder_ / run);
  }

  const Threads one_thread_{1};
};

TEST_F(Intervals, OfAllKindsDoWhatTheTableSaysUnderAllLimitsAndSignals) {
  auto& o = options_.checkpoints;
  const std::pair<int64_t, int64_t> limits[] = {{3, 0}, {5, 0}, {0, 2}, {7, 2}};  // updates, epochs
  int64_t runs = 0;
  for (const auto& [max_update, max_epoch] : limits) {
    options_.optimization.max_update = max_update;
    options_.optimization.max_epoch = max_epoch;
    for (const int64_t patience : {-1, 1}) {
      o.patience = patience;
      for (o.save_interval_updates = 0; o.save_interval_updates <= 3; o.save_interval_updates += 3) {
        for (const int64_t updates : {0, 2, 3, 6}) {
          o.validate_interval_updates = updates;
          for (o.validate_interval = 1; o.validate_interval <= 2; ++o.validate_interval) {
            o.save_interval = 3 - o.validate_interval;
            SCOPED_TRACE(fmt::format("max_update {} max_epoch {} patience {} save {} epochs {} updates, validate {} {}",
                                     max_update, max_epoch, patience, o.save_interval, o.save_interval_updates,
                                     o.validate_interval, updates));
            expect_the_table(runs++);
            if (HasFailure()) return;
          }
        }
      }
    }
  }
  EXPECT_EQ(runs, 128);
}

TEST_F(Intervals, ALearningRateThatIsLowEndsARunWithAValidation) {
  options_.optimization.stop_min_lr = 1;
  options_.checkpoints.validate_interval = 5;
  train_to_the_end("run");
  const Events events = events_of("run");
  EXPECT_EQ(events.updates, kUpdatesAnEpoch);
  EXPECT_TRUE(events.validations == (std::vector<Events::Validation>{{kUpdatesAnEpoch, 1, true}}));
}

}  // namespace
}  // namespace rotor
