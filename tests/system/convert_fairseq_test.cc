// rotor-convert fairseq on checkpoints that fairseq trained (tests/golden/README.md, fairseq_checkpoints.json).
#include <cmath>
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

  /// Imports a model, compares how it cuts sentences with fairseq's ids, and writes them to the file "text".
  void import_with_text(const std::string& name, const Json& sentences) const {
    import(name);
    const SafeTensors file = open_model(folder_ / "out.safetensors");  // compares checksums
    const Vocabulary vocabulary = Vocabulary::from_bytes(read_vocabulary(file).source);
    std::string text;
    ASSERT_GT(sentences.size(), 50U);
    for (const auto& sentence : sentences) {
      auto ids = sentence["ids"].get<std::vector<int32_t>>();
      ids.pop_back();  // </s>
      EXPECT_EQ(vocabulary.encode(sentence["text"].get<std::string>()), ids) << name << ' ' << sentence["text"];
      text += sentence["text"].get<std::string>() + '\n';
    }
    folder_.file("text", text);
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
  for (const std::string name : {"shared", "separate"}) {
    const Json& sentences = all["models"][name];
    import_with_text(name, sentences);
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
        while (hypothesis.ends_with(' ')) hypothesis.pop_back();  // which fairseq takes off after its SentencePiece
        EXPECT_EQ(hypothesis, expected["text"].get<std::string>()) << name << ' ' << i;
        EXPECT_NEAR(std::stod(score), expected["score"].get<double>(), 2e-4) << name << ' ' << i;
      }
    }
  }
}

TEST_F(ConvertFairseq, GivesSentencesTheProbabilitiesOfFairseq) {
  const Json sentences = golden()["models"]["language_model"];
  import_with_text("language_model", sentences);
  succeed(
      "rotor-preprocess --task language_modeling --vocabulary out.safetensors --trainpref text --testpref text "
      "--destdir c");
  const Json result = Json::parse(
      run("rotor-evaluate out.safetensors --corpus c --gen-subset test --sample-break-mode eos --format json").out);
  double sum = 0;
  for (const auto& sentence : sentences) sum -= sentence["log_probability"].get<double>();
  EXPECT_NEAR(result["loss"].get<double>() * result["tokens"].get<double>() * std::log(2.0), sum, 1e-3);
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

/// A line that overwrites gives a token a new id. The former id of a token stays without text, a special token stays.
TEST_F(ConvertFairseq, FollowsDictionariesThatOverwrite) {
  const auto tokens_with_last = [&](const std::string& line) {
    succeed("rm -rf in && cp -r " + kFolder + "shared in && sed -i '$c\\" + line + "' in/dict.*.txt");
    succeed("rotor-convert fairseq in/checkpoint.pt out.safetensors --bpe-codes in/codes");
    return Vocabulary::from_bytes(read_vocabulary(SafeTensors(folder_ / "out.safetensors")).source);
  };
  const Vocabulary again = tokens_with_last("a@@ 1 #fairseq:overwrite");
  EXPECT_EQ(again.size(), 240);
  EXPECT_EQ(again.piece(5), "[overwritten:5]");
  EXPECT_EQ(again.id("a@@"), 239);
  succeed("rotor-convert fairseq-folder out.safetensors there && rotor-convert fairseq there back.safetensors");
  succeed("cmp out.safetensors back.safetensors");
  const Vocabulary special = tokens_with_last("<unk> 1 #fairseq:overwrite");
  EXPECT_EQ(special.id("<unk>"), 3);
  EXPECT_EQ(special.piece(239), "[overwritten:239]");
}

TEST_F(ConvertFairseq, ExecutesNothingOfAPickle) {
  const std::string call = "\\n(S'touch ran'\\ntR.\" > checkpoint.pt";
  const auto zip = [](const std::string& change) {
    return change +
           "; mv checkpoint.pt data.pkl; python3 -c 'import zipfile; z = zipfile.ZipFile(\"checkpoint.pt\", \"w\"); "
           "z.write(\"data.pkl\", \"m/data.pkl\")'";
  };
  for (const auto& [module, name] :
       {std::pair{"os", "system"}, {"builtins", "eval"}, {"builtins", "getattr"}, {"subprocess", "run"}}) {
    const std::string change = std::string("printf \"c") + module + "\\n" + name + call;
    const std::string called = std::string("calls ") + module + "." + name;
    expect_refusal("shared", change, called, "nothing of it was executed");
    expect_refusal("shared", zip(change), called, "nothing of it was executed");
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "ran"));
}

