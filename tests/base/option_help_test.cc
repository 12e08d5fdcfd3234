#include "base/option_help.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

OptionTable table() {
  OptionRow corpus{"corpus", "the folder", "Arguments"};
  corpus.positional = true;
  return {"rotor-test",
          "rotor-test CORPUS | rotor-test --all",
          "Tests.",
          {corpus,
           {"arch", "it's [named] × sizes", "Model", "TEXT", {"", "tiny", "big"}, "tiny"},
           {"bf16", std::string(70, 'a') + " " + std::string(70, 'b'), "Model"},
           {"lr", "rate", "Optimization", "X", {}, "0.1"},
           {"reference", "texts", "Optimization", "TEXT ...", {}, "", false, true},
           {"help", "show this", "General"}}};
}

TEST(OptionHelp, AlignsOptionsUnderTheirGroupsAndBreaksLongLines) {
  EXPECT_EQ(help_text(table()), R"(Usage: rotor-test CORPUS
  or:  rotor-test --all

Tests.

Arguments:
  corpus                the folder

Model:
  --arch TEXT           it's [named] × sizes (one of tiny, big; default tiny)
  --bf16                )" + std::string(70, 'a') +
                                    "\n" + std::string(24, ' ') + std::string(70, 'b') + R"(

Optimization:
  --lr X                rate (default 0.1)
  --reference TEXT ...  texts

General:
  -h, --help            show this
)");
}

TEST(OptionHelp, GivesBashNamesAndChoices) {
  EXPECT_TRUE(says(completion_script(table(), "bash"), "--arch) choices='tiny big' ;;",
                   "choices='--arch --bf16 --lr --reference --help'", "-F _rotor_test rotor-test\n"));
}

TEST(OptionHelp, GivesZshExplanationsToo) {
  EXPECT_TRUE(says(completion_script(table(), "zsh"), "#compdef rotor-test\n",
                   R"('--arch=[it'\''s \[named\] × sizes (one of tiny, big; default tiny)]:TEXT:(tiny big)' \)",
                   "'--lr=[rate (default 0.1)]:X: '", "'*--reference=[texts]:TEXT ...:_files'", "'--help[show this]'"));
}

TEST(OptionHelp, RefusesOtherShells) {
  EXPECT_EQ(message_of<UsageError>([] { completion_script(table(), "fish"); }),
            "--completion expects bash or zsh, got 'fish'");
}

}  // namespace
}  // namespace rotor
