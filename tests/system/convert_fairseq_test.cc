// rotor-convert fairseq on checkpoints that fairseq trained (tests/golden/README.md, fairseq_checkpoints.json).
#include <sstream>

#include "system/convert.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

const std::string kFolder = ROTOR_GOLDEN "/fairseq_checkpoints/";

class ConvertFairseq : public ConvertTest {
 protected:
  /// The option that says how text is cut, with the file beside a checkpoint.
  static std::string cutter(const std::string& model) {
    return model == "separate" ? " --sentencepiece " + kFolder + "separate/sentencepiece.model"
                               : " --bpe-codes " + kFolder + model + "/codes";
  }

  void import(const std::string& model) const {
    succeed("rotor-convert fairseq " + kFolder + model + "/checkpoint.pt out.safetensors" + cutter(model));
  }

  static Json golden() { return Json::parse(text_of(ROTOR_GOLDEN "/fairseq_checkpoints.json")); }

  /// A copy of a checkpoint's folder, called "in", in which a shell command changes something; then it is refused.
  template <typename... Parts>
  void expect_refusal(const std::string& model, const std::string& change, const Parts&... parts) const {
    succeed("rm -rf in && cp -r " + kFolder + model + " in && cd in && " + change);
    EXPECT_TRUE(refused(run("rotor-convert fairseq in/checkpoint.pt out.safetensors"), 1, "rotor-convert: ", parts...))
        << change;
    EXPECT_EQ(run("ls -A").out, "in\n") << change;
  }
};

TEST_F(ConvertFairseq, TranslatesAsFairseqDoes) {
  const Json all = golden();
  for (const auto& [name, sentences] : all["models"].items()) {
    import(name);
    const SafeTensors file = open_model(folder_ / "out.safetensors");  // compares checksums
    const Vocabulary vocabulary = Vocabulary::from_bytes(read_vocabulary(file).source);
    std::string text;
    for (const auto& sentence : sentences) {
      auto ids = sentence["ids"].get<std::vector<int32_t>>();
      ids.pop_back();  // </s>
      EXPECT_EQ(vocabulary.encode(sentence["text"].get<std::string>()), ids) << name << ' ' << sentence["text"];
      text += sentence["text"].get<std::string>() + '\n';
    }
    folder_.file("text", text);
    const std::string beam = all["beam"].dump();
    const CommandResult result =
        run("rotor-generate out.safetensors --max-len-b 30 --beam " + beam + " --nbest " + beam + " < text");
    std::istringstream lines(result.out);
    for (size_t i = 0; i < sentences.size(); ++i) {
      for (const auto& expected : sentences[i]["hypotheses"]) {
        std::string number, score, hypothesis;
        std::getline(lines, number, '\t');
        std::getline(lines, score, '\t');
        std::getline(lines, hypothesis);
        EXPECT_EQ(number, std::to_string(i)) << name << result.err;
        EXPECT_EQ(hypothesis, expected["text"].get<std::string>()) << name << ' ' << i;
        EXPECT_NEAR(std::stod(score), expected["score"].get<double>(), 2e-4) << name << ' ' << i;
      }
    }
  }
}

TEST_F(ConvertFairseq, ThereAndBackKeepsEveryByte) {
  for (const std::string model : {"shared", "separate", "language_model"}) {
    import(model);
    succeed(
        "rm -rf there && rotor-convert fairseq-folder out.safetensors there && "
        "rotor-convert fairseq there back.safetensors && cmp out.safetensors back.safetensors");
    const SafeTensors state(folder_ / "there/model.safetensors");
    EXPECT_TRUE(state.contains("decoder.output_projection.weight")) << model;
    EXPECT_EQ(state.contains("encoder.embed_tokens.weight"), model != "language_model");
  }
}

}  // namespace
}  // namespace rotor
