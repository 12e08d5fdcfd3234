#include "compare/published_table.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(PublishedTable, KnowsColumnsOfNumbersAndSaysThatTheyAreNotMeasured) {
  const ScratchFolder folder;
  const Table table = published_table(folder.file("p.csv", "source,BLEU,note\nA,27.3,\nB,,one run\n"));
  EXPECT_EQ(table.name, "published");
  EXPECT_TRUE(says(table.caption, "Published by others, not measured here"));
  ASSERT_EQ(table.columns.size(), 3u);
  EXPECT_FALSE(table.columns[0].number);
  EXPECT_TRUE(table.columns[1].number);
  EXPECT_FALSE(table.columns[2].number);
  EXPECT_EQ(table.columns[1].best, Best::kNone) << "they are of different data";
  EXPECT_EQ(table.rows[1], (std::vector<std::string>{"B", "", "one run"}));
}

TEST(PublishedTable, RefusesFilesWithoutNamesOrRows) {
  const ScratchFolder folder;
  const auto refusal = [&](const std::string& text) {
    const auto path = folder.file("p.csv", text);
    return message_of<Error>([&] { published_table(path); });
  };
  EXPECT_TRUE(says(refusal("lr = 3\nseed = 2\n"), "p.csv: expected a header", "commas between, got 'lr = 3'"));
  EXPECT_TRUE(says(refusal("a,b\n"), "p.csv: expected rows below the header"));
  EXPECT_TRUE(says(refusal("a,\n1,2\n"), "p.csv", "a name of its own", "'' as column 2"));
  EXPECT_TRUE(says(refusal("a,a\n1,2\n"), "p.csv", "'a' as column 1"));
}

TEST(PublishedTable, TakesTheFileOfTheRecipe) {
  const auto recipes = std::filesystem::path(ROTOR_GOLDEN).parent_path().parent_path() / "recipes";
  const Table table = published_table(recipes / "compare_positions" / "published.csv");
  EXPECT_GT(table.rows.size(), 10u);
  EXPECT_EQ(table.columns.size(), 6u);
}

}  // namespace
}  // namespace rotor
