#include "score/evaluate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/check.h"
#include "base/json.h"
#include "base/log.h"
#include "base/options.h"
#include "base/scratch.h"

namespace rotor {
namespace {

class Evaluate : public testing::Test {
 protected:
  ScoreOptions options(const std::string& reference, const std::string& hypothesis) {
    ScoreOptions options;
    options.reference = {folder_.file("reference", reference)};
    options.hypothesis = {folder_.file("hypothesis", hypothesis)};
    return options;
  }

  ScratchFolder folder_;
};

std::string error_of(const ScoreOptions& options) {
  try {
    return "no error but " + evaluate(options);
  } catch (const Error& error) {
    return error.what();
  }
}

// Of the sentences below sacreBLEU 2.6.0 prints these numbers at width 2.
const std::string kReference = "Der Hund läuft schnell über die Straße.\nEin Mann isst einen Apfel.\n";
const std::string kHypothesis = "Der Hund läuft über die Straße.\nEin Mann isst einen Apfel.\n";
const std::string kSignature = "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:rotor-" ROTOR_VERSION;

TEST_F(Evaluate, PrintsSacrebleusLine) {
  EXPECT_EQ(
      evaluate(options(kReference, kHypothesis)),
      "BLEU|" + kSignature + " = 73.82 100.0/90.9/77.8/57.1 (BP = 0.926 ratio = 0.929 hyp_len = 13 ref_len = 14)");
}

TEST_F(Evaluate, RoundsToTheWidthAndPrintsTheNumberAlone) {
  ScoreOptions all = options(kReference, kHypothesis);
  all.score_only = true;
  EXPECT_EQ(evaluate(all), "73.82");
  all.width = 4;
  EXPECT_EQ(evaluate(all), "73.8242");
}

TEST_F(Evaluate, PrintsJsonOnRequest) {
  ScoreOptions all = options(kReference, kHypothesis);
  all.format = "json";
  const std::string json = evaluate(all);
  EXPECT_NE(json.find("{\n \"name\": \"BLEU\",\n \"score\": 73.82,\n \"signature\": \"" + kSignature + "\""), json.npos)
      << json;
}

TEST_F(Evaluate, TakesSeveralReferences) {
  ScoreOptions all = options(kReference, kHypothesis);
  all.reference.push_back(folder_.file("second", kHypothesis));
  EXPECT_NE(evaluate(all).find("nrefs:2|"), std::string::npos);
  EXPECT_NE(evaluate(all).find(" = 100.00 "), std::string::npos) << evaluate(all);
}

TEST_F(Evaluate, PrintsSeveralMetricsAlignedOrAsAList) {
  ScoreOptions all = options(kReference, kHypothesis);
  all.metrics = {"ter,chrf", "bleu"};
  const std::string text = evaluate(all);
  EXPECT_EQ(text.find("        BLEU|"), 0u);
  EXPECT_NE(text.find("\n      chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:"), text.npos) << text;
  EXPECT_NE(text.find("\nTER|nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:"), text.npos) << text;
  all.format = "json";
  const auto json = nlohmann::json::parse(evaluate(all));
  ASSERT_EQ(json.size(), 3u);
  EXPECT_EQ(json[0]["tok"], "13a");
  EXPECT_EQ(json[1]["name"], "chrF2");
  EXPECT_EQ(json[2]["punct"], "yes");
}

TEST_F(Evaluate, PutsCompoundSplitBleuBesideSacrebleus) {
  // By 13a "z.B." is four tokens and "E-Mail" one; by the other, one and three. "keine" is in one of the eight
  // unigrams.
  ScoreOptions all = options("Der z.B. eine E-Mail las.\n", "Der z.B. keine E-Mail las.\n");
  all.compound_split_bleu = true;
  const std::string text = evaluate(all);
  EXPECT_NE(
      text.find("\nBLEU-compound-split|nrefs:1|case:mixed|eff:no|tok:moses-de+compound-split|smooth:none|version:"),
      text.npos)
      << text;
  EXPECT_NE(text.find(" 87.5/71.4/50.0/40.0 (BP = 1.000 ratio = 1.000 hyp_len = 8 ref_len = 8)"), text.npos) << text;
  EXPECT_NE(text.find("\nBLEU: of detokenised text"), text.npos) << text;
  EXPECT_NE(text.find("\nBLEU-compound-split: of Moses's tokens"), text.npos) << text;
  all.format = "json";
  const auto json = nlohmann::json::parse(evaluate(all));
  EXPECT_EQ(json[1]["tok"], "moses-de+compound-split");
  EXPECT_NE(json[1]["note"].get<std::string>().find("Vaswani et al. 2017 (27.3"), std::string::npos);
  all.hypothesis.push_back(folder_.file("other", "Der z.B. eine E-Mail las.\n"));
  EXPECT_EQ(nlohmann::json::parse(evaluate(all))[1]["BLEU-compound-split"], "100.00");
  all.format = "text";
  EXPECT_NE(evaluate(all).find("BLEU-compound-split: of Moses's tokens"), std::string::npos);
}

TEST_F(Evaluate, ScoresSentencesWithEffectiveOrder) {
  ScoreOptions all = options(kReference, kHypothesis);
  all.sentence_level = true;
  const std::string text = evaluate(all);
  EXPECT_NE(text.find("|eff:yes|"), text.npos);
  all.score_only = true;
  EXPECT_EQ(evaluate(all), "51.54\n100.00");
}

TEST_F(Evaluate, GivesConfidenceAndPairedTestsTheirSignatures) {
  ScoreOptions all = options(kReference, kHypothesis);
  all.confidence = true;
  all.confidence_n = 50;
  EXPECT_NE(evaluate(all).find("BLEU|nrefs:1|bs:50|seed:12345|case:mixed|"), std::string::npos) << evaluate(all);
  EXPECT_NE(evaluate(all).find(" = 73.82 (μ = "), std::string::npos) << evaluate(all);
  all.confidence = false;
  all.hypothesis.push_back(folder_.file("other", kReference));
  EXPECT_NE(evaluate(all).find("│ 73.82"), std::string::npos) << evaluate(all);
  all.paired_ar = true;
  all.paired_ar_n = 60;
  EXPECT_NE(evaluate(all).find(" - BLEU       nrefs:1|ar:60|seed:12345|case:"), std::string::npos) << evaluate(all);
  EXPECT_NE(evaluate(all).find("│ Baseline: " + all.hypothesis[0]), std::string::npos) << evaluate(all);
  all.format = "json";
  const auto json = nlohmann::json::parse(evaluate(all));
  EXPECT_NEAR(json[1]["BLEU"]["score"].get<double>(), 100, 1e-9);
  EXPECT_TRUE(json[0]["BLEU"]["p_value"].is_null());
  EXPECT_DOUBLE_EQ(json[1]["BLEU"]["p_value"].get<double>(), 1. / 61);
}

TEST_F(Evaluate, KeepsBlankLinesAndIgnoresCarriageReturns) {
  EXPECT_EQ(evaluate(options("a b c d\r\n\r\ne f g h\r\n", "a b c d\n\ne f g h")),
            evaluate(options("a b c d\n\ne f g h\n", "a b c d\n\ne f g h\n")));
  EXPECT_EQ(read_segments(folder_.file("blank", "\n\nx\n\n")), (std::vector<std::string>{"", "", "x", ""}));
}

TEST_F(Evaluate, NamesBothNumbersOfLinesThatDiffer) {
  const std::string error = error_of(options("a\nb\nc\n", "a\nb\n"));
  EXPECT_NE(error.find("2 and 3 lines"), std::string::npos) << error;
}

TEST_F(Evaluate, WarnsOfLikelyMistakesWithoutChangingTheScore) {
  ScoreOptions all = options("A dog runs .\nA cat .\n\n", "A dog ru@@ ns .\nA cat .\n\n");
  all.score_only = true;
  log::start();
  const auto warnings = [&all] {
    testing::internal::CaptureStderr();
    EXPECT_EQ(evaluate(all), evaluate(all));
    const std::string text = testing::internal::GetCapturedStderr();
    return std::count(text.begin(), text.end(), '\n') / 2;
  };
  EXPECT_EQ(warnings(), 5);  // subword marks, two tokenised texts, two blank ends
  all.force = true;
  EXPECT_EQ(warnings(), 3);
}

TEST_F(Evaluate, RefusesEmptyAndMissingFiles) {
  EXPECT_NE(error_of(options("", "a\n")).find("reference, got an empty file"), std::string::npos);
  EXPECT_NE(error_of(options("a\n", "")).find("hypothesis, got an empty file"), std::string::npos);
  ScoreOptions missing = options("a\n", "a\n");
  missing.reference = {folder_ / "nowhere"};
  EXPECT_NE(error_of(missing).find("nowhere"), std::string::npos);
}

TEST_F(Evaluate, RefusesWrongUsage) {
  ScoreOptions none = options("a\n", "a\n");
  none.reference.clear();
  EXPECT_THROW(evaluate(none), UsageError);
  ScoreOptions negative = options("a\n", "a\n");
  negative.width = -1;
  EXPECT_THROW(evaluate(negative), UsageError);
  const auto refused = [&](auto change) {
    ScoreOptions wrong = options("a\n", "a\n");
    change(wrong);
    EXPECT_THROW(evaluate(wrong), UsageError);
  };
  refused([](ScoreOptions& o) { o.metrics = {"meteor"}; });
  refused([](ScoreOptions& o) { o.metrics = {","}; });
  refused([](ScoreOptions& o) { o.smooth_value = 0.1; });
  refused([](ScoreOptions& o) { o.bleu.tokenize = "spm"; });
  refused([](ScoreOptions& o) { o.bleu.spm_model = "x"; });
  refused([](ScoreOptions& o) { o.paired_bs = true; });
  refused([](ScoreOptions& o) { o.sentence_level = o.confidence = true; });
  refused([](ScoreOptions& o) { o.metrics = {"bleu", "ter"}, o.sentence_level = true; });
  refused([](ScoreOptions& o) { o.hypothesis.push_back(o.hypothesis[0]); });
  refused([](ScoreOptions& o) { o.confidence_n = 1; });
  refused([](ScoreOptions& o) { o.compound_split_bleu = o.sentence_level = true; });
  ScoreOptions twice;  // whose hypothesis is standard input
  twice.reference = {"-"};
  EXPECT_THROW(evaluate(twice), UsageError);
}

}  // namespace
}  // namespace rotor
