#include "score/differences.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

std::string both(std::string_view hypothesis, std::string_view reference) {
  const Differences found = differences(hypothesis, reference);
  return bracketed(found.hypothesis) + " | " + bracketed(found.reference);
}

TEST(Differences, MarkWordsOutsideOfTheLongestCommonSubsequence) {
  EXPECT_EQ(both("Der Hund läuft.", "Der Hund läuft."), "Der Hund läuft. | Der Hund läuft.");
  EXPECT_EQ(both("Die Katze läuft weg.", "Der Hund läuft."), "[Die Katze] läuft [weg]. | [Der Hund] läuft.");
  EXPECT_EQ(both("a b c d", "b c x d"), "[a] b c d | b c [x] d");
}

TEST(Differences, KeepTheTextAsItIs) {
  const Differences found = differences("  Ja,\u00a0ja (3-mal)", "nein");
  std::string text;
  for (const Piece& piece : found.hypothesis) text += piece.text;
  EXPECT_EQ(text, "  Ja,\u00a0ja (3-mal)");
  EXPECT_EQ(both("", "x"), " | [x]");
  EXPECT_EQ(both("A &amp; B", "A & B"), "A & B | A & B");
}

}  // namespace
}  // namespace rotor
