#include "model/options.h"

#include <gtest/gtest.h>

#include "base/command_line.h"
#include "base/json.h"
#include "base/scratch.h"
#include "model/architectures.h"
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
  EXPECT_TRUE(says(refusal([](auto& o) { o.encoder.attention_heads = 5; }), "--encoder-embed-dim 12", "5 heads"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.decoder.attention_heads = 7; }), "--decoder-embed-dim 12", "7 heads"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.decoder.layers = 0; }), "--decoder-layers", "from 1"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.encoder.ffn_embed_dim = -1; }), "--encoder-ffn-embed-dim", "-1"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.dropout = 1; }), "--dropout", "below 1"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.attention.dropout = -0.1; }), "--attention-dropout"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.head.labels = {"a"}; }), "labels for the task sentence_prediction alone",
                   "got 1 of them for the task translation"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.decoder.embed_dim = 16; }), "--share-all-embeddings", "12", "16"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.target_vocabulary = 31; }), "--share-all-embeddings", "30", "31",
                   "--joined-dictionary"));
}

/// Of the numbers below 1 some are 1 as a float32, by which what is left would be divided by zero.
TEST(TransformerOptions, RatesThatRoundToOneAreRefused) {
  const auto refused = [](double TransformerOptions::*rate) {
    EXPECT_EQ(refusal([=](auto& o) { o.*rate = 0.9999999; }), "(nothing thrown)");
    return refusal([=](auto& o) { o.*rate = 0.99999999; });
  };
  EXPECT_TRUE(says(refused(&TransformerOptions::dropout), "--dropout", "float32", "got 0.99999999"));
  EXPECT_TRUE(says(refused(&TransformerOptions::activation_dropout), "--activation-dropout"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.attention.dropout = 0.99999999; }), "--attention-dropout"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.encoder.word_dropout = 0.99999999; }), "--encoder-word-dropout"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.decoder.layerdrop = 0.99999999; }), "--decoder-layerdrop"));
}

TEST(TransformerOptions, ARecurrentDecoderTakesNoPositionsOfHeads) {
  const auto refused = [](const std::string& encoding, int64_t heads = 0) {
    return refusal([&](auto& o) {
      o.decoder.autoreg = "ssru";
      o.decoder.position_encoding = encoding;
      o.decoder.key_value_heads = heads;
    });
  };
  for (const char* fits : {"none", "learned", "sinusoidal"}) EXPECT_EQ(refused(fits), "(nothing thrown)") << fits;
  for (const char* acts : {"rope", "alibi", "shaw"}) {
    EXPECT_TRUE(says(refused(acts), "--decoder-autoreg ssru", acts, "--decoder-position-encoding")) << acts;
  }
  EXPECT_TRUE(says(refused("none", 1), "--decoder-key-value-heads"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.decoder.autoreg = "gru"; }), "--decoder-autoreg", "ssru"));
  TransformerOptions options = tiny_options();
  options.decoder.autoreg = "ssru";
  options.output_bias = true;
  EncoderDecoder model(options);
  EXPECT_LE(options.least_parameters(), static_cast<double>(count_elements(model)));
  EXPECT_EQ(TransformerOptions::from_config(options.to_config(), "c").decoder.autoreg, "ssru");
}

TEST(TransformerOptions, AnOddHeadWidthWithRopeIsRefused) {
  TransformerOptions options = tiny_options();
  options.decoder.attention_heads = 4;
  options.position.encoding = "rope";
  EXPECT_TRUE(says(message_of<Error>([&] { EncoderDecoder model(options); }), "rope", "even head width", "3 (12 / 4"));
}

TEST(TransformerOptions, ThatMakeNoPairsToTurnAreRefusedBeforeAnyWork) {
  EXPECT_TRUE(says(refusal([](auto& o) {
                     o.decoder.attention_heads = 4;
                     o.position.encoding = "rope";
                   }),
                   "rope", "even head width", "3 (12 / 4"));
  const auto performer = [](const std::string& encoding, const std::string& rotary, int64_t features) {
    return refusal([&](auto& o) {
      o.attention.kernel = "performer";
      o.attention.linear_rotary = rotary;
      o.attention.performer_features = features;
      o.decoder.position_encoding = encoding;
    });
  };
  EXPECT_TRUE(says(performer("rope", "after", 11), "rope", "even number of features of a head, got 11"));
  EXPECT_TRUE(says(performer("xpos", "after", 11), "xpos", "got 11"));
  for (const char* fits : {"sinusoidal", "none"}) EXPECT_EQ(performer(fits, "after", 11), "(nothing thrown)") << fits;
  EXPECT_EQ(performer("rope", "before", 11), "(nothing thrown)") << "heads of 6 are turned";
  EXPECT_EQ(performer("rope", "after", 0), "(nothing thrown)") << "the default is even there";
}

