#include "compare/compare_options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/scratch.h"

namespace rotor {
namespace {

using Texts = std::vector<std::string>;

TEST(CompareOptions, CompareAllEncodingsUnlessSomeAreNamed) {
  const CompareOptions options;
  EXPECT_TRUE(says(options.encodings, "none,", "sinusoidal", "rope"));
  EXPECT_NO_THROW(options.check());
  EXPECT_EQ(options.search_arguments(), (Texts{"--beam", "5", "--lenpen", "1", "--lenpen-kind", "power", "--max-len-a",
                                               "0", "--max-len-b", "200"}));
}

TEST(CompareOptions, RefuseWhatNoKindOfComparisonCanDo) {
  const auto refusal = [](auto change) {
    CompareOptions options;
    change(options);
    return message_of<UsageError>([&] { options.check(); });
  };
  EXPECT_TRUE(says(refusal([](auto& o) { o.time_again = o.report_only = true; }), "--time-again or --report-only"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.seeds = "1,two"; }), "--seeds", "'two'"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.average = 0; }), "--average"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.context_window = -1; }), "--context-window"));
}

TEST(CompareOptions, KnowWhichAreOfTheOtherTask) {
  const auto ignored = [](const std::string& task) {
    CompareOptions read;
    read.task = task;
    CommandLine options("rotor-compare", "", "");
    read.describe(options);
    const std::vector<const char*> words = {"rotor-compare", "corpus", "--beam",        "2", "--test-source", "a",
                                            "--gen-subset",  "valid",  "--extrapolate", "4"};
    options.parse(static_cast<int>(words.size()), words.data());
    std::string text;
    for (const std::string& sentence : options.ignored()) text += sentence + '\n';
    return text;
  };
  EXPECT_EQ(ignored(kTranslation), "--gen-subset valid has no effect: it is read only for models of texts\n");
  EXPECT_EQ(ignored(kLanguageModeling),
            "--test-source a has no effect: it is read only for translation\n"
            "--beam 2 has no effect: it is read only for translation\n");
}

TEST(Split, GivesThePartsBetweenSeparators) {
  EXPECT_EQ(split("a,,b", ','), (Texts{"a", "", "b"}));
  EXPECT_EQ(split("a,", ','), (Texts{"a", ""}));
  EXPECT_EQ(split("", ','), Texts());
}

TEST(WholeNumbers, AreDistinctAndLargeEnough) {
  EXPECT_EQ(whole_numbers("3, 1", "seeds", 0), (std::vector<int64_t>{3, 1}));
  for (const char* wrong : {"", "1,1", "-1", "1.5", "1,"}) {
    EXPECT_THROW(whole_numbers(wrong, "seeds", 0), UsageError) << wrong;
  }
}

}  // namespace
}  // namespace rotor
