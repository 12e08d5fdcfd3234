// rotor-convert ctranslate2, beside what CTranslate2's own classes write (tests/golden/README.md, ctranslate2.json).
#include "base/files.h"
#include "system/convert.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

class ConvertCtranslate2 : public ConvertTest {
 protected:
  static std::string model(const std::string& variant) {
    return ROTOR_GOLDEN "/ctranslate2_" + variant + ".safetensors";
  }

  /// What comes of a model in whose configuration an option has another value.
  CommandResult convert_with(const std::string& variant, const std::string& option, const Json& value) const {
    Json config = Json::parse(SafeTensors(model(variant)).metadata("config"));
    config[option] = value;
    copy_with_config(model(variant), config.dump(), "changed.safetensors");
    CommandResult result = run("rotor-convert ctranslate2 changed.safetensors out");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out")) << option;
    return result;
  }
};

TEST_F(ConvertCtranslate2, WritesTheBytesOfItsOwnClasses) {
  const Json golden = Json::parse(text_of(ROTOR_GOLDEN "/ctranslate2.json"));
  ASSERT_EQ(golden["folders"].size(), 12U);
  for (const auto& [name, files] : golden["folders"].items()) {
    const std::string variant = name.substr(0, name.find(' ')), type = name.substr(name.find(' ') + 1);
    const std::string all = read_model_options(SafeTensors(model(variant))).to_config();  // options of today's files
    copy_with_config(model(variant), all, "m.safetensors");
    succeed("rm -rf out && rotor-convert ctranslate2 m.safetensors out --quantization=" + type);
    for (const auto& [file, expected] : files.items()) {
      const std::string bytes = text_of(folder_ / "out" / file);
      EXPECT_EQ(file == "model.bin" ? Json(sha256(bytes)) : Json::parse(bytes), expected) << name << ' ' << file;
    }
  }
}

TEST_F(ConvertCtranslate2, WritesTheVocabulariesThatCutText) {
  succeed("rotor-convert ctranslate2 " + model("sinusoidal") + " one && rotor-convert ctranslate2 " + model("rope") +
          " two");
  const auto vocabulary = [&](const std::string& variant, const char* name) {
    const SafeTensors file(model(variant));
    const auto bytes = file.elements<uint8_t>(name);
    return std::string(bytes.begin(), bytes.end());
  };
  EXPECT_EQ(text_of(folder_ / "one/vocabulary.model"), vocabulary("sinusoidal", "vocabulary"));
  EXPECT_EQ(text_of(folder_ / "two/source.model"), vocabulary("rope", "vocabulary.source"));
  EXPECT_EQ(text_of(folder_ / "two/target.model"), vocabulary("rope", "vocabulary.target"));
  EXPECT_EQ(run("ls two").out,
            "config.json\nmodel.bin\nsource.model\nsource_vocabulary.json\ntarget.model\ntarget_vocabulary.json\n");
}

TEST_F(ConvertCtranslate2, RefusesWhatItsEngineDoesNotHave) {
  EXPECT_TRUE(refused(convert_with("rope", "encoder_position_encoding", "alibi"), 1, "kind alibi in the encoder",
                      "ALiBi in decoders alone", "none, learned, sinusoidal, rope, shaw, t5"));
  for (const char* encoding : {"xpos", "fox", "transformer-xl", "tupe", "deberta", "new"}) {
    EXPECT_TRUE(refused(convert_with("rope", "decoder_position_encoding", encoding), 1, encoding, "in the decoder"));
  }
  EXPECT_TRUE(refused(convert_with("rope", "attention", "linear"), 1, "--attention softmax, got linear"));
  EXPECT_TRUE(refused(convert_with("rope", "attention_window", 3), 1, "--attention-window 0, got 3"));
  EXPECT_TRUE(refused(convert_with("rope", "token_types", 2), 1, "--token-types 0, got 2"));
  EXPECT_TRUE(refused(convert_with("rope", "activation_fn", "mish"), 1, "--activation-fn", "got mish"));
  EXPECT_TRUE(refused(convert_with("rope", "task", "masked_lm"), 1,
                      "the task translation or language_modeling, got masked_lm"));
  EXPECT_TRUE(refused(convert_with("rope", "rope_scaling", "yarn"), 1, "expected --rope-scaling none, got yarn"));
}

TEST_F(ConvertCtranslate2, RefusesFilesThatDisagreeWithThemselves) {
  EXPECT_TRUE(
      refused(convert_with("rope", "encoder_layers", 3), 1, "expected the parameter encoder.layers.2", "damaged"));
  EXPECT_TRUE(refused(convert_with("rope", "encoder_layers", 1), 1, "no counterpart", "encoder.layers.1", "more"));
  EXPECT_TRUE(refused(convert_with("rope", "encoder_layers", "two"), 1, "encoder_layers", "'two'"));
  EXPECT_TRUE(refused(convert_with("rope", "source_vocabulary", 41), 1, "41 tokens", "got 40"));
  EXPECT_TRUE(refused(convert_with("rope", "special_tokens", {{"start", 90}}), 1, "special_tokens"));
  EXPECT_TRUE(
      refused(run("rotor-convert ctranslate2 " ROTOR_GOLDEN "/kinds.safetensors out"), 1, "expected a Rotor model"));
  EXPECT_TRUE(
      refused(run("head -c 9000 " + model("t5") + " > cut; rotor-convert ctranslate2 cut out"), 1, "cut", "whole"));
  EXPECT_TRUE(refused(run("rotor-convert ctranslate2 " + model("t5") + " nowhere/out"), 1, "cannot write nowhere/out"));
  succeed("mkdir full && touch full/file");
  EXPECT_TRUE(refused(run("rotor-convert ctranslate2 " + model("t5") + " full"), 1, "new or empty"));
  EXPECT_EQ(run("ls -A").out, "changed.safetensors\ncut\nfull\n");
}

}  // namespace
}  // namespace rotor
