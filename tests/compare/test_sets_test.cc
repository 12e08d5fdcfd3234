#include "compare/test_sets.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(TestSets, JoinsLinesInARowAndDropsTheRest) {
  const ScratchFolder folder;
  const TestSet test =
      read_test_set(folder.file("en", "a b\nc\nd\ne f\ng\n"), folder.file("de", "A B\nC\nD\nE F\nG\n"));
  const TestSet joined = join_sentences(test, 2, folder.path());
  EXPECT_EQ(joined.name, "joined-2");
  EXPECT_EQ(joined.joined, 2);
  EXPECT_EQ(joined.sources, (std::vector<std::string>{"a b c", "d e f"}));
  EXPECT_EQ(text_of(joined.source), "a b c\nd e f\n");
  EXPECT_EQ(text_of(joined.reference), "A B C\nD E F\n");
  EXPECT_TRUE(says(message_of<Error>([&] { join_sentences(test, 6, folder.path()); }), "at least 6", "5"));
}

TEST(TestSets, RefusesTextsOfUnequalLengthAndMissingOnes) {
  const ScratchFolder folder;
  const auto source = folder.file("test.en", "a\nb\n"), reference = folder.file("test.de", "A\n");
  EXPECT_TRUE(says(message_of<Error>([&] { read_test_set(source, reference); }), "2 and 1", "test.en", "test.de"));
  EXPECT_TRUE(says(message_of<Error>([&] { read_test_set(source, folder / "absent.de"); }), "absent.de"));
}

TEST(TestSets, CountsWordsBetweenBlanks) {
  EXPECT_EQ(count_words("  Ein  Hund\tläuft. "), 3);
  EXPECT_EQ(count_words(""), 0);
}

TEST(LengthBuckets, CoverEveryLengthOnce) {
  const auto buckets = length_buckets({4, 5, 12});
  std::vector<std::string> names;
  for (const auto& bucket : buckets) names.push_back(bucket.name());
  EXPECT_EQ(names, (std::vector<std::string>{"up to 4", "5", "6-12", "over 12"}));
  for (int64_t words = 0; words < 100; ++words) {
    int holders = 0;
    for (const auto& bucket : buckets) holders += bucket.contains(words);
    EXPECT_EQ(holders, 1) << words;
  }
}

TEST(BucketSentences, HasOnlyBucketsWithSentences) {
  using Lines = std::vector<std::string>;
  const auto buckets = bucket_sentences({Lines{"a", "a b c d e", "a b"}, Lines{"a b c d e f g"}}, {2, 4});
  ASSERT_EQ(buckets.size(), 2u);
  EXPECT_EQ(buckets[0].sentences, (std::vector<std::vector<size_t>>{{0, 2}, {}}));
  EXPECT_EQ(buckets[0].count, 2u);
  EXPECT_EQ(buckets[0].mean_words, 1.5);
  EXPECT_EQ(buckets[1].sentences, (std::vector<std::vector<size_t>>{{1}, {0}}));
  EXPECT_EQ(buckets[1].mean_words, 6);
  EXPECT_EQ(buckets[1].range.name(), "over 4");
  EXPECT_TRUE(bucket_sentences({Lines()}, {2}).empty());
}

TEST(BucketSentences, AreEnoughForAFigureFromTenOn) {
  const auto buckets = bucket_sentences({std::vector<std::string>(9, "a")}, {2});
  EXPECT_FALSE(buckets[0].enough());
  EXPECT_TRUE(bucket_sentences({std::vector<std::string>(10, "a")}, {2})[0].enough());
}

}  // namespace
}  // namespace rotor
