#include "text/bert_words.h"

#include <gtest/gtest.h>

#include "text/unicode.h"

namespace rotor {
namespace {

constexpr BertWordOptions kUncased{}, kCased{.lower_case = false, .strip_accents = false};

/// The words of a text, parted by "|".
std::string words(std::string_view text, const BertWordOptions& options = kUncased) {
  std::string joined;
  for (const std::u32string& word : bert_words(text, options)) {
    if (!joined.empty()) joined += '|';
    joined += to_utf8(word);
  }
  return joined;
}

TEST(BertWords, ArePartedByWhiteSpaceAndPunctuation) {
  EXPECT_EQ(words(" It's 3.5\u00a0$\u2014\u00bfno_way?\t(x)\n"), "it|'|s|3|.|5|$|\u2014|\u00bf|no|_|way|?|(|x|)");
  EXPECT_EQ(words("a\u3000b\u2028c\u20acd"), "a|b|c\u20acd") << "symbols beyond ASCII are part of a word";
  EXPECT_EQ(words(""), "");
  EXPECT_EQ(words(" \t\u200b\u0301"), "");
}

TEST(BertWords, DropControlCharactersWithin) {
  using namespace std::string_view_literals;
  EXPECT_EQ(words("a\0b\u00adc\u200dd\x1f\u0085\ufffd\ue000\ufeff e"sv), "abcd|e");
  EXPECT_EQ(words("a\xff\xfe b"), "a|b") << "malformed bytes read as U+FFFD";
}

TEST(BertWords, KeepUnassignedCharacters) {
  EXPECT_EQ(words("a\u0378b"), "a\u0378b");
}

TEST(BertWords, OfChineseAreCharacters) {
  EXPECT_EQ(words("ab\u4e2d\u6587\u30abx \U0002b820\uf900"), "ab|\u4e2d|\u6587|\u30abx|\U0002b820|\u8c48");
  EXPECT_EQ(words("ab\u4e2d\u6587\u30abx", {.split_chinese = false}), "ab\u4e2d\u6587\u30abx");
}

TEST(BertWords, AreInLowerCaseWithoutAccentsIfUncased) {
  EXPECT_EQ(words("\u00dcBER \u0130I\u0131 STRA\u1e9eE na\u00efve e\u0301"), "uber|ii\u0131|stra\u00dfe|naive|e");
  EXPECT_EQ(words("\u039f\u0394\u039f\u03a3"), "\u03bf\u03b4\u03bf\u03c3") << "no sigma of the end";
  EXPECT_EQ(words("\ud55c"), "\u1112\u1161\u11ab") << "Hangul in letters";
  EXPECT_EQ(words("a\u2260b"), "a|=|b") << "decomposed into an equals sign and a mark";
}

TEST(BertWords, StayAsTheyAreIfCased) {
  const std::string text = "\u00dcBER e\u0301 \uac00 a\u2260b";
  EXPECT_EQ(words(text, kCased), "\u00dcBER|e\u0301|\uac00|a\u2260b");
  EXPECT_EQ(words("\u00dcB", {.lower_case = true, .strip_accents = false}), "\u00fcb");
  EXPECT_EQ(words("\u00dcB", {.lower_case = false, .strip_accents = true}), "UB");
}

TEST(BertWords, CutNamesOfSpecialTokensLikeAnyText) {
  EXPECT_EQ(words("a[MASK]b ##ing"), "a|[|mask|]|b|#|#|ing");
}

}  // namespace
}  // namespace rotor
