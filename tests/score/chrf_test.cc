#include "score/chrf.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "score/golden.h"

namespace rotor {
namespace {

ChrfOptions options_of(const nlohmann::json& golden) {
  ChrfOptions options;
  options.char_order = golden.value("char_order", options.char_order);
  options.word_order = golden.value("word_order", options.word_order);
  options.beta = golden.value("beta", options.beta);
  options.lowercase = golden.value("lowercase", false);
  options.whitespace = golden.value("whitespace", false);
  options.eps_smoothing = golden.value("eps_smoothing", false);
  return options;
}

TEST(Chrf, ScoresEverySegmentAndCorpusAsSacrebleuToFullPrecision) {
  const auto texts = golden_texts();
  const auto golden = read_golden("chrf.json");
  ASSERT_GT(golden["scores"].size(), 5u);
  for (const auto& variant : golden["scores"]) {
    const Chrf chrf(options_of(variant["options"]));
    for (size_t references : {1, 2}) {
      const Statistics statistics = count_segments(chrf, texts[0], std::span(texts).subspan(1, references));
      for (size_t i = 0; i < statistics.segments(); ++i) {
        EXPECT_NEAR(chrf.score(statistics.row(i)), variant["sentences"][i][references - 1].get<double>(), 1e-11)
            << variant["options"] << " segment " << i;
      }
      EXPECT_NEAR(chrf.score(statistics.sum()), variant["corpus"][references - 1].get<double>(), 1e-11);
    }
  }
}

TEST(Chrf, FollowsTheFormulaOnASmallExample) {
  // "abcd" against "abxd": 3 of 4 characters, 1 of 3 pairs, no triple; the orders above three have none in either.
  const double precision = (3. / 4 + 1. / 3 + 0 + 0) / 4;
  const double chrf = corpus_chrf(Segments{"ab cd"}, std::vector<Segments>{{"abxd"}}, {.char_order = 6});
  EXPECT_NEAR(chrf, 100 * precision, 1e-12);  // recall is equal, so F is either
}

TEST(Chrf, WeighsRecallByBeta) {
  const Segments hypothesis = {"aaaa"};
  const std::vector<Segments> reference = {{"aaaabbbb"}};
  const double precision = 1, recall = 0.5;
  for (int64_t beta : {1, 2, 3}) {
    const auto square = static_cast<double>(beta * beta);
    EXPECT_NEAR(corpus_chrf(hypothesis, reference, {.char_order = 1, .beta = beta}),
                100 * (1 + square) * precision * recall / (square * precision + recall), 1e-12);
  }
}

TEST(Chrf, SplitsOnePunctuationMarkOffEachWord) {
  const std::vector<Segments> reference = {{"( hi ) , \u00e9 \u00ab"}};
  const ChrfOptions words = {.char_order = 0, .word_order = 1};
  const Chrf chrf(words);
  const auto sums = count_segments(chrf, Segments{"(hi) hi, \u00e9 \u00ab \u00ab\u00e9"}, reference).sum();
  EXPECT_EQ(sums, (std::vector<double>{7, 6, 5}));  // "(hi", ")", "hi", ",", "é", "«", "«é"
}

TEST(Chrf, CountsNoMissesWhereTheReferenceHasNoNgrams) {
  const Chrf chrf({.char_order = 2});
  EXPECT_EQ(count_segments(chrf, Segments{"abc"}, std::vector<Segments>{{"a"}}).sum(),
            (std::vector<double>{3, 1, 1, 0, 0, 0}));
  EXPECT_EQ(corpus_chrf(Segments{""}, std::vector<Segments>{{""}}), 0);
}

TEST(Chrf, RefusesImpossibleOrders) {
  EXPECT_THROW(Chrf({.char_order = 0, .word_order = 0}), Error);
  EXPECT_THROW(Chrf({.char_order = -1}), Error);
  EXPECT_THROW(Chrf({.beta = 0}), Error);
}

}  // namespace
}  // namespace rotor
