#include "attention/options.h"

#include <gtest/gtest.h>

#include "attention/kernel.h"
#include "base/check.h"
#include "base/json.h"
#include "base/scratch.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

/// Options that JSON gave, and what is said of those that have no effect.
struct Read {
  AttentionOptions attention;
  Options described;

  explicit Read(const Json& json) {
    attention.describe(described);
    described.from_json(json, "here");
  }
};

TEST(AttentionOptions, GoIntoAModelFileAndBack) {
  const Json all = {{"attention", "linear"},     {"attention_window", 7},    {"attention_bias", false},
                    {"linear_rotary", "before"}, {"performer_features", 12}, {"performer_redraw_updates", 5}};
  const Read read(all);
  EXPECT_EQ(read.attention.kernel, "linear");
  EXPECT_EQ(read.attention.window, 7);
  EXPECT_FALSE(read.attention.bias);
  EXPECT_EQ(read.attention.linear_rotary, "before");
  EXPECT_EQ(read.described.to_json(), all);
}

TEST(AttentionOptions, OfFormerModelsAreSoftmaxAttentionToAllTokens) {
  EXPECT_EQ(Read(Json::object()).described.to_json(), (Json{{"attention", "softmax"},
                                                            {"attention_window", 0},
                                                            {"attention_bias", true},
                                                            {"linear_rotary", "after"},
                                                            {"performer_features", 0},
                                                            {"performer_redraw_updates", 1000}}));
}

TEST(AttentionOptions, OfferTheKernelsOfTheTable) {
  for (const std::string& name : attention_names()) EXPECT_EQ(Read(Json{{"attention", name}}).attention.kernel, name);
  EXPECT_TRUE(says(message_of<Error>([] {
                     Read(Json{{"attention", "sofmax"}});
                   }),
                   "softmax, linear, performer", "did you mean softmax?"));
}

TEST(AttentionOptions, RefuseValuesThatAreNone) {
  EXPECT_TRUE(says(message_of<Error>([] {
                     Read(Json{{"attention_window", -1}});
                   }),
                   "attention_window", "from 0 to 16777216"));
  EXPECT_TRUE(says(message_of<Error>([] { Read(Json{{"linear_rotary", "between"}}); }), "after, before"));
}

TEST(AttentionOptions, NameTheRotationWhereNoFeaturesAreRotated) {
  const auto ignored = [](const char* kernel) {
    return Read(Json{{"attention", kernel}, {"linear_rotary", "before"}}).described.ignored();
  };
  ASSERT_EQ(ignored("softmax").size(), 1u);
  EXPECT_TRUE(says(ignored("softmax")[0], "--linear-rotary before", "only with --attention linear"));
  EXPECT_TRUE(ignored("linear").empty());
}

}  // namespace
}  // namespace rotor
