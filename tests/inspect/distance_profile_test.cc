#include "inspect/distance_profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/scratch.h"
#include "model/model_file.h"
#include "model/tiny_model.h"
#include "position/table.h"

namespace rotor {
namespace {

/// Width 12, 2 heads, 2 layers a stack, with an encoding of each stack.
class Profile : public testing::Test {
 protected:
  SafeTensors save(const std::string& encoder, const std::string& decoder) {
    TransformerOptions options = tiny_options();
    options.encoder.position_encoding = encoder;
    options.decoder.position_encoding = decoder;
    options.position.max_relative_position = 3;
    options.position.t5_buckets = 8;
    options.position.max_distance = 20;
    return save(options);
  }

  SafeTensors save(const TransformerOptions& options) {
    model_ = std::make_unique<EncoderDecoder>(options);
    model_->initialise(3);
    const VocabularyBytes vocabulary{"v", "v"};
    SafeTensorsWriter writer;
    add_model(writer, *model_, vocabulary);
    writer.write(folder_ / "m.safetensors");
    return SafeTensors(folder_ / "m.safetensors");
  }

  ScratchFolder folder_;
  std::unique_ptr<EncoderDecoder> model_;
};

/// The bias that an encoding adds to the score of a query at m and a key at n.
double bias_of(const PositionEncoding& encoding, int64_t head, int64_t m, int64_t n) {
  const NoGrad no_grad;
  const Variable scores(Tensor::zeros({1, 2, 1, 1})), none;
  return encoding.on_scores(scores, none, none, {m, 1}, {n, 1}).value().data()[head];
}

TEST_F(Profile, OfT5AndAlibiIsWhatTheyAddToScores) {
  for (const std::string name : {"t5", "alibi"}) {
    const SafeTensors file = save(name, name);
    const auto profiles = distance_profiles(file, 30);
    ASSERT_EQ(profiles.size(), 2u);
    for (const DistanceProfile& profile : profiles) {
      const bool decoder = profile.stack == "decoder";
      EXPECT_EQ(profile.encoding, name);
      EXPECT_EQ(profile.part, "head");
      EXPECT_EQ(profile.distances.front(), -30);
      EXPECT_EQ(profile.distances.back(), decoder ? 0 : 30);
      ASSERT_EQ(profile.curves.size(), 2u);
      TransformerOptions options = model_->options();
      const auto encoding = position_encoding(name).make(options.position, {12, 2, decoder});
      for (const auto& parameter : encoding->parameters()) {
        Variable(parameter.variable).value().copy_from(file.tensor(profile.stack + ".position." + parameter.name));
      }
      for (size_t h = 0; h < 2; ++h) {
        for (size_t i = 0; i < profile.distances.size(); ++i) {
          EXPECT_FLOAT_EQ(profile.curves[h][i], bias_of(*encoding, h, 40, 40 + profile.distances[i])) << name << i;
        }
      }
    }
  }
}

TEST_F(Profile, OfTupeIsItsBias) {
  const SafeTensors file = save("tupe", "none");
  const auto profiles = distance_profiles(file);
  ASSERT_EQ(profiles.size(), 1u);
  EXPECT_EQ(profiles[0].stack, "encoder");
  EXPECT_EQ(profiles[0].distances.back(), 20);
  const Tensor bias = file.tensor("encoder.position.bias");
  // Eight buckets: 0 is distance 0, 1 is one token before, 4 + 1 one token after.
  const auto at =
      std::find(profiles[0].distances.begin(), profiles[0].distances.end(), 0) - profiles[0].distances.begin();
  EXPECT_FLOAT_EQ(profiles[0].curves[1][at], bias.data()[0 * 2 + 1]);
  EXPECT_FLOAT_EQ(profiles[0].curves[1][at - 1], bias.data()[1 * 2 + 1]);
  EXPECT_FLOAT_EQ(profiles[0].curves[1][at + 1], bias.data()[5 * 2 + 1]);
}

TEST_F(Profile, OfShawIsTheNormOfItsRowsByLayer) {
  const SafeTensors file = save("rope", "shaw");
  const auto profiles = distance_profiles(file, 5);
  ASSERT_EQ(profiles.size(), 2u);
  EXPECT_EQ(profiles[0].quantity, "norm of keys");
  EXPECT_EQ(profiles[1].quantity, "norm of values");
  EXPECT_EQ(profiles[1].distances, (std::vector<int64_t>{-5, -4, -3, -2, -1, 0}));
  ASSERT_EQ(profiles[1].curves.size(), 2u);
  const Tensor values = file.tensor("decoder.layers.1.self_attn.position.values");  // [7, 6]
  const int64_t rows[] = {0, 0, 0, 1, 2, 3};
  for (size_t i = 0; i < 6; ++i) {
    double sum = 0;
    for (int64_t j = 0; j < 6; ++j) sum += std::pow(values.data()[rows[i] * 6 + j], 2);
    EXPECT_NEAR(profiles[1].curves[1][i], std::sqrt(sum), 1e-6) << i;
  }
}

TEST_F(Profile, ReachesAsFarAsTheEncodingTellsDistancesApart) {
  EXPECT_EQ(distance_profiles(save("t5", "none"))[0].distances.front(), -20);
  EXPECT_EQ(distance_profiles(save("shaw", "none"))[0].distances.back(), 3);
  EXPECT_EQ(distance_profiles(save("none", "alibi"))[0].distances.front(), -64);
  TransformerOptions far = tiny_options();
  far.position.encoding = "t5";
  far.position.max_distance = 1 << 24;
  EXPECT_EQ(distance_profiles(save(far))[0].distances.size(), 20001u);
  EXPECT_TRUE(says(message_of<Error>([&] { distance_profiles(save("t5", "t5"), -1); }), "-1"));
  EXPECT_TRUE(says(message_of<Error>([&] { distance_profiles(save("t5", "t5"), 1000000); }), "1 to 10000"));
}

TEST_F(Profile, OfShawNumbersTheLayersThatHavePositions) {
  TransformerOptions options = tiny_options();
  options.encoder.layers = 3;
  options.encoder.position_encoding = "shaw";
  options.encoder.no_position_every = 2;
  const auto profiles = distance_profiles(save(options), 1);
  ASSERT_EQ(profiles.size(), 2u);
  for (const DistanceProfile& profile : profiles) {
    EXPECT_EQ(profile.numbers, (std::vector<int64_t>{0, 2}));
    EXPECT_EQ(profile.curves.size(), 2u);
  }
  EXPECT_TRUE(says(profiles_to_csv(profiles), "\nencoder,shaw,norm of values,2,,1,"));
  EXPECT_TRUE(says(profiles_to_svg(profiles), ">layer 2<"));
}

TEST_F(Profile, OtherEncodingsAreRefusedNamingThoseThatHaveOne) {
  EXPECT_TRUE(says(message_of<Error>([&] { distance_profiles(save("rope", "deberta")); }), "rope in the encoder",
                   "deberta in the decoder", "shaw, t5, tupe, alibi have"));
}

TEST_F(Profile, ATableThatIsMissingOrOfAnotherShapeIsNamed) {
  const SafeTensors file = save("t5", "none");
  const auto without = [&](bool reshaped) {
    SafeTensorsWriter writer;
    for (const auto& [name, tensor] : file.tensors()) {
      if (name != "encoder.position.bias") writer.add(name, tensor.type, tensor.shape, tensor.bytes);
    }
    if (reshaped) writer.add("encoder.position.bias", Tensor::zeros({2, 8}));
    for (const auto& [key, value] : file.metadata()) writer.set(key, value);
    writer.write(folder_ / "other.safetensors");
    return message_of<Error>([&] { distance_profiles(SafeTensors(folder_ / "other.safetensors")); });
  };
  EXPECT_TRUE(says(without(false), "other.safetensors", "encoder.position.bias"));
  EXPECT_TRUE(says(without(true), "other.safetensors", "encoder.position.bias", "[8, 2]", "[2, 8]"));
}

TEST_F(Profile, IsDrawnOneFigureAProfile) {
  const std::string svg = profiles_to_svg(distance_profiles(save("alibi", "shaw"), 4));
  EXPECT_TRUE(says(svg, "height=\"1380\"", ">encoder: bias of alibi by distance and head</",
                   ">decoder: norm of keys of shaw by distance and layer</", ">head 1</", ">layer 0</"));
  TransformerOptions many = tiny_options();
  many.encoder.embed_dim = many.decoder.embed_dim = 32;
  many.encoder.attention_heads = 16;
  many.position.encoding = "alibi";
  EXPECT_TRUE(says(profiles_to_svg(distance_profiles(save(many))), ">encoder: bias of alibi", ">15</"));
}

TEST_F(Profile, IsATableOfARowANumber) {
  const std::string csv = profiles_to_csv(distance_profiles(save("alibi", "shaw"), 4));
  EXPECT_TRUE(csv.starts_with("stack,encoding,quantity,layer,head,distance,value\nencoder,alibi,bias,,0,-4,-0.25\n"));
  EXPECT_TRUE(says(csv, "\ndecoder,shaw,norm of values,1,,0,"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 2 * 9 + 2 * 2 * 5);
}

}  // namespace
}  // namespace rotor
