#include "score/metric.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// The lengths of a hypothesis and of its longest reference.
class Lengths : public Metric {
 public:
  std::string name() const override { return "lengths"; }
  Signature signature() const override { return {}; }
  size_t width() const override { return 2; }
  double score(std::span<const double> sums) const override { return sums[0] / sums[1]; }
  void count(std::string_view hypothesis, std::span<const std::string_view> references,
             std::span<double> statistics) const override {
    statistics[0] = static_cast<double>(hypothesis.size());
    for (const std::string_view text : references) {
      statistics[1] = std::max(statistics[1], static_cast<double>(text.size()));
    }
  }
};

TEST(Statistics, HaveARowForEachSegmentAndAddThem) {
  Statistics statistics(3, 2);
  EXPECT_EQ(statistics.segments(), 3u);
  EXPECT_EQ(statistics.width(), 2u);
  EXPECT_EQ(statistics.sum(), (std::vector<double>{0, 0})) << "they begin with zeros";
  for (size_t i = 0; i < 3; ++i) {
    statistics.row(i)[0] = static_cast<double>(i + 1);
    statistics.row(i)[1] = static_cast<double>(10 * i);
  }
  EXPECT_EQ(statistics.row(1)[1], 10);
  EXPECT_EQ(statistics.sum(), (std::vector<double>{6, 30}));
  EXPECT_EQ(Statistics(0, 2).sum(), (std::vector<double>{0, 0}));
}

TEST(CountSegments, GivesEachHypothesisAllReferencesOfItsLine) {
  const Segments hypotheses = {"a", "abc", ""};
  const std::vector<Segments> references = {{"ab", "a", "abcd"}, {"a", "ab", ""}};
  const Statistics statistics = count_segments(Lengths(), hypotheses, references);
  const double expected[3][2] = {{1, 2}, {3, 2}, {0, 4}};
  for (size_t i = 0; i < 3; ++i) {
    for (size_t c = 0; c < 2; ++c) EXPECT_EQ(statistics.row(i)[c], expected[i][c]) << i << " " << c;
  }
  EXPECT_EQ(Lengths().score(statistics.sum()), 4.0 / 8);
  EXPECT_EQ(count_segments(Lengths(), {}, std::vector<Segments>{{}}).segments(), 0u);
}

TEST(CountSegments, RefusesTextsOfUnequalLengthAndNoReferences) {
  const auto refusal = [](const std::vector<Segments>& references) {
    return message_of<Error>([&] { count_segments(Lengths(), Segments{"a", "b"}, references); });
  };
  EXPECT_TRUE(says(refusal({}), "at least one set of references"));
  EXPECT_TRUE(says(refusal({{"a", "b"}, {"a"}}), "as many references as hypotheses, got 1 and 2 lines"));
}

}  // namespace
}  // namespace rotor
