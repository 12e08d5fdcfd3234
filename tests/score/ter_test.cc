#include "score/ter.h"

#include <gtest/gtest.h>

#include "score/golden.h"
#include "score/result.h"

namespace rotor {
namespace {

TerOptions options_of(const nlohmann::json& golden) {
  TerOptions options;
  options.normalized = golden.value("normalized", false);
  options.no_punct = golden.value("no_punct", false);
  options.asian_support = golden.value("asian_support", false);
  options.case_sensitive = golden.value("case_sensitive", false);
  return options;
}

TEST(Ter, ScoresEverySegmentAndCorpusAsSacrebleu) {
  const auto all_texts = golden_texts_with("metrics.json");
  const auto golden = read_golden("metrics.json")["ter"];
  ASSERT_GT(golden.size(), 5u);
  for (const auto& variant : golden) {
    const Ter ter(options_of(variant["options"]));
    std::vector<Segments> texts(3);
    for (size_t i : variant["segments"]) {
      for (size_t t = 0; t < texts.size(); ++t) texts[t].push_back(all_texts[t][i]);
    }
    for (size_t references : {1, 2}) {
      const Statistics statistics = count_segments(ter, texts[0], std::span(texts).subspan(1, references));
      for (size_t i = 0; i < statistics.segments(); ++i) {
        EXPECT_NEAR(ter.score(statistics.row(i)), variant["sentences"][i][references - 1].get<double>(), 1e-8)
            << variant["options"] << ' ' << texts[0][i];
      }
      EXPECT_NEAR(ter.score(statistics.sum()), variant["corpus"][references - 1].get<double>(), 1e-10);
      if (references == 2) {
        EXPECT_EQ(result_of(ter, statistics.sum(), 2).text(2), with_our_version(variant["line"]));
      }
    }
  }
}

double ter_of(const std::string& hypothesis, const std::string& reference) {
  const Ter ter;
  return ter.score(count_segments(ter, Segments{hypothesis}, std::vector<Segments>{{reference}}).sum());
}

TEST(Ter, CountsAMovedPhraseAsOneEdit) {
  EXPECT_EQ(ter_of("d e a b c", "a b c d e"), 100 * (1. / 5));
  EXPECT_EQ(ter_of("a b c", "a x c d"), 100 * (2. / 4));
  EXPECT_EQ(ter_of("A B", "a b"), 0);
}

TEST(Ter, TokenisesReferencesTwiceAsSacrebleu) {
  const Ter ter({.normalized = true});
  EXPECT_EQ(tokenize_ter("a..5", {.normalized = true}), "a . .5");
  EXPECT_EQ(ter.score(count_segments(ter, Segments{"a..5"}, std::vector<Segments>{{"a..5"}}).sum()), 50);
}

TEST(Ter, OfAnEmptyReferenceIsAllOrNothing) {
  EXPECT_EQ(ter_of("", ""), 0);
  EXPECT_EQ(ter_of("a", ""), 100);
  EXPECT_EQ(ter_of("", "a b"), 100);
}

}  // namespace
}  // namespace rotor
