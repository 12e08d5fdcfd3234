#include "text/moses_detokenizer.h"

#include "text/moses_golden.h"
#include "text/moses_tokenizer.h"

namespace rotor {
namespace {

std::string text_of(const std::string& tokens, const std::string& language) {
  return MosesDetokenizer(language).detokenize(tokens);
}

/// Compares pairs of tokens and their text, which is null where sacremoses's is not wanted; returns how many differ.
int64_t differences(const std::string& language, const nlohmann::json& pairs, size_t first, bool print) {
  int64_t count = 0;
  for (const auto& pair : pairs) {
    if (pair[first + 1].is_null()) continue;
    const auto tokens = pair[first].get<std::string>(), expected = pair[first + 1].get<std::string>();
    const std::string text = text_of(tokens, language);
    count += text != expected;
    if (print && text != expected) std::cerr << language << "  " << text << "\n    " << expected << '\n';
  }
  return count;
}

TEST(MosesDetokenizer, AgreesWithSacremosesInEveryLanguage) {
  const auto golden = moses_golden();
  for (const auto& [language, record] : golden["languages"].items()) {
    EXPECT_EQ(differences(language, record["lines"], 1, true), 0) << language;
    EXPECT_EQ(differences(language, record["loose"], 0, true), 0) << language;
  }
  EXPECT_EQ(golden["languages"]["en"]["loose"].size(), 60u);
}

TEST(MosesDetokenizer, PutsCzechDecimalsAndDashesTogetherAsPerlDoes) {
  EXPECT_EQ(text_of("V roce 1990 to stálo 3 , 5 milionu a 12 . 30 .", "cs"),
            "V roce 1990 to stálo 3,5 milionu a 12.30.");
  EXPECT_EQ(text_of("Narodil se v roce 1990 .", "cs"), "Narodil se v roce 1990.");
  EXPECT_EQ(text_of("3 , 5 x", "en"), "3, 5 x");
  EXPECT_EQ(text_of("Bude - li čas , pošli e – mail .", "cs"), "Bude-li čas, pošli e–mail.");
  EXPECT_EQ(text_of("Bude - li", "de"), "Bude - li");
}

TEST(MosesDetokenizer, PutsFinnishEndingsBehindTheirColons) {
  EXPECT_EQ(text_of("EU : ssa , EU : N ja USA : lleni", "fi"), "EU:ssa, EU:N ja USA:lleni");
  EXPECT_EQ(text_of("EU : ssako : kissa : ssax", "fi"), "EU:ssako: kissa: ssax");
  EXPECT_EQ(text_of("EU : ssa", "en"), "EU: ssa");
}

TEST(MosesDetokenizer, GivesTextBack) {
  for (const auto& [language, text] : {
           std::pair("en", "\"I don't,\" said Mr. O'Neill's state-of-the-art robot (for $3,000.50)."),
           {"de", "Dr. No aß z.B. am 3. Mai 20 E-Mails & sagte: \"Ja!\""},
           {"fr", "L'homme qu'elle aime n'est pas là : il dort !"},
           {"it", "C'è un'altra città, all'alba."},
           {"cs", "„Ano,“ řekl e-mailem."},
       }) {
    EXPECT_EQ(text_of(MosesTokenizer({.language = language}).tokenize(text), language), text);
  }
}

TEST(MosesDetokenizer, UnescapesOnce) {
  EXPECT_EQ(text_of("&amp;lt; &lt; &#124; &bar; AT&amp;T &unknown;", "en"), "&lt; < | | AT&T &unknown;");
  EXPECT_EQ(text_of("", "en"), "");
}

TEST(MosesDetokenizer, GrowsWithItsTokens) {
  for (const auto& [language, tokens] : {std::pair("en", "he said : &quot; the dogs &apos; don &apos;t @-@ x . &quot;"),
                                         {"fr", "l&apos; homme dit ! &quot; oui ( non ) &quot;"},
                                         {"zh", "你 好 ， x 世 界"}}) {
    const std::string all = tokens, whole = text_of(all, language);
    for (size_t end = all.find(' '); end != all.npos; end = all.find(' ', end + 1)) {
      const std::string text = text_of(all.substr(0, end), language);
      EXPECT_TRUE(whole.starts_with(text)) << text << " | " << whole;
    }
  }
}

// Tokens of any size, whose differences are counted for tests/golden/README.md.
TEST(MosesDetokenizer, AgreesWithSacremosesOnOtherLines) {
  const auto golden = other_moses_golden();
  if (golden.is_null()) GTEST_SKIP() << "set ROTOR_MOSES to a file of moses_languages.py";
  for (const auto& [language, record] : golden["languages"].items()) {
    const int64_t count = differences(language, record["lines"], 1, true);
    std::cerr << language << ": texts of " << count << " of " << record["lines"].size() << " lines differ\n";
    EXPECT_LT(count, std::ssize(record["lines"]) * 0.01);
  }
}

}  // namespace
}  // namespace rotor
