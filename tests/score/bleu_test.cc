#include "score/bleu.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "base/scratch.h"
#include "format/safetensors.h"
#include "score/golden.h"
#include "score/result.h"

namespace rotor {
namespace {

using Lines = std::vector<std::string>;
using References = std::vector<Lines>;

BleuCounts counts_of(const nlohmann::json& golden) {
  BleuCounts counts;
  golden["correct"].get_to(counts.correct);
  golden["total"].get_to(counts.total);
  golden["hypothesis_length"].get_to(counts.hypothesis_length);
  golden["reference_length"].get_to(counts.reference_length);
  return counts;
}

TEST(Bleu, CountsEverySegmentAsSacrebleu) {
  for (const auto& segment : golden_scores()["segments"]) {
    const auto texts = segment["texts"].get<Lines>();
    const std::vector<std::string_view> references(texts.begin() + 1, texts.end());
    EXPECT_EQ(Bleu().counts(texts[0], std::span(references).first(1)), counts_of(segment["counts"][0])) << texts[0];
    EXPECT_EQ(Bleu().counts(texts[0], references), counts_of(segment["counts"][1])) << texts[0];
  }
}

TEST(Bleu, ScoresEveryCorpusAsSacrebleuToFullPrecision) {
  const auto& segments = golden_scores()["segments"];
  ASSERT_GT(golden_scores()["corpora"].size(), 100u);
  for (const auto& corpus : golden_scores()["corpora"]) {
    std::vector<Lines> texts(3);
    for (size_t index : corpus["segments"]) {
      for (size_t t = 0; t < 3; ++t) texts[t].push_back(segments[index]["texts"][t]);
    }
    for (size_t references : {1, 2}) {
      const auto& golden = corpus["scores"][references - 1];
      const BleuScore bleu = corpus_bleu(texts[0], std::span(texts).subspan(1, references));
      EXPECT_NEAR(bleu.score, golden["score"].get<double>(), 1e-12 * (1 + bleu.score));
      EXPECT_NEAR(bleu.brevity_penalty, golden["bp"].get<double>(), 1e-15);
      for (size_t n = 0; n < kBleuOrder; ++n)
        EXPECT_DOUBLE_EQ(bleu.precisions[n], golden["precisions"][n].get<double>());
    }
  }
}

BleuOptions options_of(const nlohmann::json& golden) {
  BleuOptions options;
  options.tokenize = golden.value("tokenize", options.tokenize);
  options.smooth_method = golden.value("smooth_method", options.smooth_method);
  if (golden.contains("smooth_value")) options.smooth_value = golden["smooth_value"].get<double>();
  options.lowercase = golden.value("lowercase", false);
  options.effective_order = golden.value("effective_order", false);
  return options;
}

void expect_scores(const Bleu& bleu, const nlohmann::json& golden, const References& texts) {
  for (size_t references : {1, 2}) {
    const Statistics statistics = count_segments(bleu, texts[0], std::span(texts).subspan(1, references));
    for (size_t i = 0; i < statistics.segments(); ++i) {
      EXPECT_NEAR(bleu.score(statistics.row(i)), golden["sentences"][i][references - 1].get<double>(), 1e-8)
          << golden["options"] << ' ' << texts[0][i];
    }
    EXPECT_NEAR(bleu.score(statistics.sum()), golden["corpus"][references - 1].get<double>(), 1e-10);
  }
}

TEST(Bleu, ScoresUnderEveryOptionAsSacrebleu) {
  const auto texts = golden_texts_with("metrics.json");
  const auto golden = read_golden("metrics.json")["bleu"];
  ASSERT_GT(golden.size(), 10u);
  for (const auto& variant : golden) {
    const Bleu bleu(options_of(variant["options"]));
    expect_scores(bleu, variant, texts);
    const Statistics statistics = count_segments(bleu, texts[0], std::span(texts).subspan(1, 2));
    EXPECT_EQ(result_of(bleu, statistics.sum(), 2).text(2), with_our_version(variant["line"]));
  }
}

TEST(Bleu, OfPiecesIsSacrebleusWithTheSameModel) {
  const auto texts = golden_texts_with("metrics.json");
  const ScratchFolder folder;
  const SafeTensors file(ROTOR_GOLDEN "/fairseq_model.safetensors");
  const std::string model = folder.file("pieces.model", file.at("vocabulary").bytes);
  const Bleu bleu({.tokenize = "spm", .spm_model = model});
  expect_scores(bleu, read_golden("metrics.json")["spm"], texts);
  EXPECT_EQ(bleu.signature()[2].second.substr(0, 4), "spm[");
}

TEST(Bleu, RefusesUnknownSmoothing) {
  EXPECT_THROW(Bleu({.smooth_method = "linear"}), Error);
}

TEST(Bleu, FollowsTheFormulaOnASmallExample) {
  // Six words against eight: 6 of 6, 3 of 5, 1 of 4 and 0 of 3 n-grams match; the last is smoothed to 1 / (2 · 3).
  const BleuScore bleu =
      corpus_bleu(Lines{"the cat sat on my mat"}, References{Lines{"the cat sat over on my rug mat"}});
  EXPECT_EQ(bleu.hypothesis_length, 6);
  EXPECT_EQ(bleu.reference_length, 8);
  EXPECT_NEAR(bleu.score, 100 * std::exp(1 - 8. / 6) * std::pow(6. / 6 * 3 / 5 * 1 / 4 * 1 / 6, 0.25), 1e-12);
}

TEST(Bleu, ClipsRepeatedWords) {
  const std::vector<std::string_view> references = {"the cat is on the mat", "there is a cat on the mat"};
  const BleuCounts counts = Bleu().counts("the the the the the the the", references);
  EXPECT_EQ(counts.correct, (std::array<int64_t, 4>{2, 0, 0, 0}));
  EXPECT_EQ(counts.total, (std::array<int64_t, 4>{7, 6, 5, 4}));
  EXPECT_EQ(counts.reference_length, 7);
}

TEST(Bleu, PrefersTheShorterOfTwoEquallyNearReferences) {
  const std::vector<std::string_view> references = {"a b c d e", "a b c"};
  EXPECT_EQ(Bleu().counts("a b c d", references).reference_length, 3);
}

TEST(Bleu, IsZeroWithoutAMatchOrAHypothesis) {
  EXPECT_EQ(corpus_bleu(Lines{"x y z"}, References{Lines{"a b c d"}}).score, 0);
  EXPECT_EQ(corpus_bleu(Lines{""}, References{Lines{"a b c d"}}).score, 0);
  EXPECT_EQ(corpus_bleu(Lines{"a b"}, References{Lines{"a b"}}).score, 0);  // no 3-grams at all
}

TEST(Bleu, OfACorpusNeedsOnlyTheSumOfItsSegmentsCounts) {
  const std::vector<std::string_view> first = {"a b c d e f"}, second = {"g h i j k"};
  BleuCounts sum = Bleu().counts("a b c d e g", first);
  sum += Bleu().counts("g h i j", second);
  const BleuScore whole = corpus_bleu(Lines{"a b c d e g", "g h i j"}, References{Lines{"a b c d e f", "g h i j k"}});
  EXPECT_EQ(compute_bleu(sum).score, whole.score);
  EXPECT_GT(whole.score, 0);
}

TEST(Bleu, RefusesUnequalTexts) {
  EXPECT_THROW(corpus_bleu(Lines{"a", "b"}, References{Lines{"a"}}), Error);
  EXPECT_THROW(Bleu().counts("a", {}), Error);
}

}  // namespace
}  // namespace rotor
