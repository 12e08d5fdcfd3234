#include "position/rope_options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/scratch.h"

namespace rotor {
namespace {

RopeScalingOptions scaling(const std::string& kind, double factor = 4, int64_t original_length = 256) {
  RopeScalingOptions options;
  options.kind = kind;
  options.factor = factor;
  options.original_length = original_length;
  return options;
}

std::string refusal(const RopeScalingOptions& options) {
  return message_of<UsageError>([&] { options.check(); });
}

TEST(RopeScalingOptions, NeedAFactorAndWhereItCountsALength) {
  for (const std::string& kind : rope_scaling_names()) {
    EXPECT_EQ(refusal(scaling(kind)), "(nothing thrown)") << kind;
    if (kind == "none") continue;
    EXPECT_TRUE(
        says(refusal(scaling(kind, 1)), "--rope-scaling " + kind, "needs --rope-scaling-factor above 1", "got 1"));
    const bool needs = kind != "linear" && kind != "ntk";
    EXPECT_EQ(refusal(scaling(kind, 4, 0)) != "(nothing thrown)", needs) << kind;
    if (needs) {
      EXPECT_TRUE(says(refusal(scaling(kind, 4, 0)), kind, "needs --rope-original-length", "got 0"));
    }
  }
  EXPECT_EQ(refusal(scaling("none", 1, 0)), "(nothing thrown)");
  EXPECT_EQ(refusal(scaling("auto", 1, 0)), "(nothing thrown)");
}

TEST(RopeScalingOptions, RefuseBoundsInTheWrongOrder) {
  RopeScalingOptions yarn = scaling("yarn"), llama3 = scaling("llama3");
  yarn.beta_fast = yarn.beta_slow = 2;
  EXPECT_TRUE(says(refusal(yarn), "--rope-beta-fast above --rope-beta-slow 2, got 2"));
  llama3.high_frequency_factor = 0.5;
  EXPECT_TRUE(says(refusal(llama3), "--rope-high-frequency-factor above --rope-low-frequency-factor 1, got 0.5"));
}

/// The options of a command line that overrides those of a model.
RopeScalingOptions parsed(std::vector<const char*> words, std::vector<std::string>* ignored = nullptr) {
  RopeScalingOptions result = RopeScalingOptions::as_in_model();
  CommandLine options("rotor-generate", "", "");
  result.describe_override(options);
  words.insert(words.begin(), "rotor-generate");
  options.parse(static_cast<int>(words.size()), words.data());
  if (ignored) *ignored = options.ignored();
  return result;
}

TEST(RopeScalingOptions, LeaveAModelsOwnAloneUnlessTheyAreGiven) {
  EXPECT_FALSE(parsed({}).replacement().has_value());
  const auto yarn = parsed({"--rope-scaling", "yarn", "--rope-scaling-factor", "2.5"}).replacement();
  ASSERT_TRUE(yarn.has_value());
  EXPECT_EQ(yarn->kind, "yarn");
  EXPECT_EQ(yarn->factor, 2.5);
  EXPECT_EQ(parsed({"--rope-scaling", "none"}).replacement()->kind, "none");
  EXPECT_TRUE(says(message_of<UsageError>([] { parsed({"--rope-scaling", "yearn"}); }), "yearn", "yarn"));
  EXPECT_TRUE(says(message_of<UsageError>([] {
                     parsed({"--rope-original-length", "16777217"});
                   }),
                   "--rope-original-length", "from 0 to 16777216"));
}

TEST(RopeScalingOptions, NameWhatTheWayToScaleDoesNotRead) {
  std::vector<std::string> ignored;
  parsed({"--rope-scaling", "linear", "--rope-scaling-factor", "2", "--rope-beta-fast", "8"}, &ignored);
  ASSERT_EQ(ignored.size(), 1u);
  EXPECT_TRUE(says(ignored[0], "--rope-beta-fast 8 has no effect", "with --rope-scaling yarn"));
  parsed({"--rope-original-length", "64"}, &ignored);
  ASSERT_EQ(ignored.size(), 1u);
}

}  // namespace
}  // namespace rotor
