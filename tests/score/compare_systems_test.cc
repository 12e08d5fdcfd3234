#include "score/compare_systems.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/json.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// Two systems of 30 lines; the second has the reference's words more often.
class ComparedSystems : public testing::Test {
 protected:
  ComparedSystems() {
    for (int i = 0; i < 30; ++i) {
      const std::string line = fmt::format("the {} dog runs {} times in the park", i % 7, i);
      references_[0].push_back(line);
      systems_[0].push_back(i % 3 == 0 ? line : "the dog runs in a park today");
      systems_[1].push_back(i % 3 != 1 ? line : fmt::format("the {} dog runs in a park", i % 7));
    }
    options_.reference = {"r"};
    options_.hypothesis = {"one", "two"};
  }

  std::string report() const {
    options_.check();
    return compare_systems(options_, systems_, references_);
  }
  nlohmann::json json() {
    options_.format = "json";
    return nlohmann::json::parse(report());
  }
  Statistics statistics(const Metric& metric, size_t system) const {
    return count_segments(metric, systems_[system], references_);
  }

  ScoreOptions options_;
  std::vector<Segments> systems_{2}, references_{1};
};

TEST_F(ComparedSystems, HaveTheScoresOfEachAlone) {
  options_.metrics = {"bleu,ter"};
  options_.width = 4;
  const auto list = json();
  ASSERT_EQ(list.size(), 2u);
  for (size_t s = 0; s < 2; ++s) {
    EXPECT_EQ(list[s]["system"], options_.hypothesis[s]);
    for (const auto& metric : options_.make_metrics()) {
      const double score = metric->score(statistics(*metric, s).sum());
      EXPECT_EQ(list[s][metric->name()], fmt::format("{:.4f}", score)) << metric->name();
    }
  }
  options_.format = "text";
  EXPECT_TRUE(says(report(), "System", "one", "two", "BLEU", "TER", "Metric signatures", "nrefs:1|", "tok:13a"));
  EXPECT_EQ(report().find("Paired"), std::string::npos);
}

TEST_F(ComparedSystems, AreTestedAgainstTheFirstByBootstrap) {
  options_.paired_bs = true;
  options_.paired_bs_n = 100;
  const auto list = json();
  const auto metric = std::move(options_.make_metrics()[0]);
  const Resamples resamples(30, 100, static_cast<uint64_t>(options_.seed));
  const PairedTest test = paired_bootstrap(*metric, statistics(*metric, 0), statistics(*metric, 1), resamples);
  EXPECT_EQ(list[0]["system"], "Baseline: one");
  EXPECT_TRUE(list[0]["BLEU"]["p_value"].is_null());
  EXPECT_EQ(list[0]["BLEU"]["mean"], test.baseline.mean);
  EXPECT_EQ(list[1]["BLEU"]["p_value"], test.p_value);
  EXPECT_EQ(list[1]["BLEU"]["ci"], test.system.half_width);
  EXPECT_LT(test.p_value, 0.05);
  options_.format = "text";
  EXPECT_TRUE(says(report(), "BLEU (μ ± 95% CI)", "Baseline: one", fmt::format("(p = {:.4f})*", test.p_value),
                   "Paired bootstrap resampling test with 100 resampling trials", "bs:100|", "seed:12345"));
}

TEST_F(ComparedSystems, AreTestedByRandomisationToo) {
  options_.paired_ar = true;
  options_.paired_ar_n = 50;
  const auto list = json();
  const auto metric = std::move(options_.make_metrics()[0]);
  const double p = paired_randomization(*metric, statistics(*metric, 0), statistics(*metric, 1), 50,
                                        static_cast<uint64_t>(options_.seed));
  EXPECT_EQ(list[1]["BLEU"]["p_value"], p);
  EXPECT_TRUE(list[1]["BLEU"]["mean"].is_null()) << "it has no interval";
}

}  // namespace
}  // namespace rotor
