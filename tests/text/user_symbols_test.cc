#include "text/user_symbols.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "text/train_vocabulary.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

using Symbols = std::vector<std::string>;

std::string refusal(const std::string& list, bool byte_fallback = false) {
  return message_of<UsageError>([&] { parse_user_symbols(list, byte_fallback); });
}

TEST(UserSymbols, HaveCommasBetween) {
  EXPECT_EQ(parse_user_symbols(""), Symbols{});
  EXPECT_EQ(parse_user_symbols("<url>"), Symbols{"<url>"});
  EXPECT_EQ(parse_user_symbols("<url>,\u2581a,a\"b"), (Symbols{"<url>", "\u2581a", "a\"b"}));
}

TEST(UserSymbols, MayHoldCommasWithinQuotationMarks) {
  EXPECT_EQ(parse_user_symbols("\"a,b\",c,\"\"\"\""), (Symbols{"a,b", "c", "\""}));
  EXPECT_TRUE(says(refusal("a,\"b"), "closing quotation mark", "'b'"));
  EXPECT_TRUE(says(refusal("\"a\"b"), "comma after", "'a'"));
}

TEST(UserSymbols, AreRefusedWithTheReason) {
  EXPECT_TRUE(says(refusal("a,,b"), "empty", "number 2"));
  EXPECT_TRUE(says(refusal("a,"), "empty", "number 2"));
  EXPECT_TRUE(says(refusal(","), "empty", "number 1"));
  EXPECT_TRUE(says(refusal(" "), "white space", "' '"));
  EXPECT_TRUE(says(refusal("a, b"), "white space", "' b'"));
  EXPECT_TRUE(says(refusal("a\u3000b"), "white space"));
  EXPECT_TRUE(says(refusal("a,b,a"), "once", "'a'", "number 3"));
  EXPECT_TRUE(says(refusal("a,<pad>"), "special tokens", "<pad>"));
  EXPECT_TRUE(says(refusal("<0x4f>", true), "--byte-fallback", "<0x4f>"));
  EXPECT_EQ(parse_user_symbols("<0x4f>"), Symbols{"<0x4f>"});
}

TEST(UserSymbols, ReachTheVocabularyAsTheyAre) {
  const ScratchFolder folder;
  const auto text = folder.file("text", "A dog runs.\nTwo dogs run in the park.\n");
  const Symbols symbols = {"a,b", "\"", "c\"d", "<url>"};
  const Vocabulary vocabulary = Vocabulary::from_bytes(
      train_vocabulary({text}, {.size = 40, .user_defined_symbols = list_user_symbols(symbols)}));
  for (int32_t i = 0; i < 4; ++i) EXPECT_EQ(vocabulary.piece(4 + i), symbols[i]);
}

}  // namespace
}  // namespace rotor
