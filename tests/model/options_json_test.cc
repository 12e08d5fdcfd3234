// The options of a model as the `config` of its file.

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/scratch.h"
#include "model/tiny_model.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

TransformerOptions read_config(const Json& config) {
  return TransformerOptions::from_config(config.dump(), "m.st");
}

/// What reading says of the config of tiny options after a change.
std::string refusal_of_config(const std::function<void(Json&)>& change) {
  Json config = Json::parse(tiny_options().to_config());
  change(config);
  return message_of<Error>([&] { read_config(config); });
}

TEST(ModelConfig, GoesThereAndBackWithRealNumbersAndBooleans) {
  TransformerOptions options = tiny_options();
  options.encoder.normalize_before = true;
  options.position.encoding = "rope";
  options.position.rope_base = 500;
  const auto config = Json::parse(options.to_config());
  EXPECT_EQ(config["encoder_normalize_before"], true);
  EXPECT_EQ(config["decoder_normalize_before"], false) << "defaults are there too";
  EXPECT_EQ(config["encoder_layers"], 2);
  EXPECT_EQ(config["rope_base"], 500.0);
  EXPECT_EQ(config["source_vocabulary"], 30);
  EXPECT_EQ(TransformerOptions::from_config(options.to_config(), "here").to_config(), options.to_config());
}

TEST(ModelConfig, KeepsLabelsAndSpecialTokens) {
  TransformerOptions options = tiny_options();
  options.task = kSentencePrediction;
  options.apply_architecture("bert_tiny");
  options.head.labels = {"nein", "\"ja\""};
  options.tokens = {.bos = 5, .pad = 6, .eos = 7, .unk = 8, .mask = 9, .start = 5};
  const TransformerOptions read = TransformerOptions::from_config(options.to_config(), "m.st");
  EXPECT_EQ(read.task, kSentencePrediction);
  EXPECT_EQ(read.head.labels, options.head.labels);
  EXPECT_EQ(read.tokens, options.tokens);
  EXPECT_FALSE(Json::parse(tiny_options().to_config()).contains("labels")) << "which a translation model has not";
}

TEST(ModelConfig, OfFormerVersionsHasDefaultsForWhatItDoesNotName) {
  Json config = Json::parse(tiny_options().to_config());
  for (const char* later : {"task", "special_tokens", "position_encoding"}) config.erase(later);
  const TransformerOptions read = read_config(config);
  EXPECT_EQ(read.task, kTranslation);
  EXPECT_EQ(read.tokens, SpecialTokens());
  EXPECT_EQ(read.to_config(), tiny_options().to_config());
}

TEST(ModelConfig, OfAnotherKindIsRefused) {
  const auto refused = [](const std::string& text) {
    return message_of<Error>([&] { TransformerOptions::from_config(text, "m.st"); });
  };
  EXPECT_TRUE(says(refused("[1]"), "m.st", "JSON object"));
  EXPECT_TRUE(says(refused("{"), "m.st", "JSON object"));
  EXPECT_TRUE(says(refusal_of_config([](Json& c) { c["encoder_layer"] = 3; }), "m.st", "encoder_layer"));
  EXPECT_TRUE(says(refusal_of_config([](Json& c) { c["task"] = "chess"; }), "chess", "use a newer Rotor"));
  EXPECT_TRUE(says(refusal_of_config([](Json& c) { c["task"] = 3; }), "got 3", "use a newer Rotor"));
}

TEST(ModelConfig, ValuesOfAnotherKindAreRefused) {
  EXPECT_TRUE(says(refusal_of_config([](Json& c) { c["source_vocabulary"] = "many"; }), "m.st", "source_vocabulary"));
  EXPECT_TRUE(says(refusal_of_config([](Json& c) { c["source_vocabulary"] = -1; }), "of at least 0", "got -1"));
  EXPECT_TRUE(says(refusal_of_config([](Json& c) { c["labels"] = "yes"; }), "labels", "JSON array"));
  EXPECT_TRUE(says(refusal_of_config([](Json& c) { c["labels"] = {"yes", 1}; }), "labels that are texts", "got 1"));
  EXPECT_TRUE(says(refusal_of_config([](Json& c) { c["special_tokens"] = 1; }), "special_tokens", "JSON object"));
  EXPECT_TRUE(says(refusal_of_config([](Json& c) { c["special_tokens"]["cls"] = 1; }), "unknown", "cls"));
  EXPECT_TRUE(says(refusal_of_config([](Json& c) { c["special_tokens"]["bos"] = -2; }), "bos of at least -1"));
}

