#include "serve/source_text.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "text/special_tokens.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

TEST(SourceText, CountsTheCharactersOfUnknownTokens) {
  EXPECT_DOUBLE_EQ(unknown_share({7, kSpecials.unk, kSpecials.eos}, {"a", "你好世"}, kSpecials.unk), 0.75);
  EXPECT_EQ(unknown_share({7, kSpecials.eos}, {"a"}, kSpecials.unk), 0);
  EXPECT_EQ(unknown_share({kSpecials.eos}, {}, kSpecials.unk), 0);
}

TEST(SourceText, WarnsOfTheSentenceThatIsUnknownMost) {
  EXPECT_EQ(warning({.text = ""}), "");
  EXPECT_EQ(warning({.text = "", .unknown = {0.2, 0}}), "");
  EXPECT_TRUE(says(warning({.text = "", .unknown = {0.3, 0.75, 0.25}}), "75 %", "sentence 2"));
}

}  // namespace
}  // namespace rotor
