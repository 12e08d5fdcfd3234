#include "model/options.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/scratch.h"
#include "model/tiny_model.h"

namespace rotor {
namespace {

/// The error of tiny options after a change.
std::string refusal(const std::function<void(TransformerOptions&)>& change) {
  TransformerOptions options = tiny_options();
  change(options);
  return message_of<Error>([&] { options.check(); });
}

TEST(TransformerOptions, ImpossibleOnesAreRefusedByName) {
  EXPECT_NO_THROW(tiny_options().check());
  EXPECT_TRUE(says(refusal([](auto& o) { o.encoder_attention_heads = 5; }), "--encoder-embed-dim 12", "5 heads"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.decoder_attention_heads = 7; }), "--decoder-embed-dim 12", "7 heads"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.decoder_layers = 0; }), "--decoder-layers", "from 1"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.encoder_ffn_embed_dim = -1; }), "--encoder-ffn-embed-dim", "-1"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.dropout = 1; }), "--dropout", "below 1"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.attention_dropout = -0.1; }), "--attention-dropout"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.decoder_embed_dim = 16; }), "--share-all-embeddings", "12", "16"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.target_vocabulary = 31; }), "--share-all-embeddings", "30", "31",
                   "--joined-dictionary"));
}

TEST(TransformerOptions, AnOddHeadWidthWithRopeIsRefused) {
  TransformerOptions options = tiny_options();
  options.decoder_attention_heads = 4;
  options.position.encoding = "rope";
  EXPECT_TRUE(says(message_of<Error>([&] { Transformer model(options); }), "rope", "even head width", "3 (12 / 4"));
}

TEST(TransformerOptions, ArchitecturesSetTheSizesOfBothStacks) {
  TransformerOptions options;
  options.apply_architecture("transformer_tiny");
  EXPECT_EQ(options.arch, "transformer_tiny");
  EXPECT_EQ(options.encoder_layers, 4);
  EXPECT_EQ(options.decoder_embed_dim, 128);
  EXPECT_EQ(options.encoder_ffn_embed_dim, 256);
  EXPECT_EQ(options.decoder_attention_heads, 4);
  EXPECT_EQ(architecture_names(),
            (std::vector<std::string>{"transformer_tiny", "transformer_iwslt", "transformer_base", "transformer_big"}));
}

TEST(TransformerOptions, TheDefaultArchitectureHasTheDefaultSizes) {
  TransformerOptions named;
  named.apply_architecture(TransformerOptions().arch);
  EXPECT_EQ(named.to_config(), TransformerOptions().to_config());
}

TEST(TransformerOptions, ConfigGoesThereAndBackWithRealNumbersAndBooleans) {
  TransformerOptions options = tiny_options();
  options.encoder_normalize_before = true;
  options.position.encoding = "rope";
  options.position.rope_base = 500;
  const auto config = nlohmann::json::parse(options.to_config());
  EXPECT_EQ(config["encoder_normalize_before"], true);
  EXPECT_EQ(config["decoder_normalize_before"], false) << "defaults are there too";
  EXPECT_EQ(config["encoder_layers"], 2);
  EXPECT_EQ(config["rope_base"], 500.0);
  EXPECT_EQ(config["source_vocabulary"], 30);
  EXPECT_EQ(TransformerOptions::from_config(options.to_config(), "here").to_config(), options.to_config());
}

TEST(TransformerOptions, LayersBeyondAnyModelAreRefused) {
  for (int64_t TransformerOptions::*layers :
       {&TransformerOptions::encoder_layers, &TransformerOptions::decoder_layers}) {
    TransformerOptions options = tiny_options();
    options.*layers = 10000;
    options.check();
    options.*layers = 1'000'000'000;
    EXPECT_TRUE(says(message_of<Error>([&] { options.check(); }),
                     "coder-layers expects a whole number from 1 to 10000, got '1000000000'"));
  }
}

TEST(TransformerOptions, TellMostParametersOfAModelBeforeItIsMade) {
  TransformerOptions options = tiny_options();
  for (const bool shared : {false, true}) {
    options.share_all_embeddings = shared;
    options.share_decoder_input_output_embed = true;
    const auto all = static_cast<double>(count_elements(Transformer(options).parameters()));
    EXPECT_LE(options.least_parameters(), all);
    EXPECT_GT(options.least_parameters(), all * 0.8);
  }
  options.encoder_embed_dim = options.encoder_ffn_embed_dim = std::numeric_limits<int64_t>::max();
  EXPECT_GT(options.least_parameters(), 1e38) << "does not overflow";
}

TEST(TransformerOptions, ConfigsOfAnotherKindAreRefused) {
  auto refused = [](const std::string& text) {
    return message_of<Error>([&] { TransformerOptions::from_config(text, "m.st"); });
  };
  auto config = nlohmann::json::parse(tiny_options().to_config());
  config["encoder_layer"] = 3;
  EXPECT_TRUE(says(refused(config.dump()), "m.st", "encoder_layer"));
  config.erase("encoder_layer");
  config["source_vocabulary"] = "many";
  EXPECT_TRUE(says(refused(config.dump()), "m.st", "source_vocabulary"));
  EXPECT_TRUE(says(refused("[1]"), "m.st", "JSON object"));
  EXPECT_TRUE(says(refused("{"), "m.st", "JSON object"));
}

}  // namespace
}  // namespace rotor
