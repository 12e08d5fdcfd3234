// rotor-train when the disk is full, may not be written to, or a signal comes: it says so, and the last checkpoint
// stays.

#include <signal.h>
#include <unistd.h>

#include <memory>

#include "base/json.h"
#include "system/digits.h"

namespace rotor {
namespace {

class Faults : public testing::Test {
 protected:
  void SetUp() override { make_digits_corpus(folder_); }

  CommandResult train(const std::string& options, const std::string& before = "") {
    return run(folder_, before + kTrainDigits + options);
  }

  std::string checkpoint(const std::string& run) const {
    return text_of(folder_ / (run + "/checkpoint_last.safetensors"));
  }

  /// Makes the folder of a run with a checkpoint at update 3.
  std::string start(const std::string& run) {
    ROTOR_CHECK(train("--max-update 3 --save-dir " + run).exit_code == 0, "cannot train");
    return checkpoint(run);
  }

  /// Starts a training without end, waits for its first checkpoint, and runs `command` in a shell, where $train is the
  /// training and `log` what it says; `before` is run before all this.
  CommandResult train_and(const std::string& command, const std::string& before = "") {
    return run(folder_, before + kTrainDigits +
                            "--save-interval-updates 3 --keep-interval-updates 1 --save-dir run 2> log & train=$!; "
                            "while [ ! -e run/checkpoint_last.safetensors ] && kill -0 $train; do sleep 0.02; done; " +
                            command + "; wait $train");
  }

  /// Expects the run to have stopped with a checkpoint of its last update, and to go on from it.
  void expect_that_it_goes_on() {
    std::istringstream reports(text_of(folder_ / "run/train.jsonl"));
    int64_t updates = 0;
    for (std::string line; std::getline(reports, line);) updates = nlohmann::json::parse(line)["update"];
    const CommandResult resumed = train("--max-update " + std::to_string(updates + 2) + " --save-dir run");
    EXPECT_EQ(resumed.exit_code, 0);
    EXPECT_TRUE(says(resumed.err, "resumed run/checkpoint_last.safetensors at update " + std::to_string(updates)));
  }

