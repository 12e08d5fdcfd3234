#include "score/edit_distance.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace rotor {
namespace {

using Words = std::vector<uint32_t>;

Words random_words(size_t count, uint64_t kinds, Random& random) {
  Words words;
  for (size_t i = 0; i < count; ++i) words.push_back(static_cast<uint32_t>(random.below(static_cast<int64_t>(kinds))));
  return words;
}

/// Levenshtein's distance by its whole table.
int64_t by_table(const Words& a, const Words& b) {
  std::vector<std::vector<int64_t>> cost(a.size() + 1, std::vector<int64_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = static_cast<int64_t>(i + j);
        continue;
      }
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
    }
  }
  return cost[a.size()][b.size()];
}

TEST(EditDistance, IsLevenshteinsWhereTheBeamHoldsEverything) {
  Random random(1);
  for (int n = 0; n < 300; ++n) {
    const Words reference = random_words(1 + random.below(20), 4, random),
                hypothesis = random_words(random.below(20), 4, random);
    EXPECT_EQ(EditDistance(reference).measure(hypothesis), by_table(hypothesis, reference));
  }
}

TEST(EditDistance, AlignsTheWordsThatItKept) {
  Random random(2);
  for (int n = 0; n < 300; ++n) {
    const Words reference = random_words(1 + random.below(12), 3, random),
                hypothesis = random_words(random.below(12), 3, random);
    EditDistance distance(reference);
    const int64_t edits = distance.measure(hypothesis);
    const Alignment alignment = distance.alignment();
    int64_t wrong_words = 0, wrong_references = 0, before = -1;
    for (size_t j = 0; j < reference.size(); ++j) {
      EXPECT_GE(alignment.position[j], before) << "positions rise";
      before = alignment.position[j];
      wrong_references += alignment.reference_wrong[j];
      if (alignment.reference_wrong[j]) continue;
      EXPECT_EQ(hypothesis.at(alignment.position[j]), reference[j]);
    }
    for (const bool wrong : alignment.hypothesis_wrong) wrong_words += wrong;
    EXPECT_EQ(std::ssize(hypothesis) - wrong_words, std::ssize(reference) - wrong_references) << "kept on both sides";
    EXPECT_GE(edits, std::max(wrong_words, wrong_references));
    EXPECT_LE(edits, wrong_words + wrong_references);
  }
}

TEST(EditDistance, ResolvesEqualCostsAsTercomDoes) {
  const Words reference = {1, 2};
  EditDistance distance(reference);
  EXPECT_EQ(distance.measure({3}), 2);
  const Alignment alignment = distance.alignment();
  EXPECT_EQ(alignment.position, (std::vector<int64_t>{-1, 0})) << "3 stands for 2, and 1 is missing before it";
  EXPECT_EQ(alignment.hypothesis_wrong, std::vector<bool>{true});
  EXPECT_EQ(distance.measure({}), 2);
  EXPECT_EQ(distance.alignment().position, (std::vector<int64_t>{-1, -1}));
}

TEST(EditDistance, OfAVariantIsThatOfTheWholeText) {
  Random random(3);
  for (int n = 0; n < 200; ++n) {
    const Words reference = random_words(1 + random.below(30), 4, random);
    Words hypothesis = random_words(1 + random.below(30), 4, random);
    EditDistance distance(reference), other(reference);
    distance.measure(hypothesis);
    const size_t same = random.below(std::ssize(hypothesis));
    for (size_t i = same; i < hypothesis.size(); ++i) hypothesis[i] = static_cast<uint32_t>(random.below(4));
    EXPECT_EQ(distance.measure_variant(hypothesis, same), other.measure(hypothesis));
  }
}

/// Beyond 25 places from the diagonal nothing is aligned, so that a long move costs more than Levenshtein's distance.
TEST(EditDistance, KeepsToABeamAroundTheDiagonal) {
  Words reference, hypothesis;
  for (uint32_t i = 0; i < 100; ++i) reference.push_back(i);
  for (uint32_t i = 0; i < 100; ++i) hypothesis.push_back(i < 40 ? 1000 + i : i - 40);
  EXPECT_EQ(by_table(hypothesis, reference), 80);
  EXPECT_EQ(EditDistance(reference).measure(hypothesis), 100);
  hypothesis = {reference.begin(), reference.begin() + 2};
  EXPECT_EQ(EditDistance(reference).measure(hypothesis), 100) << "the last row begins far from the second word";
}

}  // namespace
}  // namespace rotor