TEST(TransformerOptions, ArchitecturesSetTheSizesOfBothStacks) {
  TransformerOptions options;
  options.apply_architecture("transformer_tiny");
  EXPECT_EQ(options.arch, "transformer_tiny");
  EXPECT_EQ(options.encoder.layers, 4);
  EXPECT_EQ(options.decoder.embed_dim, 128);
  EXPECT_EQ(options.encoder.ffn_embed_dim, 256);
  EXPECT_EQ(options.decoder.attention_heads, 4);
  EXPECT_EQ(architecture_names(),
            (std::vector<std::string>{"transformer_tiny", "transformer_iwslt", "transformer_base", "transformer_big",
                                      "transformer_lm_tiny", "transformer_lm_small", "transformer_lm",
                                      "transformer_lm_gpt", "bert_tiny", "bert_mini", "bert_small", "bert_base"}));
}

TEST(TransformerOptions, TheDefaultArchitectureHasTheDefaultSizes) {
  TransformerOptions named;
  named.apply_architecture(TransformerOptions().arch);
  EXPECT_EQ(named.to_config(), TransformerOptions().to_config());
}

TEST(TransformerOptions, OfferTheEncodingsOfTheTable) {
  EXPECT_EQ(nlohmann::json::parse(tiny_options().to_config())["encoder_position_encoding"], "");
  nlohmann::json config = nlohmann::json::parse(tiny_options().to_config());
  config["position_encoding"] = "ropes";
  EXPECT_TRUE(says(message_of<Error>([&] { TransformerOptions::from_config(config.dump(), "here"); }), "here", "rope"));
}

TEST(TransformerOptions, EncodingsThatNoStackHasAreNamed) {
  TransformerOptions model;
  CommandLine options("rotor-train", "", "");
  model.describe(options);
  const std::vector<const char*> words = {
      "rotor-train", "--position-encoding",         "t5",  "--encoder-position-encoding",
      "rope",        "--decoder-position-encoding", "none"};
  options.parse(static_cast<int>(words.size()), words.data());
  EXPECT_EQ(options.ignored().size(), 1u);
}

/// The names of the options of a model that are given on a command line and have no effect, one a line. As in
/// rotor-train, the corpus tells the task after the options were described.
std::string without_effect(const std::string& task, std::vector<const char*> words) {
  TransformerOptions model;
  CommandLine options("rotor-train", "", "");
  model.describe(options);
  words.insert(words.begin(), "rotor-train");
  options.parse(static_cast<int>(words.size()), words.data());
  model.task = task;
  std::string names;
  for (const std::string& sentence : options.ignored()) names += sentence.substr(0, sentence.find(' ')) + '\n';
  return names;
}

TEST(TransformerOptions, OfAttentionHaveNoEffectWhereThereIsNone) {
  for (const std::vector<const char*>& words : {std::vector<const char*>{"--attention-window", "9"},
                                                {"--attention", "performer"},
                                                {"--attention-dropout", "0.1"},
                                                {"--no-attention-bias"},
                                                {"--decoder-attention-heads", "4"}}) {
    std::vector<const char*> recurrent = words;
    recurrent.insert(recurrent.end(), {"--decoder-autoreg", "ssru"});
    EXPECT_EQ(without_effect(kLanguageModeling, words), "");
    EXPECT_EQ(without_effect(kTranslation, recurrent), "") << "the encoder attends, and the decoder to it";
    const std::string name = words[0] == std::string("--no-attention-bias") ? "--attention-bias" : words[0];
    EXPECT_EQ(without_effect(kLanguageModeling, recurrent), name + '\n');
  }
}

TEST(TransformerOptions, OfDropoutOfAttentionNeedSoftmaxSomewhere) {
  for (const char* kernel : {"linear", "performer"}) {
    const std::vector<const char*> words = {"--attention", kernel, "--attention-dropout", "0.1"};
    EXPECT_EQ(without_effect(kLanguageModeling, words), "--attention-dropout\n");
    EXPECT_EQ(without_effect(kMaskedLm, words), "--attention-dropout\n");
    EXPECT_EQ(without_effect(kTranslation, words), "") << "the decoder attends to the encoder by softmax";
  }
}

TEST(TransformerOptions, OfLayersWithoutPositionsNeedSoManyAndPositions) {
  const auto ignored = [](const char* every, const char* encoding) {
    return without_effect(kTranslation, {"--encoder-layers", "2", "--decoder-layers", "4", "--no-position-every", every,
                                         "--position-encoding", encoding});
  };
  EXPECT_EQ(ignored("4", "rope"), "") << "the decoder has a fourth layer";
  EXPECT_EQ(ignored("5", "rope"), "--no-position-every\n");
  EXPECT_EQ(ignored("2", "none"), "--no-position-every\n");
}

