#include "data/cleaning.h"

#include <gtest/gtest.h>

#include "base/scratch.h"

namespace rotor {
namespace {

using Faults = std::vector<Fault>;

Survey survey_of(const std::string& source, const std::string& target, const CleaningRules& rules,
                 int64_t workers = 1) {
  const ScratchFolder folder;
  return survey(ParallelReader({{folder.file("text.en", source), folder.file("text.de", target)}}), rules, workers);
}

TEST(Cleaning, ABlankSideIsDroppedUnderAnyRules) {
  const Survey found = survey_of("one\n\n \u00a0\nfour\n", "eins\nzwei\ndrei\n\t\n", {});
  EXPECT_EQ(found.kept, (std::vector<bool>{true, false, false, false}));
  EXPECT_EQ(found.faults.of(Fault::kBlank), 3);
  EXPECT_EQ(found.faults.of(Fault::kNone), 1);
  EXPECT_EQ(found.lines, std::vector<int64_t>{4});
}

TEST(Cleaning, IdenticalSidesAreDroppedIfAsked) {
  const std::string source = "OK\nnew\n", target = "OK\nneu\n";
  EXPECT_EQ(survey_of(source, target, {}).faults.dropped(), 0);
  const Survey found = survey_of(source, target, {.identical = true});
  EXPECT_EQ(found.kept, (std::vector<bool>{false, true}));
  EXPECT_EQ(found.faults.text(), "1 identical");
}

TEST(Cleaning, TheFirstOfPairsThatRecurStays) {
  const std::string source = "a\nb\na\na\nb\n", target = "1\n2\n1\n3\n2\n";  // "a" has two translations
  EXPECT_EQ(survey_of(source, target, {.duplicates = true}).kept, (std::vector<bool>{true, true, false, true, false}));
}

TEST(Cleaning, ABoundaryMovedBetweenTheSidesIsNoDuplicate) {
  EXPECT_EQ(survey_of("ab\na\n", "c\nbc\n", {.duplicates = true}).faults.dropped(), 0);
}

TEST(Cleaning, AForeignScriptIsDroppedIfAsked) {
  const CleaningRules rules{.min_script = 0.5, .scripts = {Scripts("en"), Scripts("ru")}};
  const Survey found = survey_of("size\nsize\nразмер\n12\nthe ДНК test\n", "размер\nsize\nразмер\n12\nтест\n", rules);
  EXPECT_EQ(found.kept, (std::vector<bool>{true, false, false, true, true}));
  EXPECT_EQ(found.faults.of(Fault::kScript), 2);
}

TEST(Cleaning, BlankLinesOfDocumentsStayAndRecurFreely) {
  const ScratchFolder folder;
  const auto file = folder.file("text", "one\n\ntwo\n \none\n\n");
  const Survey found = survey(ParallelReader({{file}}), {.duplicates = true, .keep_blank = true}, 2);
  EXPECT_EQ(found.kept, (std::vector<bool>{true, true, true, true, false, true}));
  EXPECT_EQ(found.blank, 3);
  EXPECT_EQ(found.faults.text(), "1 duplicate");
}

TEST(Cleaning, FindsTheSameWithAnyNumberOfWorkers) {
  std::string source, target;
  for (int i = 0; i < 20'000; ++i) {
    source += i % 11 == 0 ? "\n" : std::to_string(i % 7001) + "\n";
    target += i % 13 == 0 ? std::to_string(i % 7001) + "\n" : "t" + std::to_string(i % 7001) + "\n";
  }
  const CleaningRules rules{.identical = true, .duplicates = true};
  const Survey alone = survey_of(source, target, rules);
  EXPECT_GT(alone.faults.of(Fault::kDuplicate), 0);
  EXPECT_GT(alone.faults.of(Fault::kNone), 0);
  for (int64_t workers : {2, 3, 8}) {
    const Survey together = survey_of(source, target, rules, workers);
    EXPECT_EQ(together.kept, alone.kept);
    EXPECT_EQ(together.faults.text(), alone.faults.text());
  }
}

}  // namespace
}  // namespace rotor
