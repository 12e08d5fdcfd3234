#include "score/significance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "base/check.h"
#include "base/random.h"
#include "score/bleu.h"
#include "score/chrf.h"
#include "score/golden.h"
#include "score/result.h"
#include "score/ter.h"

namespace rotor {
namespace {

/// sacreBLEU sums in float32 and divides chrF's counts in it.
constexpr double kTolerance = 2e-5;

/// The systems and references of a golden case: its hypotheses and second references compete.
struct Case {
  explicit Case(const nlohmann::json& golden) : references(golden["references"].get<size_t>()) {
    static const auto texts = golden_texts();
    for (size_t i : golden["segments"]) {
      baseline.push_back(texts[0][i]);
      system.push_back(texts[2][i]);
      references[0].push_back(texts[1][i]);
      if (references.size() > 1) references[1].push_back(reversed(texts[1][i]));
    }
  }
  static std::string reversed(std::string_view text);

  Segments baseline, system;
  std::vector<Segments> references;
};

/// The characters of UTF-8 text from the last to the first.
std::string Case::reversed(std::string_view text) {
  std::string result;
  for (size_t end = text.size(), begin = end; begin-- > 0;) {
    if ((text[begin] & 0xC0) == 0x80) continue;
    result.append(text.substr(begin, end - begin));
    end = begin;
  }
  return result;
}

void expect_paired_bootstrap(const Metric& metric, const nlohmann::json& golden, const nlohmann::json& expected) {
  const Case segments(golden);
  const Statistics baseline = count_segments(metric, segments.baseline, segments.references);
  const Statistics system = count_segments(metric, segments.system, segments.references);
  const PairedTest test =
      paired_bootstrap(metric, baseline, system, golden["count"].get<int64_t>(), golden["seed"].get<uint64_t>());
  EXPECT_NEAR(test.baseline_score, expected["baseline"]["score"].get<double>(), 1e-11);
  EXPECT_NEAR(test.system_score, expected["system"]["score"].get<double>(), 1e-11);
  EXPECT_NEAR(test.baseline.mean, expected["baseline"]["mean"].get<double>(), kTolerance);
  EXPECT_NEAR(test.baseline.half_width, expected["baseline"]["ci"].get<double>(), kTolerance);
  EXPECT_NEAR(test.system.mean, expected["system"]["mean"].get<double>(), kTolerance);
  EXPECT_NEAR(test.system.half_width, expected["system"]["ci"].get<double>(), kTolerance);
  EXPECT_DOUBLE_EQ(test.p_value, expected["system"]["p_value"].get<double>());
}

TEST(PairedBootstrap, GivesSacrebleusMeansIntervalsAndPValues) {
  const auto golden = read_golden("significance.json");
  ASSERT_GT(golden["cases"].size(), 5u);
  for (const auto& test : golden["cases"]) {
    SCOPED_TRACE(fmt::format("{} segments, seed {}", test["segments"].size(), test["seed"].get<uint64_t>()));
    expect_paired_bootstrap(Bleu(), test, test["tests"]["bleu"]["bs"]);
    expect_paired_bootstrap(Chrf(), test, test["tests"]["chrf"]["bs"]);
    expect_paired_bootstrap(Chrf({.word_order = 2}), test, test["tests"]["chrf++"]["bs"]);
    expect_paired_bootstrap(Ter(), test, test["tests"]["ter"]["bs"]);
  }
}

TEST(PairedRandomization, GivesSacrebleusPValues) {
  const auto golden = read_golden("significance.json");
  const std::vector<std::pair<std::string, std::shared_ptr<Metric>>> metrics = {
      {"bleu", std::make_shared<Bleu>()},
      {"bleu_floor", std::make_shared<Bleu>(BleuOptions{.lowercase = true, .smooth_method = "floor"})},
      {"chrf", std::make_shared<Chrf>()},
      {"ter", std::make_shared<Ter>()}};
  for (const auto& test : golden["cases"]) {
    const Case segments(test);
    for (const auto& [name, metric] : metrics) {
      const auto& expected = test["tests"][name]["ar"];
      const double p = paired_randomization(*metric, count_segments(*metric, segments.baseline, segments.references),
                                            count_segments(*metric, segments.system, segments.references),
                                            test["count"].get<int64_t>(), test["seed"].get<uint64_t>());
      EXPECT_DOUBLE_EQ(p, expected["system"]["p_value"].get<double>())
          << name << " of " << test["segments"].size() << " segments";
      const Resampling trials = {{"ar", test["count"].dump()}, {"seed", test["seed"].dump()}};
      EXPECT_EQ(signature_text(full_signature(*metric, segments.references.size(), trials)),
                with_our_version(expected["signature"]));
    }
  }
}

TEST(PairedBootstrap, FindsNoDifferenceOfASystemToItselfButOneToRubbish) {
  Segments good, bad;
  for (int i = 0; i < 50; ++i) {
    good.push_back(fmt::format("the dog number {} runs over the street .", i));
    bad.push_back(i % 10 == 0 ? good.back() : "ein Hund");
  }
  const Bleu bleu;
  const std::vector<Segments> references = {good};
  const Statistics right = count_segments(bleu, good, references), wrong = count_segments(bleu, bad, references);
  EXPECT_LT(paired_bootstrap(bleu, right, wrong, 400).p_value, 0.01);
  const PairedTest same = paired_bootstrap(bleu, right, right, 400);
  EXPECT_EQ(same.baseline.mean, same.system.mean);
  EXPECT_EQ(same.baseline.half_width, 0);
}

/// The sum of a number of each segment.
class Sum : public CorpusScore {
 public:
  size_t width() const override { return 1; }
  double score(std::span<const double> sums) const override { return sums[0]; }
};

TEST(TwoSidedPValue, IsUniformUnderTheNullAndOneOfEqualScores) {
  constexpr size_t kSegments = 150;
  constexpr int kTrials = 400;
  const Resamples resamples(kSegments, 500);
  const Sum sum;
  Random random(3);
  int below_a_twentieth = 0, below_a_half = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    Statistics a(kSegments, 1), b(kSegments, 1);
    for (size_t i = 0; i < kSegments; ++i) {
      a.row(i)[0] = random.normal();
      b.row(i)[0] = random.normal();
    }
    const double p =
        two_sided_p_value(sum.score(a.sum()), sum.score(b.sum()), resamples.scores(sum, a), resamples.scores(sum, b));
    below_a_twentieth += p < 0.05 ? 1 : 0;
    below_a_half += p < 0.5 ? 1 : 0;
  }
  EXPECT_NEAR(below_a_twentieth, 0.05 * kTrials, 0.035 * kTrials);  // three standard deviations of such a count
  EXPECT_NEAR(below_a_half, 0.5 * kTrials, 0.08 * kTrials);
  EXPECT_EQ(two_sided_p_value(2, 2, {1, 2, 3}, {1, 2, 3}), 1);
  EXPECT_EQ(two_sided_p_value(2, NAN, {1, 2, 3}, {NAN, NAN, NAN}), 1);
  EXPECT_EQ(two_sided_p_value(0, 5, {0, 0, 0}, {4, 5, 6}), 0.25);
}

TEST(Interval, LeavesOutAFortiethOfTheScoresAtEachEnd) {
  std::vector<double> scores;
  for (int i = 79; i >= 0; --i) scores.push_back(i);
  EXPECT_EQ(interval_of(scores).mean, 39.5);
  EXPECT_EQ(interval_of(scores).half_width, (77 - 2) / 2.);
  EXPECT_EQ(interval_of({5}).half_width, 0);
}

TEST(Percentiles, AreLinearBetweenScores) {
  std::vector<double> scores;
  for (int i = 80; i >= 0; --i) scores.push_back(i);
  EXPECT_DOUBLE_EQ(percentiles_of(scores).low, 2);
  EXPECT_DOUBLE_EQ(percentiles_of(scores).high, 78);
  EXPECT_DOUBLE_EQ(percentiles_of({3, 1}).low, 1.05);
  EXPECT_DOUBLE_EQ(percentiles_of({3, 1}).high, 2.95);
  EXPECT_EQ(percentiles_of({5}).low, 5);
  EXPECT_EQ(percentiles_of({5}).high, 5);
  EXPECT_THROW(percentiles_of({}), Error);
}

TEST(Resamples, RefuseOtherNumbersOfSegments) {
  const Bleu bleu;
  EXPECT_THROW(Resamples(3, 10).scores(bleu, Statistics(2, bleu.width())), Error);
  EXPECT_THROW(Resamples(0, 10), Error);
  EXPECT_THROW(Resamples(3, 0), Error);
}

}  // namespace
}  // namespace rotor