TEST_F(ConvertFairseq, RefusesFilesThatAreMissingOrDamaged) {
  expect_refusal("shared", "rm dict.*", "in: expected dict.en.txt and dict.de.txt", "--dictionaries");
  expect_refusal("language_model", "rm dict.*", "in: expected dict.txt in it");
  expect_refusal("shared", "rm checkpoint.pt", "in/checkpoint.pt", "No such file");
  expect_refusal("shared", "truncate -s 20000 checkpoint.pt", "checkpoint.pt");
  expect_refusal("separate", "truncate -s -100 checkpoint.pt", "cut short");
  expect_refusal("separate", "truncate -s 0 checkpoint.pt", "damaged");
  expect_refusal("shared", "cp dict.de.txt checkpoint.pt", "checkpoint.pt");
  expect_refusal("separate", "echo neu 1 >> dict.de.txt", "decoder.embed_tokens.weight",
                 "the dictionary has other tokens");
  expect_refusal("shared", "tail -1 dict.en.txt >> dict.en.txt", "dict.en.txt", "once");
  expect_refusal("shared", "echo two words >> dict.en.txt", "token count", "two words");
  expect_refusal("shared", "printf '\\377 1\\n' >> dict.en.txt", "UTF-8");
  expect_refusal("shared", "> dict.en.txt", "dict.en.txt");
}

TEST_F(ConvertFairseq, RefusesOptionsThatDoNotFit) {
  const std::string in = "rotor-convert fairseq " + kFolder + "shared/checkpoint.pt out.safetensors ";
  EXPECT_TRUE(refused(run(in + "--bpe-codes a --sentencepiece b"), 1, "--bpe-codes or --sentencepiece, got both"));
  EXPECT_TRUE(refused(run(in + "--bpe-codes /nowhere"), 1, "cannot read /nowhere"));
  EXPECT_TRUE(refused(run(in + "--bpe-codes " ROTOR_GOLDEN "/README.md"), 1, "merges of two symbols", "line 2"));
  EXPECT_TRUE(refused(run(in + "--sentencepiece " + kFolder + "shared/codes"), 1, "expected a SentencePiece model"));
  EXPECT_TRUE(refused(run(in + "--dictionaries /nowhere"), 1, "/nowhere: expected dict.en.txt and dict.de.txt"));
  EXPECT_TRUE(refused(run(in + "--vocabulary a"), 2, "unknown option --vocabulary", "--bpe-codes"));
}

