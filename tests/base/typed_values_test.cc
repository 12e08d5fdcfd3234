// What CommandLine makes of typed values that a --config, or nothing, could have given: empty texts, a second --config,
// and options of other tools.
#include <gtest/gtest.h>

#include "base/described_command.h"

namespace rotor {
namespace {

using Texts = std::vector<std::string>;

TEST(CommandLine, RefusesAnEmptyTextAsOfAVariableThatIsNotSet) {
  EXPECT_EQ(Command().refusal({"--output", ""}),
            "--output expects a text, got ''; give one, or leave the option out; a later --config file may set it to "
            "nothing");
  EXPECT_TRUE(says(Command().refusal({"--adam-betas", ""}), "--adam-betas expects a text, got ''"));
  EXPECT_TRUE(says(Command().refusal({"--activation-fn", ""}), "expects one of relu, gelu, got ''"));
  EXPECT_EQ(Command().refusal({"--output", "", "--output", "x"}), "(nothing thrown)") << "the last of two wins";
}

TEST(CommandLine, TakesAnEmptyTextForAListOrFromAConfig) {
  const ScratchFolder folder;
  const std::string config = folder.file("c.ini", "output =\nadam-betas = \"\"\n");
  Command c;
  c.reference = {"x"};
  c.parse({"--reference", "", "--config", config.c_str()});
  EXPECT_EQ(c.reference, Texts{});
  EXPECT_EQ(c.betas, "");
}

TEST(CommandLine, TakesAnEmptyTextOfALaterConfigOverATextOfAnEarlierOne) {
  const ScratchFolder folder;
  const std::string text = folder.file("text.ini", "output = x\n"), nothing = folder.file("nothing.ini", "output =\n");
  Command c;
  c.parse({"--config", text.c_str(), "--config", nothing.c_str()});
  EXPECT_EQ(c.output, "");
}

TEST(CommandLine, TakesAnEmptyTextWhereNoShellHasMadeTheWords) {
  Command c;
  c.output = "x";
  c.options.take_empty_texts();
  c.parse({"--output", ""});
  EXPECT_EQ(c.output, "");
  EXPECT_TRUE(says(c.refusal({"--activation-fn", ""}), "expects one of relu, gelu, got ''"));
}

TEST(CommandLine, TakesAnEmptyTextThatIsAChoice) {
  std::string encoding = "rope";
  CommandLine options("rotor-test", "", "");
  options.add("encoding", encoding, "of the decoder, if it differs", {"", "rope"});
  const char* args[] = {"rotor-test", "--encoding", ""};
  options.parse(3, args);
  EXPECT_EQ(encoding, "");
}

TEST(CommandLine, ReadsEveryConfigALaterOneOverAnEarlierOne) {
  const ScratchFolder folder;
  const std::string first = folder.file("first.ini", "beam = 8\ndropout = 0.3\nreference = a\n"),
                    second = folder.file("second.ini", "beam = 9\noutput = x\nreference = b\nreference = c\n");
  Command c;
  c.parse({"--config", first.c_str(), "--output", "y", "--config", second.c_str()});
  EXPECT_EQ(c.beam, 9);
  EXPECT_EQ(c.dropout, 0.3);
  EXPECT_EQ(c.output, "y");
  EXPECT_EQ(c.reference, (Texts{"b", "c"}));
  const std::string wrong = folder.file("wrong.ini", "baem = 8\n");
  EXPECT_TRUE(says(Command().refusal({"--config", wrong.c_str(), "--config", second.c_str()}), "wrong.ini:1"));
}

TEST(CommandLine, RemembersOptionsOfOtherToolsThatItLeavesOut) {
  CommandLine options("rotor-train", "", "");
  const char* args[] = {"rotor-train", "--task", "translation", "--maximize-best-checkpoint-metric"};
  options.parse(4, args);
  EXPECT_EQ(options.foreign("--task"), "translation");
  EXPECT_EQ(options.foreign("--maximize-best-checkpoint-metric"), "");
  EXPECT_EQ(options.foreign("--bpe"), std::nullopt);
}

}  // namespace
}  // namespace rotor
