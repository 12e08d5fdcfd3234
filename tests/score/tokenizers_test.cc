#include "score/tokenizers.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "score/golden.h"
#include "score/whitespace.h"

namespace rotor {
namespace {

std::string joined(const std::string& text, const char* separator = " ") {
  return fmt::format("{}", fmt::join(split_words(text), separator));
}

TEST(Tokenizers, AgreeWithSacrebleuOnEverySegment) {
  const auto hypotheses = golden_texts_with("metrics.json")[0];
  const auto golden = read_golden("metrics.json")["tokens"];
  ASSERT_GT(hypotheses.size(), 600u);
  for (const auto& [name, tokens] : golden.items()) {
    const Tokenizer tokenize = make_tokenizer(name);
    for (size_t i = 0; i < hypotheses.size(); ++i) {
      EXPECT_EQ(joined(tokenize(strip_right(hypotheses[i])), "\n"), tokens[i].get<std::string>())
          << name << ": " << hypotheses[i];
    }
  }
}

TEST(Tokenizers, Of13aAgreesOnReferencesToo) {
  for (const auto& segment : golden_scores()["segments"]) {
    for (size_t i = 0; i < segment["texts"].size(); ++i) {
      const auto text = segment["texts"][i].get<std::string>();
      EXPECT_EQ(joined(tokenize_13a(strip_right(text))), segment["tokens"][i].get<std::string>()) << text;
    }
  }
}

TEST(Tokenizers, Of13aKeepsStopsBetweenDigitsOnly) {
  EXPECT_EQ(joined(tokenize_13a("1,000.50 Euro, z.B. 5.")), "1,000.50 Euro , z . B . 5 .");
  EXPECT_EQ(joined(tokenize_13a("3-mal a-b")), "3 - mal a-b");
}

TEST(Tokenizers, Of13aUnescapesInMtevalsOrder) {
  EXPECT_EQ(joined(tokenize_13a("&amp;lt; &amp;quot;")), "< & quot ;");
  EXPECT_EQ(joined(tokenize_13a("a<skipped>b c-\nd")), "ab cd");
}

TEST(Tokenizers, DifferByUnicodeClassesAndScripts) {
  EXPECT_EQ(joined(tokenize_intl("\u00abJa\u00bb 3\u20ac 1,5")), "\u00ab Ja \u00bb 3 \u20ac 1,5");
  EXPECT_EQ(joined(tokenize_zh(" .5\u4e16\u754cab")), ".5 \u4e16 \u754c ab");
  EXPECT_EQ(joined(tokenize_char("a \u00e9b")), "a \u00e9 b");
  EXPECT_EQ(make_tokenizer("none")(" a,b "), " a,b ");
}

TEST(Tokenizers, RefuseUnknownNamesAndMissingModels) {
  EXPECT_THROW(make_tokenizer("moses"), Error);
  EXPECT_THROW(make_tokenizer("spm"), Error);
  EXPECT_THROW(make_tokenizer("spm", "/nowhere"), Error);
}

}  // namespace
}  // namespace rotor