TEST(ModelConfig, SpecialTokensAreOfItsVocabulary) {
  const auto with_pad = [](const Json& pad) {
    return refusal_of_config([&](Json& c) { c["special_tokens"]["pad"] = pad; });
  };
  EXPECT_EQ(with_pad(29), "(nothing thrown)");
  for (const uint64_t pad : {uint64_t{30}, (uint64_t{1} << 32) + 1, UINT64_MAX}) {
    EXPECT_TRUE(says(with_pad(pad), "m.st: expected pad of at most 29, got " + std::to_string(pad)));
  }
  EXPECT_TRUE(says(with_pad(-4294967295), "pad of at least -1, got -4294967295"));
}

TEST(ModelConfig, LabelsAreOfClassesAlone) {
  TransformerOptions options = tiny_options();
  for (const char* task : {kSentenceRanking, kSentenceEncoding, kSentencePrediction}) {
    options.task = task;
    options.arch = "bert_tiny";
    Json config = Json::parse(options.to_config());
    config["labels"] = Json::array({"x"});
    const std::string refused = message_of<Error>([&] { read_config(config); });
    if (task == std::string(kSentencePrediction)) {
      EXPECT_EQ(refused, "(nothing thrown)");
    } else {
      EXPECT_TRUE(says(refused, "m.st: expected labels for the task sentence_prediction alone", task));
    }
  }
}

TEST(ModelConfig, SizesThatOverflowAreRefused) {
  const auto of_width = [](uint64_t width) {
    return refusal_of_config([=](Json& c) { c["encoder_ffn_embed_dim"] = width; });
  };
  EXPECT_EQ(of_width(uint64_t{1} << 28), "(nothing thrown)");
  EXPECT_TRUE(says(of_width((uint64_t{1} << 28) + 1),
                   "m.st: --encoder-ffn-embed-dim expects a whole number of at most 268435456, got 268435457"));
  EXPECT_TRUE(
      says(of_width(UINT64_MAX), "m.st: encoder_ffn_embed_dim expects a whole number", "got 18446744073709551615"));
}

/// What a training accepts is in its checkpoints, which every command reads.
TEST(ModelConfig, IsReadBackWithEveryWholeNumberThatIsAccepted) {
  constexpr int64_t kMost = int64_t{1} << 28;
  for (const char* task : {kTranslation, kLanguageModeling, kMaskedLm}) {
    TransformerOptions model = tiny_options();
    model.task = task;
    model.arch = TransformerOptions::default_architecture(task);
    model.position.encoding = "rope";
    Options options;
    model.describe(options);
    int64_t accepted = 0;
    for (const Option& option : options.all()) {
      if (!std::holds_alternative<int64_t*>(option.target)) continue;
      int64_t& number = *std::get<int64_t*>(option.target);
      const int64_t before = number;
      const int64_t bound = option.range.most < 1e18 ? static_cast<int64_t>(option.range.most) : kMost;
      for (const int64_t value : {bound, kMost, kMost + 1, INT64_MAX}) {
        number = value;
        if (message_of<UsageError>([&] { model.check(); }) != "(nothing thrown)") continue;
        ++accepted;
        const std::string config = model.to_config();
        EXPECT_EQ(message_of<Error>([&] { TransformerOptions::from_config(config, "m.st"); }), "(nothing thrown)")
            << option.name << ' ' << value;
      }
      number = before;
    }
    EXPECT_GT(accepted, 10) << task;
  }
}

TEST(ModelConfig, MayHaveAWholeNumberWhereAnyNumberFits) {
  Json config = Json::parse(tiny_options().to_config());
  config["rope_base"] = 1'000'000'000;
  EXPECT_EQ(read_config(config).position.rope_base, 1e9);
}

TEST(ModelConfig, ImpossibleOptionsAreAnErrorOfTheFileAndNotOfTheUser) {
  Json config = Json::parse(tiny_options().to_config());
  config["encoder_attention_heads"] = 5;
  try {
    read_config(config);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const UsageError& error) {
    ADD_FAILURE() << error.what();
  } catch (const Error& error) {
    EXPECT_TRUE(says(error.what(), "m.st: ", "5 heads"));
  }
}

}  // namespace
}  // namespace rotor
