#include "score/tokenizer_13a.h"

#include <gtest/gtest.h>

#include "score/golden.h"

namespace rotor {
namespace {

TEST(Tokenizer13a, AgreesWithSacrebleuOnEverySegment) {
  size_t texts = 0;
  for (const auto& segment : golden_scores()["segments"]) {
    for (size_t i = 0; i < segment["texts"].size(); ++i, ++texts) {
      EXPECT_EQ(tokenize_13a(segment["texts"][i].get<std::string>()), segment["tokens"][i].get<std::string>())
          << segment["texts"][i];
    }
  }
  EXPECT_GT(texts, 1000u);
}

TEST(Tokenizer13a, KeepsStopsBetweenDigitsOnly) {
  EXPECT_EQ(tokenize_13a("1,000.50 Euro, z.B. 5."), "1,000.50 Euro , z . B . 5 .");
  EXPECT_EQ(tokenize_13a("3-mal a-b"), "3 - mal a-b");
}

TEST(Tokenizer13a, UnescapesInMtevalsOrder) {
  EXPECT_EQ(tokenize_13a("&amp;lt; &amp;quot;"), "< & quot ;");
  EXPECT_EQ(tokenize_13a("a<skipped>b c-\nd"), "ab cd");
}

}  // namespace
}  // namespace rotor
