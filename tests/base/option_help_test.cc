#include "base/option_help.h"

#include <gtest/gtest.h>

#include "base/option_table.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(OptionHelp, AlignsOptionsUnderTheirGroupsAndBreaksLongLines) {
  EXPECT_EQ(help_text(example_table(), /*all=*/true), R"(Usage: rotor-test CORPUS
  or:  rotor-test --all

Tests.

Arguments:
  corpus                the folder

Model:
  -a, --arch TEXT       it's [named] × sizes (one of tiny, big; default tiny)
  --[no-]bf16           )" + std::string(70, 'a') + "\n" + std::string(24, ' ') +
                                                          std::string(70, 'b') + R"(

Optimization:
  --lr X                rate (above 0; default 0.1)
  --reference TEXT ...  texts (only with --bf16)

General:
  -h, --help            show this

Examples:
  rotor-test corpus
      Tests a corpus.
  rotor-test --all
      Tests all.
)");
}

TEST(OptionHelp, ShowsTheOptionsUsedMostFirst) {
  EXPECT_EQ(help_text(example_table(), /*all=*/false), R"(Usage: rotor-test CORPUS
  or:  rotor-test --all

Tests.

Arguments:
  corpus           the folder

Model:
  -a, --arch TEXT  it's [named] × sizes (one of tiny, big; default tiny)

General:
  -h, --help       show this

Examples:
  rotor-test corpus
      Tests a corpus.
  rotor-test --all
      Tests all.

rotor-test --help-all shows all 5 options.
)");
}

TEST(OptionHelp, GivesALongSpellingALineOfItsOwn) {
  OptionTable table = example_table();
  table.rows.back().name = "share-decoder-input-output-embeddings";
  EXPECT_TRUE(says(help_text(table, true),
                   "  -h, --share-decoder-input-output-embeddings\n" + std::string(40, ' ') + "show this\n"));
}

TEST(OptionHelp, KnowsTheOptionsOfEveryCommand) {
  std::vector<std::string> names;
  for (const Option& option : options_of_every_command()) names.push_back(option.name);
  EXPECT_EQ(names, (std::vector<std::string>{"config", "completion", "help", "help-all", "version"}));
}

}  // namespace
}  // namespace rotor