TEST(TransformerOptions, OfADecodersLayersWithoutPositionsNeedThemInIt) {
  const auto ignored = [](const char* every, const char* encoding, const char* task = kTranslation) {
    return without_effect(task, {"--decoder-layers", "4", "--position-encoding", "rope", "--decoder-position-encoding",
                                 encoding, "--decoder-no-position-every", every});
  };
  EXPECT_EQ(ignored("4", "alibi"), "");
  EXPECT_EQ(ignored("5", "alibi"), "--decoder-no-position-every\n");
  EXPECT_EQ(ignored("2", "none"), "--decoder-no-position-every\n") << "which the encoder's rope does not change";
  EXPECT_TRUE(says(ignored("4", "alibi", kMaskedLm), "--decoder-no-position-every\n"));
}

TEST(TransformerOptions, OfRotationsNeedWhatTurns) {
  const std::vector<const char*> cross = {"--position-encoding", "rope", "--rotary-cross-attention"};
  EXPECT_EQ(without_effect(kTranslation, cross), "");
  for (const char* task : {kLanguageModeling, kMaskedLm}) {
    EXPECT_EQ(without_effect(task, cross), "--rotary-cross-attention\n") << task;
  }
  const auto before = [](const char* kernel, const char* encoding, const char* width = "512") {
    return without_effect(kTranslation, {"--attention", kernel, "--position-encoding", encoding, "--linear-rotary",
                                         "before", "--encoder-embed-dim", width, "--decoder-embed-dim", width});
  };
  for (const char* kernel : {"linear", "performer"}) {
    for (const char* turns : {"rope", "xpos"}) EXPECT_EQ(before(kernel, turns), "") << turns;
    for (const char* rests : {"none", "learned"}) EXPECT_EQ(before(kernel, rests), "--linear-rotary\n") << rests;
  }
  EXPECT_EQ(before("linear", "none", "96"), "--linear-rotary\n");
  EXPECT_EQ(before("performer", "none", "96"), "") << "which has 29 features in heads of 12, and 28 without it";
}

TEST(TransformerOptions, OfALanguageModelHaveADecoderAlone) {
  TransformerOptions options;
  options.task = kLanguageModeling;
  options.apply_architecture("transformer_lm_tiny");
  options.source_vocabulary = options.target_vocabulary = 30;
  options.tokens = {.bos = 5, .start = 7};
  const auto config = nlohmann::json::parse(options.to_config());
  EXPECT_EQ(config["decoder_layers"], 4);
  EXPECT_EQ(config["decoder_normalize_before"], true);
  EXPECT_FALSE(config.contains("encoder_layers"));
  const TransformerOptions read = TransformerOptions::from_config(options.to_config(), "here");
  EXPECT_EQ(read.to_config(), options.to_config());
  EXPECT_EQ(read.tokens, options.tokens);
  EXPECT_FALSE(read.has_encoder());
}

TEST(TransformerOptions, ArchitecturesAreForATaskEach) {
  TransformerOptions options = tiny_options();
  options.arch = "transformer_lm";
  EXPECT_TRUE(says(message_of<UsageError>([&] { options.check(); }), "transformer_lm", "language_modeling"));
}

TEST(TransformerOptions, LayersBeyondAnyModelAreRefused) {
  for (StackOptions TransformerOptions::*stack : {&TransformerOptions::encoder, &TransformerOptions::decoder}) {
    TransformerOptions options = tiny_options();
    (options.*stack).layers = 10000;
    options.check();
    (options.*stack).layers = 1'000'000'000;
    EXPECT_TRUE(says(message_of<Error>([&] { options.check(); }),
                     "coder-layers expects a whole number from 1 to 10000, got '1000000000'"));
  }
}

TEST(TransformerOptions, WholeNumbersOfWhichAProductOverflowsAreRefused) {
  EXPECT_TRUE(says(refusal([](auto& o) { o.decoder.ffn_embed_dim = (int64_t{1} << 28) + 1; }),
                   "--decoder-ffn-embed-dim expects a whole number of at most 268435456, got 268435457"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.encoder.key_value_heads = INT64_MAX; }), "--encoder-key-value-heads"));
}

TEST(TransformerOptions, TellMostParametersOfAModelBeforeItIsMade) {
  TransformerOptions options = tiny_options();
  for (const bool shared : {false, true}) {
    options.share_all_embeddings = shared;
    options.share_decoder_input_output_embed = true;
    const auto all = static_cast<double>(count_elements(EncoderDecoder(options).parameters()));
    EXPECT_LE(options.least_parameters(), all);
    EXPECT_GT(options.least_parameters(), all * 0.8);
  }
  options.encoder.embed_dim = options.encoder.ffn_embed_dim = std::numeric_limits<int64_t>::max();
  EXPECT_GT(options.least_parameters(), 1e38) << "does not overflow";
}

}  // namespace
}  // namespace rotor
