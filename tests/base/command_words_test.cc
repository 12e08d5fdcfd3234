#include "base/command_words.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// A scorer's options, with another tool's spellings.
struct Scorer {
  bool lowercase = false, no_save = false;
  int64_t width = 2;
  std::string tokenize;
  std::vector<std::string> hypothesis, reference;
  std::deque<Option> options;

  Scorer() {
    add("lowercase", &lowercase).also("-lc");
    add("no-save", &no_save);
    add("width", &width).also("-w");
    add("tokenize", &tokenize).also("-tok");
    add("hypothesis", &hypothesis).also("-i").also("--input");
    add("reference", &reference).positional = true;
  }
  Option& add(const char* name, Option::Target target) {
    return options.emplace_back(Option{.name = name, .help = "", .group = "", .target = target});
  }
  CommandWords parse(const Texts& words, const std::string& command = "rotor-score") {
    return sort_words(command, words, options);
  }
};

TEST(CommandWords, TakesOtherSpellingsForTheName) {
  const CommandWords line = Scorer().parse({"ref", "-tok", "13a", "-lc", "-w", "4", "--input", "a", "b"});
  EXPECT_EQ(line.positionals, Texts{"ref"});
  EXPECT_EQ(line.values.at("tokenize"), Texts{"13a"});
  EXPECT_EQ(line.values.at("lowercase"), Texts{"true"});
  EXPECT_EQ(line.values.at("width"), Texts{"4"});
  EXPECT_EQ(line.values.at("hypothesis"), (Texts{"a", "b"}));
}

TEST(CommandWords, TakesValuesBehindAnEqualsSignOrASingleLetter) {
  EXPECT_EQ(Scorer().parse({"-w4"}).values.at("width"), Texts{"4"});
  EXPECT_EQ(Scorer().parse({"--width=4"}).values.at("width"), Texts{"4"});
  EXPECT_EQ(Scorer().parse({"--input=a"}).values.at("hypothesis"), Texts{"a"});
}

TEST(CommandWords, AddsUpListsAndTakesTheLastOfOtherValues) {
  const CommandWords line = Scorer().parse({"-i", "a", "b", "-w", "4", "--input=c", "--width", "5"});
  EXPECT_EQ(line.values.at("hypothesis"), (Texts{"a", "b", "c"}));
  EXPECT_EQ(line.values.at("width"), Texts{"5"});
}

TEST(CommandWords, TakesNoOptionForAValue) {
  EXPECT_TRUE(says(message_of<UsageError>([] {
                     Scorer().parse({"--width", "--lowercase"});
                   }),
                   "--width expects a value, got the option --lowercase"));
  EXPECT_EQ(Scorer().parse({"--width", "--other"}).values.at("width"), Texts{"--other"});
}

TEST(CommandWords, SwitchesAFlagOffByNo) {
  EXPECT_EQ(Scorer().parse({"--lowercase", "--no-lowercase"}).values.at("lowercase"), Texts{"false"});
  EXPECT_EQ(Scorer().parse({"--no-save", "false"}).values.at("no-save"), Texts{"false"});
  EXPECT_TRUE(says(message_of<UsageError>([] { Scorer().parse({"--no-no-save"}); }), "unknown option --no-no-save"));
  EXPECT_TRUE(says(message_of<UsageError>([] { Scorer().parse({"--no-width"}); }), "unknown option --no-width"));
  EXPECT_TRUE(says(message_of<UsageError>([] { Scorer().parse({"--no-lowercas"}); }), "did you mean --no-lowercase?"));
}

TEST(CommandWords, EndsAListAtTwoDashes) {
  const CommandWords line = Scorer().parse({"-i", "a", "--", "ref", "-w"});
  EXPECT_EQ(line.values.at("hypothesis"), Texts{"a"});
  EXPECT_EQ(line.positionals, (Texts{"ref", "-w"}));
}

TEST(CommandWords, LeavesOutOtherToolsOptionsThatChangeNothing) {
  const CommandWords line = Scorer().parse({"-e", "utf-8", "ref", "-nc", "-j", "4"});
  EXPECT_EQ(line.positionals, Texts{"ref"});
  EXPECT_TRUE(line.values.empty());
  EXPECT_EQ(Scorer().parse({"--encoding=utf-8"}).positionals, Texts{});
  EXPECT_EQ(Scorer().parse({"--remove-bpe", "x"}, "rotor-generate").positionals, Texts{"x"});
  EXPECT_EQ(Scorer().parse({"--remove-bpe", "sentencepiece", "x"}, "rotor-generate").positionals, Texts{"x"});
  EXPECT_EQ(Scorer().parse({"--remove-bpe=sentencepiece", "x"}, "rotor-generate").positionals, Texts{"x"});
}

TEST(CommandWords, TellsWhatItLeftOut) {
  using Foreign = std::map<std::string, std::string>;
  EXPECT_EQ(Scorer().parse({"-e", "utf-8", "-nc"}).foreign, (Foreign{{"-e", "utf-8"}, {"-nc", ""}}));
  EXPECT_EQ(Scorer().parse({"--remove-bpe", "x"}, "rotor-generate").foreign, (Foreign{{"--remove-bpe", ""}}));
}

TEST(CommandWords, RefusesAValueOfAnotherToolsOptionThatAsksForSomethingElse) {
  for (const std::string option : {"--remove-bpe", "--post-process"}) {
    EXPECT_TRUE(says(message_of<UsageError>([&] { Scorer().parse({option + "=subword_nmt"}, "rotor-generate"); }),
                     "there is no " + option + "=subword_nmt here", "raw text"));
  }
}

TEST(CommandWords, AnswersOtherToolsOptionsWithWhatToUse) {
  EXPECT_TRUE(says(message_of<UsageError>([] {
                     Scorer().parse({"-t", "wmt14"});
                   }),
                   "there is no -t here: it downloads no test sets"));
  EXPECT_TRUE(says(message_of<UsageError>([] { Scorer().parse({"-e", "latin-1"}); }), "iconv"));
}

}  // namespace
}  // namespace rotor
