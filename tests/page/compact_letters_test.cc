#include "page/compact_letters.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace rotor {
namespace {

using Texts = std::vector<std::string>;

TEST(CompactLetters, AreSharedByRowsThatDoNotDiffer) {
  const std::vector<double> means{9, 8, 7, 4, 3.5, 1};
  const auto differ = [&](size_t a, size_t b) { return std::abs(means[a] - means[b]) > 1.5; };
  EXPECT_EQ(compact_letters(means.size(), differ), (Texts{"a", "ab", "b", "c", "c", "d"}));
  EXPECT_EQ(compact_letters(3, [](size_t, size_t) { return false; }), (Texts{"a", "a", "a"}));
  EXPECT_EQ(compact_letters(3, [](size_t, size_t) { return true; }), (Texts{"a", "b", "c"}));
  EXPECT_EQ(compact_letters(0, [](size_t, size_t) { return true; }), Texts());
}

TEST(CompactLetters, SayOfEveryPairWhetherItDiffers) {
  Random random(1);
  for (int trial = 0; trial < 200; ++trial) {
    const size_t n = 2 + random.below(7);
    std::vector<std::vector<bool>> differ(n, std::vector<bool>(n));
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = 0; b < a; ++b) differ[a][b] = differ[b][a] = random.below(2) == 0;
    }
    const Texts texts = compact_letters(n, [&](size_t a, size_t b) { return differ[a][b]; });
    for (size_t a = 0; a < n; ++a) {
      EXPECT_FALSE(texts[a].empty());
      for (size_t b = 0; b < a; ++b) {
        EXPECT_EQ(texts[a].find_first_of(texts[b]) == std::string::npos, differ[a][b]) << texts[a] << ' ' << texts[b];
      }
    }
  }
}

TEST(CompactLetters, GoOnAfterTheAlphabet) {
  const Texts texts = compact_letters(30, [](size_t, size_t) { return true; });
  EXPECT_EQ(texts[25], "z");
  EXPECT_EQ(texts[26], "aa");
  EXPECT_EQ(texts[29], "ad");
}

}  // namespace
}  // namespace rotor