TEST_F(ConvertFairseq, RefusesModelsThatRotorDoesNotHave) {
  import("separate");
  succeed("rotor-convert fairseq-folder out.safetensors there && rm out.safetensors");
  const auto with = [&](const std::string& option, const std::string& value) {
    succeed("rm -rf in && cp -r there in && sed -i '2i\\  \"" + option + "\": " + value +
            ",' in/args.json && sed -i '3,${/\"" + option + "\"/d}' in/args.json");
    CommandResult result = run("rotor-convert fairseq in out.safetensors");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out.safetensors")) << option;
    return result;
  };
  EXPECT_TRUE(refused(with("adaptive_softmax_cutoff", "\"1000,2000\""), 1, "--adaptive-softmax-cutoff, got 1000,2000"));
  EXPECT_TRUE(refused(with("no_cross_attention", "true"), 1, "--no-cross-attention"));
  EXPECT_TRUE(refused(with("activation_fn", "\"tanh\""), 1, "relu or gelu or swish, got tanh"));
  EXPECT_TRUE(refused(with("decoder_output_dim", "12"), 1, "--decoder-output-dim 16, got 12"));
  EXPECT_TRUE(refused(with("encoder_layers", "3"), 1, "got no encoder.layers.2", "more"));
  EXPECT_TRUE(refused(with("encoder_layers", "1"), 1, "no counterpart", "encoder.layers.1"));
  EXPECT_TRUE(refused(with("encoder_layers", "\"two\""), 1, "encoder_layers as int, got 'two'"));
  EXPECT_TRUE(refused(with("encoder_layers", "-1"), 1, "encoder_layers as int, got -1"));
  EXPECT_TRUE(refused(with("encoder_ffn_embed_dim", "48"), 1, "encoder.layers.0.fc1.weight", "[48, 16], got [32, 16]"));
  EXPECT_TRUE(refused(with("share_all_embeddings", "true"), 1,
                      "decoder.embed_tokens.weight to equal encoder.embed_tokens.weight"));
  EXPECT_TRUE(refused(with("source_lang", "null"), 1, "source_lang and target_lang"));
  succeed("rm -rf in && cp -r there in && echo '[]' > in/args.json");
  EXPECT_TRUE(refused(run("rotor-convert fairseq in out.safetensors"), 1, "in/args.json: expected a JSON object"));
  succeed("rm in/args.json");
  EXPECT_TRUE(refused(run("rotor-convert fairseq in out.safetensors"), 1, "args.json"));
}

/// Its dictionaries do not say which tokens are those of languages.
TEST_F(ConvertFairseq, RefusesVocabulariesWithTokensOfLanguages) {
  succeed("cp -r " ROTOR_GOLDEN "/hugging_face/nllb in");
  const auto refusal = [&](const std::string& settings) {
    folder_.file("in/tokenizer_config.json", settings);
    succeed("rotor-convert nllb in out.safetensors");
    CommandResult result = run("rotor-convert fairseq-folder out.safetensors there");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "there"));
    return result;
  };
  Json settings = Json::parse(text_of(folder_ / "in/tokenizer_config.json"));
  EXPECT_TRUE(refused(refusal(settings.dump()), 1, "out.safetensors: expected a vocabulary without tokens of languages",
                      "got one with languages; the format huggingface"));
  settings["legacy_behaviour"] = true;
  EXPECT_TRUE(refused(refusal(settings.dump()), 1, "got one with languages and language_last; the format huggingface"));
}

TEST_F(ConvertFairseq, RefusesModelsThatFairseqDoesNotHave) {
  import("shared");
  const auto with = [&](const std::string& option, const Json& value) {
    Json config = Json::parse(SafeTensors(folder_ / "out.safetensors").metadata("config"));
    config[option] = value;
    copy_with_config(folder_ / "out.safetensors", config.dump(), "changed.safetensors");
    CommandResult result = run("rotor-convert fairseq-folder changed.safetensors there");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "there")) << option;
    return result;
  };
  EXPECT_TRUE(
      refused(with("encoder_position_encoding", "rope"), 1, "positions of the kind rope", "sinusoidal, learned, none"));
  EXPECT_TRUE(refused(with("encoder_position_encoding", "none"), 1, "in both stacks or in none"));
  EXPECT_TRUE(refused(with("position_offset", 0), 1, "--position-offset 2, got 0"));
  EXPECT_TRUE(refused(with("norm", "rms"), 1, "--norm layer, got rms"));
  EXPECT_TRUE(refused(with("activation_fn", "swiglu"), 1, "--activation-fn"));
  EXPECT_TRUE(refused(with("task", "masked_lm"), 1, "the task translation or language_modeling, got masked_lm"));
  EXPECT_TRUE(refused(run("rotor-convert fairseq-folder " ROTOR_GOLDEN "/kinds.safetensors there"), 1,
                      "expected a Rotor model"));
}

}  // namespace
}  // namespace rotor
