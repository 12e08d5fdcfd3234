#include "base/pattern.h"

#include <gtest/gtest.h>

#include "base/check.h"

namespace rotor {
namespace {

using Groups = std::vector<std::string>;

TEST(Pattern, MatchesAllOfAText) {
  const Pattern pattern(R"(checkpoint_(\d+)_(\d+)\.safetensors)");
  EXPECT_EQ(pattern.match("checkpoint_3_120.safetensors"), (Groups{"checkpoint_3_120.safetensors", "3", "120"}));
  EXPECT_EQ(pattern.match("checkpoint_3.safetensors"), std::nullopt);
  EXPECT_EQ(pattern.match("a checkpoint_3_120.safetensors"), std::nullopt);
}

TEST(Pattern, FindsTheFirstPartOfAText) {
  const Pattern pattern(R"(layers\.(\d+))");
  EXPECT_EQ(pattern.find("encoder.layers.0.layers.1"), (Groups{"layers.0", "0"}));
  EXPECT_EQ(pattern.find("encoder.embed_tokens"), std::nullopt);
}

TEST(Pattern, RefusesWhatIsNoExpression) {
  try {
    Pattern("[", "--freeze");
    FAIL() << "expected an Error";
  } catch (const Error& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("--freeze expects a regular expression, got '[': "))
        << error.what();
  }
}

}  // namespace
}  // namespace rotor
