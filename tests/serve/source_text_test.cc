#include "serve/source_text.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "text/token_batch.h"

namespace rotor {
namespace {

TEST(SourceText, CountsTheCharactersOfUnknownTokens) {
  EXPECT_DOUBLE_EQ(unknown_share({7, kUnk, kEos}, {"a", "你好世"}), 0.75);
  EXPECT_EQ(unknown_share({7, kEos}, {"a"}), 0);
  EXPECT_EQ(unknown_share({kEos}, {}), 0);
}

TEST(SourceText, WarnsOfTheSentenceThatIsUnknownMost) {
  EXPECT_EQ(warning({.text = ""}), "");
  EXPECT_EQ(warning({.text = "", .unknown = {0.2, 0}}), "");
  EXPECT_TRUE(says(warning({.text = "", .unknown = {0.3, 0.75, 0.25}}), "75 %", "sentence 2"));
}

}  // namespace
}  // namespace rotor
