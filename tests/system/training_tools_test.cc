// recipes/tools on the reports of a small run: curves by gnuplot, and event files for TensorBoard.

#include <algorithm>
#include <cstring>
#include <map>

#include "system/command.h"

namespace rotor {
namespace {

const std::string kTools = std::filesystem::path(ROTOR_GOLDEN).parent_path().parent_path() / "recipes/tools";

constexpr const char* kReports =
    R"({"update":10,"epoch":1,"loss":4.5,"seconds":2.5,"layers":{"encoder.layers.0":{"grad_norm":0.5}}})"
    "\n"
    R"({"update":300,"epoch":2,"valid_loss":4.25,"valid_bleu":12.5,"final":true})"
    "\n{\"upda";

class TrainingTools : public testing::Test {
 protected:
  void SetUp() override {
    if (run(folder_, "python3 --version").exit_code != 0) GTEST_SKIP() << "python3 is not installed";
    std::filesystem::create_directory(folder_ / "run");
    folder_.file("run/train.jsonl", kReports);
  }

  ScratchFolder folder_;
};

TEST_F(TrainingTools, DrawAPanelForEachKeyThatRunsHave) {
  if (run(folder_, "gnuplot --version").exit_code != 0) GTEST_SKIP() << "gnuplot is not installed";
  const CommandResult drawn = run(folder_, kTools + "/learning_curves.py run/train.jsonl --output curves.svg");
  EXPECT_EQ(drawn.exit_code, 0) << drawn.err;
  const std::string svg = text_of(folder_ / "curves.svg");
  EXPECT_TRUE(says(svg, "<svg", ">training loss (bits a token)<", ">validation BLEU<", ">updates<", ">run<"));
  EXPECT_EQ(svg.find("tokens_per_second"), svg.npos);
  const CommandResult none = run(folder_, kTools + "/learning_curves.py run/train.jsonl --keys nothing");
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_TRUE(says(none.err, "found none", "valid_bleu"));
  EXPECT_EQ(run(folder_, kTools + "/learning_curves.py run --output curves.pdf").exit_code, 0);
  EXPECT_TRUE(text_of(folder_ / "curves.pdf").starts_with("%PDF-"));
}

TEST_F(TrainingTools, SayInOneLineWhatIsWrong) {
  folder_.file("bytes", "\xff\xfe{");
  folder_.file("text", "no reports\n");
  folder_.file("list", "[1]\n{\"update\": true}\n3\n");
  const auto refused = [&](const std::string& command, const auto&... parts) {
    const CommandResult result = run(folder_, kTools + "/" + command);
    EXPECT_EQ(result.exit_code, 1) << command;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_TRUE(says(result.err, parts...));
  };
  for (const std::string tool : {"learning_curves.py ", "tensorboard_events.py --logdir events "}) {
    refused(tool + "absent", "cannot read absent", "No such file");
    refused(tool + "bytes", "not UTF-8");
    refused(tool + "text", "found none");
    refused(tool + "list", "found none");
  }
  refused("learning_curves.py run --output absent/curves.svg", "cannot write absent/curves.svg");
  refused("learning_curves.py run --output curves.gif", ".svg, .png, .pdf");
  refused("tensorboard_events.py run --logdir text", "cannot write text");
  refused("attention_map.py absent 0 map.svg", "cannot read absent");
  refused("attention_map.py text 0 map.svg", "no safetensors file");
  refused("attention_map.py " ROTOR_GOLDEN "/kinds.safetensors 0 map.svg", "another safetensors file");
}

/// One record of an event file.
std::string record(const std::string& file, size_t& at) {
  uint64_t size = 0;
  std::memcpy(&size, file.data() + at, sizeof size);
  const std::string content = file.substr(at + 12, size);
  at += 12 + size + 4;
  return content;
}

TEST_F(TrainingTools, WriteTheEventsThatTensorBoardReads) {
  const CommandResult made = run(folder_, kTools + "/tensorboard_events.py run/train.jsonl --logdir events/run");
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string file = text_of(folder_ / "events/run/events.out.tfevents.0.rotor");
  size_t at = 0;
  const std::string head = record(file, at), first = record(file, at), second = record(file, at);
  EXPECT_EQ(at, file.size()) << "the broken line is left out";
  EXPECT_TRUE(says(head, "brain.Event:2"));
  EXPECT_TRUE(says(first, std::string("\x0a\x04loss\x15\x00\x00\x90\x40", 11), "layers/encoder.layers.0/grad_norm",
                   std::string("\x10\x0a", 2)))
      << "4.5 as a float, at step 10";
  EXPECT_TRUE(says(second, "valid_bleu", std::string("\x10\xac\x02", 3))) << "step 300";
  EXPECT_EQ(second.find("final"), second.npos);
  double seconds = 0;
  std::memcpy(&seconds, second.data() + 1, sizeof seconds);
  EXPECT_EQ(seconds, 2.5);
  // The head's checksums; TensorBoard 2 reads a file with them.
  EXPECT_EQ(file.substr(8, 4), "\xa3\x7f\x4b\x22");
  EXPECT_EQ(file.substr(12 + head.size(), 4), "\xee\xdf\x28\xa3");
}

}  // namespace
}  // namespace rotor
