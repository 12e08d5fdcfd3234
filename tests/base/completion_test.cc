#include "base/completion.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/option_table.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(Completion, GivesBashEverySpellingAndTheChoices) {
  EXPECT_TRUE(says(completion_script(example_table(), "bash"), "--arch|-a) choices='tiny big' ;;",
                   "choices='--arch -a --bf16 --no-bf16 --lr --reference --help -h'", "-F _rotor_test rotor-test\n"));
}

TEST(Completion, GivesZshExplanationsToo) {
  EXPECT_TRUE(says(completion_script(example_table(), "zsh"), "#compdef rotor-test\n",
                   R"('--arch=[it'\''s \[named\] × sizes (one of tiny, big; default tiny)]:TEXT:(tiny big)' \)",
                   R"('-a[it'\''s \[named\] × sizes (one of tiny, big; default tiny)]:TEXT:(tiny big)' \)",
                   "'--lr=[rate (above 0; default 0.1)]:X: '",
                   "'*--reference=[texts (only with --bf16)]:TEXT ...:_files'", "'--help[show this]'"));
}

TEST(Completion, RefusesOtherShells) {
  EXPECT_EQ(message_of<UsageError>([] { completion_script(example_table(), "fish"); }),
            "--completion expects bash or zsh, got 'fish'");
}

TEST(Completion, IsPrintedByEveryCommand) {
  for (const std::vector<const char*>& words : std::vector<std::vector<const char*>>{
           {"rotor-test", "--completion", "bash"}, {"rotor-test", "--completion=bash"}}) {
    CommandLine line("rotor-test", "", "");
    testing::internal::CaptureStdout();
    EXPECT_THROW(line.parse(static_cast<int>(words.size()), words.data()), CommandLine::Exit);
    EXPECT_TRUE(says(testing::internal::GetCapturedStdout(), "_rotor_test()", "--config --completion"));
  }
  for (const char* word : {"--completion", "--completion=fish"}) {
    const char* words[] = {"rotor-test", word};
    EXPECT_THROW(CommandLine("rotor-test", "", "").parse(2, words), UsageError);
  }
}

}  // namespace
}  // namespace rotor
