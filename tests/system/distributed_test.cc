// rotor-train by several processes, as mpirun starts them, on digits to be sorted.

#include <cmath>

#include "base/json.h"
#include "system/digits.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

#if ROTOR_MPI

/// mpirun as a test needs it: more processes than cores, anywhere, by root, and in a container.
const std::string kMpirun =
    "env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl_vader_single_copy_mechanism=none "
    "mpirun --oversubscribe --bind-to none ";

class Distributed : public testing::Test {
 protected:
  void SetUp() override { make_digits_corpus(folder_); }

  /// Trains with that many processes; `options` end in the name of the --save-dir.
  CommandResult train(int processes, const std::string& options) {
    const std::string launcher = processes == 1 ? "" : kMpirun + "-n " + std::to_string(processes) + " ";
    return run_or_throw(folder_, launcher + kTrainDigits + options);
  }

  /// The run of two processes goes on, the second with more options. (Open MPI 5.0.7 crashes at commands parted by
  /// ':'.)
  CommandResult train_the_second_with(const std::string& options) {
    return run(folder_, kMpirun + "-n 2 sh -c '[ $OMPI_COMM_WORLD_RANK = 0 ] || set -- " + options + "; exec " +
                            kTrainDigits + "--save-dir run \"$@\"'");
  }

  /// Starts a training without end by two processes, waits for its first checkpoint, runs `command` in a shell where
  /// $mpirun and $rank0, $rank1 are the processes and `log` is what they say, and waits for the end.
  CommandResult interrupt_with(const std::string& command) {
    const std::string endless = kTrainDigits + "--save-interval-updates 3 --keep-interval-updates 1 --save-dir run";
    CommandResult result =
        run(folder_, kMpirun + "-n 2 sh -c 'echo $$ > rank.$OMPI_COMM_WORLD_RANK; exec " + endless +
                         "' 2> log & mpirun=$!; while [ ! -e run/checkpoint_last.safetensors ] && kill -0 $mpirun; do "
                         "sleep 0.05; done; rank0=$(cat rank.0) rank1=$(cat rank.1); " +
                         command + "; wait $mpirun");
    result.err += text_of(folder_ / "log");
    return result;
  }

  std::vector<Json> reports(const std::string& run) const {
    std::vector<Json> all;
    std::istringstream lines(text_of(folder_ / (run + "/train.jsonl")));
    for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
    return all;
  }

  void expect_same_losses(const std::string& run, const std::string& other) const {
    const auto a = reports(run), b = reports(other);
    ASSERT_EQ(a.size(), b.size()) << other;
    for (size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i]["update"], b[i]["update"]);
      for (const char* key : {"loss", "nll_loss", "grad_norm", "valid_loss"}) {
        ASSERT_EQ(a[i].contains(key), b[i].contains(key));
        if (a[i].contains(key)) {
          EXPECT_NEAR(b[i][key], a[i][key], 2e-5 * a[i][key].get<double>()) << key << " of " << a[i];
        }
      }
    }
  }

  /// Expects the checkpoint that a run left to be whole: training goes on from it.
  void expect_that_it_goes_on() {
    const int64_t updates = reports("run").back()["update"];
    const CommandResult resumed = train(1, "--max-update " + std::to_string(updates + 3) + " --save-dir run");
    EXPECT_TRUE(says(resumed.err, "resumed run/checkpoint_last.safetensors at update"));
  }

  ScratchFolder folder_;
};

