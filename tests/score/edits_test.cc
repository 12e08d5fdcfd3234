#include "score/edits.h"

#include <gtest/gtest.h>

#include <numeric>

#include "base/random.h"
#include "score/edit_distance.h"

namespace rotor {
namespace {

TEST(CountEditsAndShifts, CountsAMovedPhraseOnce) {
  EXPECT_EQ(count_edits_and_shifts({4, 5, 1, 2, 3}, {1, 2, 3, 4, 5}), 1);
  EXPECT_EQ(count_edits_and_shifts({1, 2, 3}, {1, 2, 3}), 0);
  EXPECT_EQ(count_edits_and_shifts({1, 9, 3}, {1, 2, 3}), 1) << "substituted";
  EXPECT_EQ(count_edits_and_shifts({3, 1, 2, 9}, {1, 2, 3, 4}), 2) << "moved, and substituted";
}

TEST(CountEditsAndShifts, CountsTheWordsWhereOneSideHasNone) {
  EXPECT_EQ(count_edits_and_shifts({1, 2, 3}, {}), 3);
  EXPECT_EQ(count_edits_and_shifts({}, {1, 2}), 2);
  EXPECT_EQ(count_edits_and_shifts({}, {}), 0);
}

TEST(CountEditsAndShifts, IsNeverMoreThanTheEditsWithoutShiftsNorLessThanTheWordsThatDiffer) {
  Random random(1);
  for (int n = 0; n < 200; ++n) {
    Words reference(1 + random.below(15)), hypothesis(random.below(15));
    for (Words* words : {&reference, &hypothesis}) {
      for (uint32_t& word : *words) word = static_cast<uint32_t>(random.below(6));
    }
    const int64_t edits = count_edits_and_shifts(hypothesis, reference);
    EXPECT_LE(edits, EditDistance(reference).measure(hypothesis));
    std::vector<int64_t> surplus(6);
    for (const uint32_t word : hypothesis) ++surplus[word];
    for (const uint32_t word : reference) --surplus[word];
    int64_t many = 0, few = 0;
    for (const int64_t count : surplus) (count > 0 ? many : few) += std::abs(count);
    EXPECT_GE(edits, std::max(many, few)) << "a shift changes no word";
  }
}

TEST(CountEditsAndShifts, MovesPhrasesByFiftyWordsAtMost) {
  const auto moved = [](uint32_t distance) {
    Words reference(distance + 1), hypothesis;
    std::iota(reference.begin(), reference.end(), 0);
    hypothesis.assign(reference.begin() + 1, reference.end());
    hypothesis.push_back(0);
    return count_edits_and_shifts(hypothesis, reference);
  };
  EXPECT_EQ(moved(50), 1);
  EXPECT_EQ(moved(51), 2);
}

TEST(CountEditsAndShifts, MovesPhrasesOfTenWordsAtMost) {
  const auto exchanged = [](uint32_t length) {
    Words reference(2 * length), hypothesis;
    std::iota(reference.begin(), reference.end(), 0);
    hypothesis.assign(reference.begin() + length, reference.end());
    hypothesis.insert(hypothesis.end(), reference.begin(), reference.begin() + length);
    return count_edits_and_shifts(hypothesis, reference);
  };
  EXPECT_EQ(exchanged(10), 1);
  EXPECT_EQ(exchanged(11), 2) << "in two parts";
}

}  // namespace
}  // namespace rotor
