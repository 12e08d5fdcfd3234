#include "position/rope_frequencies.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "golden.h"

namespace rotor {
namespace {

PositionOptions options_of(const nlohmann::json& c) {
  PositionOptions o;
  c.at("rope_base").get_to(o.rope_base);
  c.at("rope_fraction").get_to(o.rope_fraction);
  RopeScalingOptions& scaling = o.rope_scaling;
  c.at("rope_scaling").get_to(scaling.kind);
  c.at("rope_scaling_factor").get_to(scaling.factor);
  c.at("rope_original_length").get_to(scaling.original_length);
  c.at("rope_beta_fast").get_to(scaling.beta_fast);
  c.at("rope_beta_slow").get_to(scaling.beta_slow);
  c.at("rope_low_frequency_factor").get_to(scaling.low_frequency_factor);
  c.at("rope_high_frequency_factor").get_to(scaling.high_frequency_factor);
  c.at("rope_short_factors").get_to(scaling.short_factors);
  c.at("rope_long_factors").get_to(scaling.long_factors);
  return o;
}

/// Every frequency to 1e-6 of itself, those of the lowest too.
TEST(RopeFrequencies, AreThoseOfHuggingFace) {
  const SafeTensors file = golden::open("rope_frequencies");
  const auto cases = nlohmann::json::parse(file.metadata("cases"));
  int compared = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    const PositionOptions options = options_of(cases[i]);
    const auto name = [&](const std::string& rest) { return fmt::format("frequencies.{}.{}", i, rest); };
    const Tensor factor = file.tensor(name("factor"));
    EXPECT_NEAR(rope_attention_factor(options.rope_scaling), factor.data()[0], 1e-6) << cases[i];
    for (const double times : {1., 1.5, 4.}) {
      const auto length = static_cast<int64_t>(times * static_cast<double>(options.rope_scaling.original_length));
      const Tensor expected = file.tensor(name(std::to_string(length)));
      const auto actual = rope_frequencies(options, rope_width(options, cases[i].at("width")), length);
      ASSERT_EQ(std::ssize(actual), expected.elements());
      for (int64_t j = 0; j < expected.elements(); ++j, ++compared) {
        EXPECT_NEAR(actual[j] / expected.data()[j], 1, 1e-6) << cases[i] << " " << length << " " << j;
      }
    }
  }
  EXPECT_GT(compared, 2000);
}

TEST(RopeFrequencies, ArePlainWithoutScaling) {
  PositionOptions options;
  options.rope_base = 100;
  const auto frequencies = rope_frequencies(options, 4, 7);
  EXPECT_EQ(frequencies, (std::vector<double>{1, 0.1}));
  EXPECT_EQ(rope_attention_factor(options.rope_scaling), 1);
}

TEST(RopeFrequencies, OfTheLowestPairsAreLeftOut) {
  PositionOptions options;
  options.rope_kept_frequencies = 0.75;
  const auto all = rope_frequencies({}, 16, 0), kept = rope_frequencies(options, 16, 0);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(kept[i], i < 6 ? all[i] : 0);
  EXPECT_EQ(rope_kept_pairs(options, 14), 5) << "rounded down";
}

TEST(RopeFrequencies, TurnAShareOfAHead) {
  PositionOptions options;
  options.rope_fraction = 0.25;
  EXPECT_EQ(rope_width(options, 64), 16);
  EXPECT_EQ(rope_width(options, 30), 7) << "rounded down";
  EXPECT_EQ(rope_width({}, 64), 64);
}

TEST(RopeFrequencies, TakeAnAttentionFactorThatIsGiven) {
  RopeScalingOptions scaling;
  scaling.kind = "yarn";
  scaling.factor = 4;
  scaling.attention_factor = 1.5;
  EXPECT_EQ(rope_attention_factor(scaling), 1.5);
}

/// One pair has no lowest frequency to lower.
TEST(RopeFrequencies, OfOnePairStayUnderNtk) {
  PositionOptions options;
  options.rope_scaling.kind = "ntk";
  options.rope_scaling.factor = 4;
  EXPECT_EQ(rope_frequencies(options, 2, 0), std::vector<double>{1});
}

}  // namespace
}  // namespace rotor
