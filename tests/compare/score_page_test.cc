#include "compare/score_page.h"

#include <gtest/gtest.h>

#include "base/scratch.h"

namespace rotor {
namespace {

/// Two systems, of which the second has one word wrong.
class ScorePage : public testing::Test {
 protected:
  static ScoreOptions options() {
    ScoreOptions options;
    options.hypothesis = {"one", "two"};
    return options;
  }

  ScoreOptions options_ = options();
  Segments sources_ = {"ein Hund", "eine Katze schläft dort"};
  Texts texts_{.references = {{"a dog", "a cat sleeps there"}},
               .systems = {{"a dog", "a cat sleeps there"}, {"a dog", "a cat eats there"}}};
  ScoredSystems scored_ = score_systems(options_, texts_);
};

TEST_F(ScorePage, HasATableByLengthWithAColumnForEachSystem) {
  const Table table = length_table(scored_, bucket_sentences({sources_}, {2}), 1);
  EXPECT_TRUE(says(csv(table), "words,sentences,BLEU one,BLEU two,chrF2 one,chrF2 two\n", "\nover 2,1,100.0,"));
}

TEST_F(ScorePage, MarksTheWordsThatDiffer) {
  const MarkedLines lines = example(1, scored_, {1}, sources_, texts_);
  EXPECT_EQ(lines.title, "Line 2");
  ASSERT_EQ(lines.lines.size(), 3u);
  EXPECT_EQ(lines.lines[0].label, "source");
  EXPECT_TRUE(says(bracketed(lines.lines[1].pieces), "[sleeps]"));
  EXPECT_TRUE(says(bracketed(lines.lines[2].pieces), "[eats]"));
}

TEST_F(ScorePage, WithoutSourcesHasNoLengths) {
  const std::string page = score_page(scored_, {}, 3, {}, texts_, options_).markdown();
  EXPECT_TRUE(says(page, "Systems side by side", "paired bootstrap"));
  EXPECT_EQ(page.find("By the length"), page.npos);
}

}  // namespace
}  // namespace rotor
