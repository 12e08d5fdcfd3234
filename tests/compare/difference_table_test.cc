#include "compare/difference_table.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/scratch.h"
#include "compare/fake_kind.h"

namespace rotor {
namespace {

/// Runs of an entry, one for each of some means, with the same noise of 60 segments.
Group entry(const std::string& label, const std::vector<double>& means) {
  Group group{label, {}};
  for (size_t seed = 0; seed < means.size(); ++seed) {
    Random random(5);
    std::vector<double> losses;
    for (int i = 0; i < 60; ++i) losses.push_back(means[seed] + 0.2 * random.normal());
    group.runs.push_back(FakeKind::run(label, static_cast<int64_t>(seed + 1), losses));
  }
  return group;
}

class DifferenceTable : public testing::Test {
 protected:
  Table table(std::vector<Group> groups) {
    fake_.comparison.groups = std::move(groups);
    return difference_table(fake_.comparison).value();
  }

  FakeComparison fake_;
};

TEST_F(DifferenceTable, GivesTheSameLetterToEntriesThatSeedsCouldExchange) {
  const Table found = table({entry("sinusoidal", {3, 3.4, 3.2}), entry("rope", {1, 1.1, 1.2}),
                             entry("none", {1.1, 1, 1.3}), entry("alibi", {3.1, 3.5, 3.2})});
  std::map<std::string, std::string> letters;
  for (const auto& row : found.rows) letters[row[0]] = row[4];
  EXPECT_EQ(found.rows[0][0], "rope") << "the lowest loss is first";
  EXPECT_EQ(letters,
            (std::map<std::string, std::string>{{"rope", "a"}, {"none", "a"}, {"sinusoidal", "b"}, {"alibi", "b"}}));
  EXPECT_EQ(found.columns[4].title, "alike, Loss");
  EXPECT_EQ(found.rows[2][3], "") << "the baseline has no p-value";
  EXPECT_TRUE(says(found.caption, "against sinusoidal", "the segments", "240 times"));
  EXPECT_FALSE(says(found.caption, "one seed"));
}

TEST_F(DifferenceTable, SaysThatOneSeedShowsNoSpread) {
  const Table found = table({entry("sinusoidal", {3}), entry("rope", {3.01})});
  EXPECT_TRUE(says(found.caption, "one seed"));
  EXPECT_NE(found.rows[0][4], found.rows[1][4]) << "the segments' noise is the same, so any difference shows";
}

TEST_F(DifferenceTable, LeavesOutEntriesWithOtherSegments) {
  Group shorter = entry("rope", {1});
  shorter.runs[0].tests[0].statistics[0] = Statistics(5, 2);
  EXPECT_EQ(table({entry("sinusoidal", {3}), shorter}).rows.size(), 1u);
}

TEST_F(DifferenceTable, IsNotThereOfOneEntry) {
  fake_.comparison.groups.resize(1);
  EXPECT_FALSE(difference_table(fake_.comparison));
}

}  // namespace
}  // namespace rotor
