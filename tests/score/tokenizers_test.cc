#include "score/tokenizers.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "score/golden.h"
#include "text/whitespace.h"

namespace rotor {
namespace {

std::string joined(const std::string& text, const std::string& tokenizer = "13a", const char* separator = " ") {
  static Tokens tokens;
  make_tokenizer(tokenizer)(text, tokens);
  return fmt::format("{}", fmt::join(tokens.list, separator));
}

TEST(Tokenizers, AgreeWithSacrebleuOnEverySegment) {
  const auto hypotheses = golden_texts_with("metrics.json")[0];
  const auto golden = read_golden("metrics.json")["tokens"];
  ASSERT_GT(hypotheses.size(), 600u);
  for (const auto& [name, tokens] : golden.items()) {
    for (size_t i = 0; i < hypotheses.size(); ++i) {
      EXPECT_EQ(joined(std::string(strip_right(hypotheses[i])), name, "\n"), tokens[i].get<std::string>())
          << name << ": " << hypotheses[i];
    }
  }
}

TEST(Tokenizers, Of13aAgreesOnReferencesToo) {
  for (const auto& segment : golden_scores()["segments"]) {
    for (size_t i = 0; i < segment["texts"].size(); ++i) {
      const auto text = segment["texts"][i].get<std::string>();
      EXPECT_EQ(joined(std::string(strip_right(text))), segment["tokens"][i].get<std::string>()) << text;
    }
  }
}

TEST(Tokenizers, Of13aKeepsStopsBetweenDigitsOnly) {
  EXPECT_EQ(joined("1,000.50 Euro, z.B. 5."), "1,000.50 Euro , z . B . 5 .");
  EXPECT_EQ(joined("3-mal a-b"), "3 - mal a-b");
}

TEST(Tokenizers, Of13aUnescapesInMtevalsOrder) {
  EXPECT_EQ(joined("&amp;lt; &amp;quot;"), "< & quot ;");
  EXPECT_EQ(joined("a<skipped>b c-\nd"), "ab cd");
}

TEST(Tokenizers, DifferByUnicodeClassesAndScripts) {
  EXPECT_EQ(joined("\u00abJa\u00bb 3\u20ac 1,5", "intl"), "\u00ab Ja \u00bb 3 \u20ac 1,5");
  EXPECT_EQ(joined(" .5\u4e16\u754cab", "zh"), ".5 \u4e16 \u754c ab");
  EXPECT_EQ(joined("a \u00e9b", "char"), "a \u00e9 b");
  EXPECT_EQ(joined(" a,b ", "none"), "a,b");
}

TEST(Tokenizers, OfMosesKnowTheirLanguages) {
  EXPECT_EQ(joined("Don't, bzw. 5!", "moses-en"), "Don &apos;t , bzw . 5 !");
  EXPECT_EQ(joined("Don't, bzw. 5!", "moses-de"), "Don &apos; t , bzw. 5 !");
}

TEST(Tokenizers, RefuseUnknownNamesAndMissingModels) {
  EXPECT_THROW(make_tokenizer("moses"), Error);
  EXPECT_THROW(make_compound_splitter("fr"), Error);
  EXPECT_THROW(make_tokenizer("spm"), Error);
  EXPECT_THROW(make_tokenizer("spm", "/nowhere"), Error);
}

}  // namespace
}  // namespace rotor
