// Trainings killed at random moments, again and again, end with the bytes of one that was not. ROTOR_KILLS sets how
// many times at least: 6 by default.

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <sstream>
#include <vector>

#include "base/json.h"
#include "kernel/bfloat16.h"
#include "system/digits.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

/// Dropout, several batches an update, validations and saves within epochs, old checkpoints removed, ended by patience.
const std::string kOptions =
    "--update-freq 2 --clip-norm 1 --lr 0.05 --save-interval-updates 4 --keep-interval-updates 2 "
    "--keep-last-epochs 1 --validate-interval-updates 3 --patience 2 --max-update 150 --save-dir ";

class Resume : public testing::Test {
 protected:
  void SetUp() override { make_digits_corpus(folder_); }

  /// Trains into a folder of that name until it ends by itself, or is killed after so long. True if it ended.
  bool train_for(const std::string& save_dir, double seconds) {
    std::istringstream words(kTrainDigits + more_options_ + kOptions + (folder_ / save_dir).string());
    std::vector<std::string> command(std::istream_iterator<std::string>(words), {});
    command[0] = ROTOR_BIN "/rotor-train";
    command[1] = folder_ / "corpus";
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    pid_t child = 0;
    ROTOR_CHECK(posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ) == 0, "cannot run {}",
                arguments[0]);
    posix_spawn_file_actions_destroy(&actions);
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() < end) {
        usleep(200);
        continue;
      }
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      break;
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return false;
    EXPECT_EQ(status, 0) << text_of(folder_ / "log");
    return true;
  }

  /// Every file of a run by its name; of the reports what depends neither on time nor on where it was resumed, as jumps
  /// of the loss do.
  std::map<std::string, std::string> files(const std::string& save_dir) const {
    std::map<std::string, std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / save_dir)) {
      std::string& text = all[entry.path().filename()] = text_of(entry.path());
      if (entry.path().extension() == ".ini") text.clear();  // names the folder
      if (entry.path().extension() == ".jsonl") text = without_time(text);
    }
    return all;
  }

  static std::string without_time(const std::string& reports) {
    std::istringstream lines(reports);
    std::string text;
    for (std::string line; std::getline(lines, line);) {
      Json report = Json::parse(line);
      for (const char* key : {"seconds", "tokens_per_second", "memory_mb", "loss_jumps"}) report.erase(key);
      text += report.dump() + "\n";
    }
    return text;
  }

  /// Whether a killed run left a file that it was writing.
  bool was_writing(const std::string& save_dir) const {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / save_dir, ignored)) {
      if (entry.path().extension() == ".tmp") return true;
    }
    return false;
  }

  /// Kills trainings at random moments until there were so many kills, and compares each with one that was not killed.
  void expect_the_same_bytes_after(int64_t kills_wanted) {
    const auto start = std::chrono::steady_clock::now();
    ASSERT_TRUE(train_for("whole", 1e9));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto whole = files("whole");
    ASSERT_TRUE(whole.contains("checkpoint_best.safetensors"));
    ASSERT_EQ(!says(text_of(folder_ / "log"), "done after 150 updates"), ended_by_patience_);
    const auto seed = static_cast<uint64_t>(getpid());
    SCOPED_TRACE(seed);
    Random random(seed);
    int64_t kills = 0, while_writing = 0, runs = 0;
    while (kills < kills_wanted) {
      const std::string name = "killed" + std::to_string(++runs);
      for (double longest = 0.6 * seconds; !train_for(name, longest * random.uniform()); longest *= 1.05) {
        ++kills;  // each gives more time to the next part, so that a run ends on a machine that is busier than before
        while_writing += was_writing(name);
      }
      const auto killed = files(name);
      ASSERT_EQ(killed.size(), whole.size()) << name;
      for (const auto& [file, text] : whole) {
        ASSERT_TRUE(killed.contains(file)) << file;
        ASSERT_TRUE(killed.at(file) == text) << file << " of " << name << " differs after " << kills << " kills";
      }
      std::filesystem::remove_all(folder_ / name);
    }
    std::cout << kills << " kills in " << runs << " runs of " << seconds << " s, " << while_writing
              << " of them while a file was written\n";
  }

  static int64_t kills_wanted() {
    const char* wanted = std::getenv("ROTOR_KILLS");
    return wanted ? std::atoll(wanted) : 6;
  }

  ScratchFolder folder_;
  std::string more_options_;
  bool ended_by_patience_ = true;
};

TEST_F(Resume, ARunKilledAtAnyMomentEndsWithTheSameBytes) {
  expect_the_same_bytes_after(kills_wanted());
}

TEST_F(Resume, SoDoesOneInBfloat16WithLayersComputedAgain) {
  more_options_ = "--bf16 --checkpoint-activations ";
  expect_the_same_bytes_after(kills_wanted());
}

TEST_F(Resume, SoDoesOneOfEverythingThatIsRandomAveragedOrKept) {
  ended_by_patience_ = false;
  more_options_ =
      "--ema-decay 0.9 --weight-decay 0.01 --rdrop-alpha 2 --encoder-layerdrop 0.2 --decoder-layerdrop 0.2 "
      "--encoder-word-dropout 0.1 --bpe-dropout 0.1 --lr-scheduler cosine --lr-period-updates 20 "
      "--keep-best-checkpoints "
      "2 --eval-bleu --eval-bleu-args {\"beam\":1,\"max_len_b\":10} --log-layers --freeze encoder.layers.0.fc1 ";
  expect_the_same_bytes_after(kills_wanted());
}

}  // namespace
}  // namespace rotor