  ScratchFolder folder_;
};

TEST_F(Faults, AFileTooLargeStopsTrainingAndTheLastCheckpointStays) {
  const std::string before = start("run");
  const std::string limit = "ulimit -f " + std::to_string(before.size() / 512 / 2) + "; ";
  const CommandResult stopped = train("--max-update 6 --save-dir run", limit);
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_TRUE(says(stopped.err, "rotor-train: cannot write run/checkpoint_last.safetensors: File too large"));
  EXPECT_TRUE(checkpoint("run") == before);
  const CommandResult went_on = train(
      "--max-update 6 --on-save-failure continue --save-interval-updates 1 --keep-interval-updates 1 --save-dir run",
      limit);
  EXPECT_EQ(went_on.exit_code, 1) << "the last must not fail";
  EXPECT_TRUE(says(went_on.err,
                   "warning: cannot write run/checkpoint_1_4.safetensors: File too large; training goes on",
                   "update 6 | loss", "rotor-train: cannot write run/checkpoint_last.safetensors"));
  EXPECT_TRUE(checkpoint("run") == before);
  EXPECT_EQ(train("--max-update 6 --save-dir run").exit_code, 0) << "goes on with room";
}

TEST_F(Faults, AFullDiskStopsTrainingAndTheLastCheckpointStays) {
  std::filesystem::create_directory(folder_ / "run");
  const std::string size = std::to_string(start("trial").size() * 9 / 2);  // four checkpoints fit, five do not
  if (run(folder_, "mount -t tmpfs -o size=" + size + " tmpfs run").exit_code != 0) {
    GTEST_SKIP() << "no file system can be mounted here";
  }
  const std::shared_ptr<void> mounted(nullptr, [&](void*) { run(folder_, "umount run"); });
  start("run");
  const CommandResult stopped = train("--max-epoch 9 --save-interval-updates 1 --save-dir run");
  const std::string last = checkpoint("run");
  const CommandResult again = train("--max-update 4 --keep-interval-updates 1 --save-dir run");
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_TRUE(says(stopped.err, "rotor-train: cannot write run/", "No space left on device"));
  EXPECT_FALSE(last.empty());
  EXPECT_NE(run(folder_, "ls -A run | grep tmp").exit_code, 0) << "nothing unfinished is left";
  EXPECT_EQ(again.exit_code, 0) << "what stays can be read: " << again.err;
}

TEST_F(Faults, AFolderThatMayNotBeWrittenToIsRefusedAtOnce) {
  const std::string before = start("run");
  run_or_throw(folder_, "chmod 755 . && chmod 555 run");
  // The superuser may write anywhere: be somebody else.
  const std::string nobody = geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
  const CommandResult refused = train("--max-update 6 --save-dir run", nobody);
  const CommandResult absent = train("--max-update 6 --save-dir run/deeper", nobody);
  run_or_throw(folder_, "chmod 755 run");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(says(refused.err, "rotor-train: cannot write to the folder run: Permission denied"));
  EXPECT_EQ(absent.exit_code, 1);
  EXPECT_TRUE(says(absent.err, "cannot create the folder run/deeper: Permission denied"));
  EXPECT_TRUE(checkpoint("run") == before);
}

TEST_F(Faults, SignalsToStopSaveAndGiveTheirExitCode) {
  signal(SIGHUP, SIG_DFL);  // which commands leave ignored under nohup
  const std::pair<const char*, int> signals[] = {{"TERM", 143}, {"INT", 130}, {"HUP", 129}, {"USR2", 140}};
  for (const auto& [name, code] : signals) {
    const CommandResult result = train_and(std::string("kill -") + name + " $train");
    EXPECT_EQ(result.exit_code, code) << name << ": " << text_of(folder_ / "log");
    expect_that_it_goes_on();
    std::filesystem::remove_all(folder_ / "run");
  }
}

TEST_F(Faults, ManySignalsOfOneEventSaveToo) {
  const CommandResult result = train_and("for i in 1 2 3 4 5 6 7 8 9; do kill -TERM $train; done 2> errors");
  EXPECT_EQ(result.exit_code, 143);
  EXPECT_TRUE(says(text_of(folder_ / "log"), "stopping after this update", "rotor-train: stopped by signal 15"));
  expect_that_it_goes_on();
}

TEST_F(Faults, ATrainingWhoseLogHasLostItsReaderGoesOnAndSavesAtASignal) {
  signal(SIGPIPE, SIG_DFL);
  const CommandResult result =
      train_and("wait $reader; kill -INT $train", "mkfifo log; head -n 1 log > first_line & reader=$!; ");
  EXPECT_EQ(result.exit_code, 130) << result.err;
  expect_that_it_goes_on();
}

TEST_F(Faults, TheSignalOfClustersSavesAndTrainingGoesOn) {
  const CommandResult result = train_and(
      "kill -USR1 $train; until grep -q 'as a signal asked' log; do sleep 0.02; done; kill -0 $train && kill -TERM "
      "$train");
  EXPECT_EQ(result.exit_code, 143) << text_of(folder_ / "log");
  expect_that_it_goes_on();
}

TEST_F(Faults, SignalsLeaveTheNumbersAlone) {
  const std::string options = "--no-save --disable-validation --max-update 300 --save-dir run";
  const auto digest = [](const std::string& log) {
    return log.substr(std::min(log.find("digest of the"), log.size()));
  };
  const std::string quiet = digest(train(options).err);
  EXPECT_TRUE(says(quiet, "digest of the weights"));
  const CommandResult result =
      run(folder_, kTrainDigits + options +
                       " 2> log & train=$!; until grep -q 'update 1 ' log; do sleep 0.01; done; "
                       "while kill -USR1 $train; do sleep 0.001; done 2> /dev/null; wait $train");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(digest(text_of(folder_ / "log")), quiet);
}

TEST_F(Faults, ALossThatIsNoNumberIsToldWithItsSentences) {
  const CommandResult result = train("--lr 1e38 --warmup-updates 1 --warmup-init-lr 1e38 --save-dir run");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(says(result.err, "update 2 (epoch 1) gave a ", "--max-bad-updates"));
  const std::string pairs = text_of(folder_ / "run/bad_update_epoch_1_batch_2.tsv");
  const std::string source = text_of(folder_ / "train.in"), target = text_of(folder_ / "train.out");
  std::istringstream lines(pairs);
  int64_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const size_t first = line.find('\t'), second = line.find('\t', first + 1);
    EXPECT_NE(("\n" + source).find("\n" + line.substr(first + 1, second - first - 1) + "\n"), source.npos) << line;
    EXPECT_NE(("\n" + target).find("\n" + line.substr(second + 1) + "\n"), target.npos) << line;
  }
  EXPECT_GT(count, 0);
}

TEST_F(Faults, TwoRunsOfOneConfigurationPrintTheSameDigests) {
  const auto digests = [&](const std::string& options) {
    const std::string err = train(options).err;
    const size_t begin = err.find("digests: "), end = err.find("digest of the weights ");
    ROTOR_CHECK(begin != err.npos && end != err.npos, "expected digests in {}", err);
    return err.substr(begin, err.find('\n', begin) - begin) + err.substr(end, err.find('\n', end) - end);
  };
  const std::string first = digests("--max-update 3 --save-dir a");
  EXPECT_EQ(digests("--max-update 3 --save-dir b --log-interval 7"), first);
  EXPECT_NE(digests("--max-update 3 --save-dir c --seed 2"), first);
  const std::string sum = run(folder_, "sha256sum corpus/train.safetensors").out.substr(0, 16);
  EXPECT_TRUE(says(first, "training corpus " + sum));
}

}  // namespace
}  // namespace rotor