int64_t count(const std::string& text, const std::string& part) {
  int64_t found = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST_F(Distributed, ProcessesMakeTheUpdatesOfOneWithUpdateFreq) {
  train(1, "--max-update 12 --update-freq 4 --save-dir one");
  const CommandResult two = train(2, "--max-update 12 --update-freq 2 --save-dir two");
  train(4, "--max-update 12 --save-dir four");
  EXPECT_GT(reports("one").back()["epoch"], 1);
  expect_same_losses("one", "two");
  expect_same_losses("one", "four");
  EXPECT_EQ(count(two.err, "update 12 | loss"), 1) << "one process logs:\n" << two.err;
  EXPECT_TRUE(says(two.err, "2 processes"));
}

TEST_F(Distributed, AnotherNumberOfProcessesContinuesARun) {
  train(1, "--max-update 10 --update-freq 4 --save-dir whole");
  train(2, "--max-update 5 --update-freq 2 --save-dir parts");
  train(4, "--max-update 10 --save-dir parts");
  const auto whole = reports("whole").back(), parts = reports("parts").back();
  EXPECT_EQ(parts["update"], 10);
  EXPECT_NEAR(parts["valid_loss"], whole["valid_loss"], 1e-4);
}

TEST_F(Distributed, AFailedProcessNamesItselfAndEndsTheJob) {
  train(2, "--max-update 3 --save-dir run");
  const std::string before = text_of(folder_ / "run/checkpoint_last.safetensors");
  const CommandResult failed = train_the_second_with("--max-tokens 5");
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_TRUE(says(failed.err, "rotor-train (rank 1): corpus/train.safetensors: expected pairs of at most"));
  EXPECT_TRUE(text_of(folder_ / "run/checkpoint_last.safetensors") == before);
  expect_that_it_goes_on();
}

TEST_F(Distributed, ALossThatIsNoNumberInOneProcessStopsAllAndNamesItsPairs) {
  train(2, "--max-update 3 --save-dir run");
  const std::string before = text_of(folder_ / "run/checkpoint_last.safetensors");
  const CommandResult diverged = train_the_second_with("--lr 1e38");
  EXPECT_EQ(diverged.exit_code, 1);
  EXPECT_TRUE(says(diverged.err, "rotor-train (rank 0): update 5 (epoch 1) gave a loss of ", "pairs are in run/bad_"));
  EXPECT_TRUE(text_of(folder_ / "run/checkpoint_last.safetensors") == before);
  expect_that_it_goes_on();
}

TEST_F(Distributed, WhatFailsInAllProcessesIsToldOnce) {
  const CommandResult result = run(folder_, kMpirun + "-n 4 " + kTrainDigits + "--nonsense 1");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(count(result.err, "unknown option --nonsense"), 1) << result.err;
  const CommandResult help = run(folder_, kMpirun + "-n 4 rotor-train --help");
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_EQ(count(help.out, "--update-freq"), 1);
}

TEST_F(Distributed, ASignalToOneProcessStopsAllWithACheckpoint) {
  const CommandResult result = interrupt_with("kill -TERM $rank1");
  EXPECT_EQ(result.exit_code, 143) << result.err;
  EXPECT_EQ(count(result.err, "rotor-train (rank 0): stopped by signal 15"), 1) << result.err;
  EXPECT_EQ(count(result.err, "stopped by signal"), 1);
  expect_that_it_goes_on();
}

TEST_F(Distributed, MpirunPassesOnWhatSavesAndGoesOnAndWhatSavesAndStops) {
  const CommandResult result = interrupt_with(
      "kill -USR1 $mpirun; timeout 60 sh -c 'until grep -q \"as a signal asked\" log; do sleep 0.05; done'; "
      "kill -USR2 $mpirun");
  EXPECT_EQ(result.exit_code, 140) << result.err;
  EXPECT_TRUE(says(result.err, "as a signal asked", "stopped by signal 12"));
  expect_that_it_goes_on();
}

TEST_F(Distributed, AKilledProcessEndsTheJobAndLeavesTheCheckpoint) {
  const CommandResult result = interrupt_with("kill -KILL $rank1");
  EXPECT_NE(result.exit_code, 0);
  expect_that_it_goes_on();
}

TEST_F(Distributed, RefusesProcessesThatCannotFindEachOther) {
  const CommandResult result =
      run(folder_, "env PMI_RANK=0 PMI_SIZE=2 " + kTrainDigits + "--max-update 1 --save-dir run");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(says(result.err, "expected the 2 processes of the launcher to find each other"));
}

#else

TEST(Distributed, ABuildWithoutMpiRefusesALauncher) {
  const ScratchFolder folder;
  const CommandResult result = run(folder, "env OMPI_COMM_WORLD_SIZE=2 " + kTrainDigits);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(says(result.err, "built without OpenMPI", "libopenmpi-dev"));
}

#endif

}  // namespace
}  // namespace rotor
