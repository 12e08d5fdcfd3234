#include "model/position_choices.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/scratch.h"
#include "model/tiny_model.h"
#include "position/variants.h"
#include "random_tensor.h"

namespace rotor {
namespace {

std::string refusal(const std::function<void(TransformerOptions&)>& change) {
  TransformerOptions options = tiny_options();
  options.position.encoding = "rope";
  change(options);
  return message_of<UsageError>([&] { options.check(); });
}

TEST(PositionChoices, RefuseWhatSuitsNoStackInOneLine) {
  EXPECT_EQ(refusal([](auto&) {}), "(nothing thrown)");
  EXPECT_TRUE(says(refusal([](auto& o) { o.position.rope_fraction = 0.5; }), "--rope-fraction 0.5 of 6 numbers are 3"));
  EXPECT_TRUE(
      says(refusal([](auto& o) { o.position.rope_kept_frequencies = 0.1; }), "--rope-kept-frequencies 0.1 of 3"));
  EXPECT_TRUE(says(refusal([](auto& o) {
                     set_variant("rope.longrope", o.position), o.position.rope_scaling.short_factors.pop_back();
                   }),
                   "needs 3 numbers as --rope-short-factors", "got 2"));
  EXPECT_TRUE(says(refusal([](auto& o) {
                     set_variant("rope.longrope", o.position), o.position.rope_scaling.long_factors[1] = "no";
                   }),
                   "--rope-long-factors expects numbers above 0, got 'no'"));
  EXPECT_TRUE(says(refusal([](auto& o) { set_variant("rope.yarn", o.position), o.position.rope_base = 1; }),
                   "--rope-base above 1"));
  EXPECT_TRUE(
      says(refusal([](auto& o) { set_variant("rope.dynamic-ntk", o.position), o.position.rotary_value = true; }),
           "leave out --rotary-value"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.position.encoding = "sandwich", o.position.sandwich_width = 3; }), "got 3"));
  for (const char* bucketed : {"t5", "tupe"}) {
    EXPECT_TRUE(says(refusal([&](auto& o) { o.position.encoding = bucketed, o.position.t5_buckets = 33; }),
                     "--t5-buckets expects an even number, got 33"));
    EXPECT_TRUE(says(refusal([&](auto& o) { o.position.encoding = bucketed, o.position.max_distance = 16; }),
                     "--max-distance above half of --t5-buckets"));
  }
}

TEST(PositionChoices, RefuseOfAnSsruWhatActsOnHeadsAndNameTheOthers) {
  const auto with_ssru = [](const std::string& encoding) {
    return refusal([&](auto& o) { o.decoder.autoreg = kSsru, o.decoder.position_encoding = encoding; });
  };
  EXPECT_TRUE(says(with_ssru("rope"), "'rope'", "one of none, learned, sinusoidal, shape, cape as"));
  for (const char* fits : {"shape", "cape"}) EXPECT_EQ(with_ssru(fits), "(nothing thrown)");
}

TEST(PositionChoices, RefuseScalingsThatNeedScoresBesideLinearAttention) {
  for (const std::string kind : {"linear", "ntk", "llama3"}) {
    EXPECT_EQ(refusal([&](auto& o) { set_variant("rope." + kind, o.position), o.attention.kernel = "linear"; }),
              "(nothing thrown)");
  }
  for (const std::string kind : {"yarn", "longrope"}) {
    EXPECT_TRUE(says(refusal([&](auto& o) { set_variant("rope." + kind, o.position), o.attention.kernel = "linear"; }),
                     "--rope-scaling " + kind + " changes the scale of softmax"));
  }
  EXPECT_TRUE(
      says(refusal([&](auto& o) { set_variant("rope.dynamic-ntk", o.position), o.attention.kernel = "linear"; }),
           "--attention linear cannot combine with --rope-scaling dynamic-ntk"));
}

TEST(PositionChoices, LayersWithoutPositionsAreEveryNthAndOnlyWherePositionsAreInLayers) {
  EXPECT_TRUE(says(refusal([](auto& o) { o.position.no_position_every = 1; }),
                   "--no-position-every expects 0, or 2 or more, got 1"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.position.no_position_every = 10001; }),
                   "--no-position-every expects a whole number from 0 to 10000, got '10001'"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.decoder.no_position_every = 10001; }),
                   "--decoder-no-position-every expects a whole number from -1 to 10000"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.position.encoding = "learned", o.position.no_position_every = 2; }),
                   "those of 'learned' are in the input"));
  EXPECT_EQ(refusal([](auto& o) { o.position.no_position_every = 2; }), "(nothing thrown)");
  TransformerOptions options = tiny_options();
  options.position.no_position_every = 4;
  options.decoder.no_position_every = 2;
  EXPECT_EQ(options.no_position_every(options.encoder), 4);
  EXPECT_EQ(options.no_position_every(options.decoder), 2);
  options.decoder.no_position_every = 0;
  EXPECT_EQ(options.no_position_every(options.decoder), 0);
}

TEST(PositionChoices, KnowTheirKeysAndParameters) {
  const std::vector<std::string> keys = position_keys();
  for (const char* key :
       {"position_encoding", "decoder_position_encoding", "no_position_every", "encoder_no_position_every", "rope_base",
        "rope_scaling", "rotary_cross_attention", "t5_buckets"}) {
    EXPECT_TRUE(std::count(keys.begin(), keys.end(), key)) << key;
  }
  EXPECT_FALSE(std::count(keys.begin(), keys.end(), "dropout"));
  EXPECT_TRUE(is_position_parameter("encoder.position.weight"));
  EXPECT_TRUE(is_position_parameter("decoder.layers.0.self_attn.position.keys"));
  EXPECT_FALSE(is_position_parameter("decoder.layers.0.self_attn.q_proj.weight"));
}

}  // namespace
}  // namespace rotor
