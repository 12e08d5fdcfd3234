#include "text/moses_tokenizer.h"

#include "text/moses_golden.h"

namespace rotor {
namespace {

std::string tokens_of(const std::string& text, const std::string& language) {
  return MosesTokenizer({.language = language}).tokenize(text);
}

/// As tokenizer.perl is called with its defaults.
std::string perl_tokens_of(const std::string& text, const std::string& language) {
  return MosesTokenizer({.language = language, .dash_splits = false, .ideographs = true}).tokenize(text);
}

TEST(MosesTokenizer, AgreesWithSacremosesInEveryLanguage) {
  const auto golden = moses_golden();
  int64_t count = 0;
  for (const auto& [language, record] : golden["languages"].items()) {
    for (const auto& line : record["lines"]) {
      EXPECT_EQ(tokens_of(line[0], language), line[1].get<std::string>()) << language << ": " << line[0];
      ++count;
    }
  }
  EXPECT_GT(count, 250);
}

TEST(MosesTokenizer, AgreesWithoutEscapesAndSplitDashes) {
  const MosesTokenizer tokenizer({.language = "en", .dash_splits = false, .escape = false});
  const auto golden = moses_golden();
  for (const auto& line : golden["plain"]) {
    EXPECT_EQ(tokenizer.tokenize(line[0].get<std::string>()), line[1].get<std::string>());
  }
}

TEST(MosesTokenizer, AgreesOnEveryTextOfScores) {
  const auto golden = nlohmann::json::parse(std::ifstream(ROTOR_GOLDEN "/moses.json"));
  ASSERT_GT(golden["texts"].size(), 1500u);
  for (const std::string language : {"en", "de"}) {
    for (size_t i = 0; i < golden["texts"].size(); ++i) {
      const auto text = golden["texts"][i].get<std::string>();
      EXPECT_EQ(perl_tokens_of(text, language), golden[language][i].get<std::string>()) << language << ": " << text;
    }
  }
}

TEST(MosesTokenizer, KeepsPeriodsOfAbbreviations) {
  EXPECT_EQ(tokens_of("Am 3. Mai kam Dr. No z.B. um 5.", "de"), "Am 3. Mai kam Dr. No z.B. um 5.");
  EXPECT_EQ(tokens_of("No. 5 is no. Six.", "en"), "No. 5 is no . Six .");
}

TEST(MosesTokenizer, TakesIdeographsForLettersAsAsked) {
  EXPECT_EQ(perl_tokens_of("世界 한국어 𝒳", "de"), "世界 한국어 𝒳");
  EXPECT_EQ(tokens_of("世界 한국어 𝒳", "de"), "世 界 한 국 어 𝒳");
  EXPECT_EQ(tokens_of("世界。한국어", "zh"), "世界。 한 국 어");
  EXPECT_EQ(tokens_of("DOTMULTI...", "de"), "DOTMULTI ...");
}

TEST(MosesTokenizer, LeavesNothingOfBlanks) {
  EXPECT_EQ(tokens_of("", "en"), "");
  EXPECT_EQ(tokens_of(" \t\u3000\x07 ", "en"), "");
}

// Lines of any size, whose differences are counted for tests/golden/README.md.
TEST(MosesTokenizer, AgreesWithSacremosesOnOtherLines) {
  const auto golden = other_moses_golden();
  if (golden.is_null()) GTEST_SKIP() << "set ROTOR_MOSES to a file of moses_languages.py";
  for (const auto& [language, record] : golden["languages"].items()) {
    const MosesTokenizer tokenizer({.language = language});
    int64_t equal = 0;
    for (const auto& line : record["lines"]) {
      const std::string tokens = tokenizer.tokenize(line[0].get<std::string>());
      equal += line[1] == tokens;
      if (line[1] != tokens) std::cerr << language << "  " << tokens << "\n    " << line[1].get<std::string>() << '\n';
    }
    const auto lines = std::ssize(record["lines"]);
    std::cerr << language << ": tokens of " << equal << " of " << lines << " lines equal\n";
    EXPECT_GT(equal, lines * 0.99);
  }
}

}  // namespace
}  // namespace rotor
