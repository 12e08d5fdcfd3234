// rotor-convert and rotor-generate as a user runs them, on translation models that transformers and Marian made
// (tests/golden/README.md, translation_<model> and marian).
#include <numbers>
#include <sstream>

#include "golden.h"
#include "model/encoder_decoder.h"
#include "system/convert.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

const std::string kFolders = ROTOR_GOLDEN "/hugging_face/", kMarian = ROTOR_GOLDEN "/marian/";
const char* const kHuggingFace[] = {"opus_mt_shared", "opus_mt_separate", "opus_mt_untied", "nllb", "nllb_m2m100"};
const char* const kOfMarian[] = {"ssru", "pre_norm", "post_norm"};

std::string format_of(const std::string& model) {
  return model.starts_with("nllb") ? "nllb" : "opus-mt";
}

std::string languages_of(const std::string& model) {
  if (!model.starts_with("nllb")) return "";
  return model == "nllb" ? " -s eng_Latn -t deu_Latn" : " --source-lang en --target-lang de";
}

/// What rotor-generate --fairseq-format says of each sentence.
struct Found {
  std::string pieces, text;
  double score = 0;  ///< natural logarithm
};

class ConvertTranslation : public ConvertTest {
 protected:
  void write_lines(const std::string& name, const Json& lines) const {
    std::string text;
    for (const Json& line : lines) text += line.get<std::string>() + '\n';
    folder_.file(name, text);
  }

  /// Translates with out.safetensors.
  std::vector<Found> translate(const Json& sentences, const std::string& options) const {
    write_lines("in", sentences);
    const CommandResult result = run("rotor-generate out.safetensors --fairseq-format --threads 1" + options + " < in");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::vector<Found> found;
    std::istringstream in(result.out);
    for (std::string line; std::getline(in, line);) {
      const size_t first = line.find('\t'), second = line.find('\t', first + 1);
      if (line.starts_with("H-")) {
        const double score = std::stod(line.substr(first + 1, second - first)) * std::numbers::ln2;
        found.push_back({line.substr(second + 1), "", score});
      }
      if (line.starts_with("D-")) found.back().text = line.substr(second + 1);
    }
    return found;
  }

  /// A copy of a path, called "in", in which a shell command changes something; then the conversion is refused.
  template <typename... Parts>
  void expect_refused(const std::string& from, const std::string& convert, const std::string& change,
                      const Parts&... parts) const {
    succeed("rm -rf in && cp -r " + from + " in && cd in && " + change);
    EXPECT_TRUE(refused(run("rotor-convert " + convert + " out.safetensors"), 1, "rotor-convert: ", parts...))
        << change;
    EXPECT_EQ(run("ls -A").out, "in\n") << change;
  }

  template <typename... Parts>
  void expect_refusal(const std::string& model, const std::string& change, const Parts&... parts) const {
    expect_refused(kFolders + model, format_of(model) + " in", change, parts...);
  }

  /// The same of Marian's "model/file".
  template <typename... Parts>
  void expect_marian_refusal(const std::string& model, const std::string& change, const Parts&... parts) const {
    const size_t slash = model.find('/');
    expect_refused(kMarian + model.substr(0, slash), "marian in" + model.substr(slash), change, parts...);
  }

  /// Of a model of Marian's, in whose configuration a text stands in the place of another of the same length.
  template <typename... Parts>
  void expect_other_refused(const std::string& from, const std::string& to, const Parts&... parts) const {
    ASSERT_EQ(from.size(), to.size()) << to;
    expect_marian_refusal("ssru/model.bin", "sed -i 's/" + from + '/' + to + "/' model.bin", parts...);
  }
};

TEST_F(ConvertTranslation, ComputesTheLogitsOfTransformers) {
  for (const std::string model : kHuggingFace) {
    succeed("rotor-convert " + format_of(model) + ' ' + kFolders + model + " out.safetensors");
    const SafeTensors file = open_model(folder_ / "out.safetensors"), golden = golden::open("translation_" + model);
    const auto translator = load<EncoderDecoder>(file);
    const NoGrad no_grad;
    const TokenBatch source = golden::tokens(golden, "input.source", "input.source_lengths");
    TokenBatch input{source.rows, 7, golden::integers(golden, "input.decoder_input"), {}, {}};
    input.lengths.assign(source.rows, 7);
    const Tensor logits = translator->output()(translator->features(source, input)).value();
    const Tensor expected = golden.tensor("output.logits");
    golden::expect_near(logits, expected.reshape(logits.shape()), 1e-5, model);
  }
}

TEST_F(ConvertTranslation, FindsTheTranslationsOfTransformers) {
  for (const std::string model : kHuggingFace) {
    succeed("rotor-convert " + format_of(model) + ' ' + kFolders + model + " out.safetensors");
    const Json expected = Json::parse(golden::open("translation_" + model).metadata("translations"));
    ASSERT_GE(expected["sentences"].size(), 10) << model;
    const auto found = translate(expected["sentences"], " --beam 4" + languages_of(model));
    ASSERT_EQ(found.size(), expected["sentences"].size()) << model;
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].pieces, expected["pieces"][i].get<std::string>()) << model << ' ' << i;
      EXPECT_NEAR(found[i].score, expected["scores"][i].get<double>(), 1e-4) << model << ' ' << i;
    }
  }
}

/// NLLB's tokenizer once put the source's language after </s>, and models were trained so.
TEST_F(ConvertTranslation, SourcesOfFormerNllbModelsEndInTheirLanguage) {
  const std::string legacy =
      R"(sed -i 's/"legacy_behaviour": false/"legacy_behaviour": true/' folder/tokenizer_config.json)";
  succeed("cp -r " + kFolders + "nllb folder && " + legacy + " && rotor-convert nllb folder out.safetensors");
  const Json golden = Json::parse(text_of(ROTOR_GOLDEN "/nllb_legacy.json"));
  const auto found = translate(golden["sentences"], " --beam 4" + languages_of("nllb"));
  ASSERT_GE(found.size(), 10U);
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].pieces, golden["pieces"][i].get<std::string>()) << i;
    EXPECT_NEAR(found[i].score, golden["scores"][i].get<double>(), 1e-4) << i;
  }
  succeed("rotor-convert huggingface out.safetensors there && rotor-convert nllb there back.safetensors");
  succeed("cmp out.safetensors back.safetensors && cp in text.eng_Latn && cp in text.deu_Latn");
  const CommandResult prepared =
      run("rotor-preprocess -s eng_Latn -t deu_Latn --srcdict out.safetensors --joined-dictionary --testpref text "
          "--destdir corpus");
  EXPECT_EQ(prepared.exit_code, 2);
  EXPECT_TRUE(says(prepared.err, "out.safetensors has", "after </s>", "legacy_behaviour"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "corpus"));
}

TEST_F(ConvertTranslation, FindsAndScoresTheTranslationsOfMarian) {
  const Json golden = Json::parse(text_of(ROTOR_GOLDEN "/marian.json"));
  const auto expect_near = [](double actual, const Json& expected, const std::string& what) {
    EXPECT_NEAR(actual, expected.get<double>(), 1e-5 * std::max(1.0, -expected.get<double>())) << what;
  };
  for (const std::string model : kOfMarian) {
    succeed("rotor-convert marian " + kMarian + model + "/model.npz out.safetensors");
    const Json& expected = golden[model];
    write_lines("in", expected["sentences"]);
    write_lines("references", expected["references"]);
    const CommandResult scored = run("rotor-generate out.safetensors --score-reference references < in");
    std::istringstream scores(scored.out);
    for (const Json& score : expected["reference_scores"]) {
      std::string line;
      std::getline(scores, line);
      expect_near(std::atof(line.c_str()), score, model + ": " + line);
    }
    if (!expected.contains("hypotheses")) continue;
    const auto found = translate(expected["sentences"], " --beam 1 --unnormalized");
    ASSERT_EQ(found.size(), expected["sentences"].size()) << model;
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].text, expected["hypotheses"][i].get<std::string>()) << model << ' ' << i;
      expect_near(found[i].score, expected["scores"][i], model);
    }
  }
}

TEST_F(ConvertTranslation, ReadsMatricesOfEightBitsAsFloats) {
  for (const std::string model : {"ssru", "pre_norm"}) {
    succeed("rotor-convert marian " + kMarian + model + "/model.npz float.safetensors");
    succeed("rotor-convert marian " + kMarian + model + "/model.bin int8.safetensors");
    const SafeTensors floats(folder_ / "float.safetensors"), rounded(folder_ / "int8.safetensors");
    int64_t others = 0;
    for (const auto& [name, tensor] : floats.tensors()) {
      if (tensor.type != DataType::kF32) continue;
      golden::expect_near(rounded.tensor(name), floats.tensor(name), 0.5 / 127 + 1e-6, name);
      others += tensor.bytes != rounded.at(name).bytes;
    }
    EXPECT_GT(others, 10) << "nothing is rounded";
  }
}

TEST_F(ConvertTranslation, TakesTheVocabularyThatIsNamed) {
  succeed("cp " + kMarian + "ssru/model.npz . && cp " + kMarian + "ssru/vocab.spm pieces.spm && touch other.spm");
  EXPECT_TRUE(refused(run("rotor-convert marian model.npz out.safetensors"), 1, "expected one vocabulary",
                      "other.spm, pieces.spm", "--vocabulary"));
  succeed("rotor-convert marian model.npz out.safetensors --vocabulary pieces.spm && rm -f out.safetensors");
  EXPECT_TRUE(refused(run("rotor-convert marian model.npz out.safetensors --vocabulary other.spm"), 1, "other.spm"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.safetensors"));
}

TEST_F(ConvertTranslation, LanguagesAreToldByTheirNames) {
  succeed("rotor-convert nllb " + kFolders + "nllb out.safetensors && echo a dog > in");
  const auto refusal = [&](const std::string& options) {
    return run("rotor-generate out.safetensors" + options + " < in");
  };
  EXPECT_TRUE(refused(refusal(""), 2, "knows 3 languages", "--source-lang", "deu_Latn, eng_Latn, fra_Latn"));
  EXPECT_TRUE(refused(refusal(" -s eng_Latn -t de"), 2, "--target-lang", "'de'", "choose one of: deu_Latn"));
  const CommandResult plain = refusal(" -s eng_Latn -t deu_Latn");
  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_EQ(plain.out.find("Latn"), std::string::npos) << plain.out;
  succeed("cp in text.en && cp in text.deu_Latn");
  const CommandResult prepared =
      run("rotor-preprocess -s en -t deu_Latn --srcdict out.safetensors --joined-dictionary --testpref text "
          "--destdir corpus");
  EXPECT_TRUE(refused(prepared, 2, "knows 3 languages", "--source-lang", "'en'"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "corpus"));
  EXPECT_EQ(run("rotor-generate out.safetensors -s eng_Latn -t deu_Latn --score-reference in < in").exit_code, 0);
  succeed("rotor-convert opus-mt " + kFolders + "opus_mt_shared out.safetensors");
  EXPECT_TRUE(refused(refusal(" -s en"), 2, "has no tokens of languages"));
}

TEST_F(ConvertTranslation, NamesAllThatIsMissing) {
  expect_refusal("opus_mt_shared", "rm *", "config.json, source.spm, target.spm, vocab.json, model.safetensors or");
  expect_refusal("opus_mt_separate", "rm target_vocab.json", "target_vocab.json");
  expect_refusal("nllb", "rm config.json *.model", "config.json, sentencepiece.bpe.model");
  expect_refusal("nllb", "rm *token*", "tokens of languages");
  expect_marian_refusal("ssru/none.npz", "true", "in/none.npz", "got nothing there");
  expect_marian_refusal("ssru/model.npz", "rm vocab.spm", "expected one vocabulary", "none");
  expect_marian_refusal("pre_norm/model.npz", "rm target.spm", "in/target.spm", "got none");
}

TEST_F(ConvertTranslation, RefusesDamagedFiles) {
  expect_refusal("opus_mt_shared", "truncate -s -100 model.safetensors", "model.safetensors", "whole");
  expect_refusal("opus_mt_separate", "truncate -s 9000 pytorch_model.bin", "pytorch_model.bin");
  expect_refusal("opus_mt_shared", "truncate -s 100 source.spm", "source.spm", "SentencePiece");
  expect_refusal("opus_mt_shared", "echo '[1]' > vocab.json", "vocab.json: expected a JSON object");
  expect_refusal("opus_mt_shared", "sed -i 's/: 7,/: 8,/' vocab.json", "vocab.json", "got none for 7");
  expect_marian_refusal("ssru/model.npz", "truncate -s 30000 model.npz", "model.npz", "damaged");
  expect_marian_refusal("ssru/model.bin", "truncate -s 30000 model.bin", "model.bin", "whole");
  expect_marian_refusal("ssru/model.bin", "truncate -s 700 model.bin", "model.bin", "whole");
  expect_marian_refusal("ssru/model.bin", "head -c 20000 /dev/zero > model.bin", "model.bin", "another file");
  expect_marian_refusal("ssru/model.bin", "truncate -s 0 model.bin", "model.bin");
  expect_marian_refusal("pre_norm/model.npz", "echo x >> vocab.src.yml", "vocab.src.yml", "its id in line");
}

/// A pickle can name any function, and an array of numpy can be a pickle.
TEST_F(ConvertTranslation, ExecutesNothingOfAPickle) {
  const std::string pickle = "printf \"cos\\nsystem\\n(S'touch $PWD/ran'\\ntR.\" > p";
  expect_refusal("opus_mt_separate", pickle + "; mv p pytorch_model.bin", "calls os.system",
                 "nothing of it was executed");
  const auto archive = [](const std::string& how, const std::string& bytes) {
    return "python3 -c 'import zipfile; zipfile.ZipFile(\"model.npz\", \"w\", zipfile." + how +
           ").writestr(\"a.npy\", " + bytes + ")'";
  };
  const std::string header = R"({"descr": "|O", "fortran_order": False, "shape": (1,), })";
  expect_marian_refusal("ssru/model.npz",
                        pickle + "; " +
                            archive("ZIP_STORED", "b\"\\x93NUMPY\\x01\\x00\\x40\\x00\" + b\"\"\"" + header +
                                                      "\"\"\".ljust(64) + open(\"p\", \"rb\").read()"),
                        "model.npz", "allow_pickle=False");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "in/ran"));
  expect_marian_refusal("ssru/model.npz", archive("ZIP_DEFLATED", "b\"0\" * 10000000"), "not compressed");
}

TEST_F(ConvertTranslation, RefusesWhatRotorDoesNotHave) {
  const auto set = [](const std::string& key, const std::string& value) {
    return "sed -i 's/\"" + key + "\": [^,]*/\"" + key + "\": " + value + "/' config.json";
  };
  expect_refusal("opus_mt_shared", set("activation_function", "\"mish\""), "activation_function", "'mish'",
                 "relu, gelu");
  expect_refusal("opus_mt_shared", set("model_type", "\"bart\""), "type marian", "bart");
  expect_refusal("opus_mt_shared", set("use_cache", "true, \"normalize_before\": true"), "normalize_before");
  expect_refusal("opus_mt_shared", set("d_model", "32"), "model.shared.weight", "[68, 32], got [68, 16]");
  expect_refusal("opus_mt_shared", set("encoder_layers", "3"), "none called", "encoder.layers.2");
  expect_refusal("opus_mt_shared", set("encoder_layers", "1"), "no tensors but", "encoder.layers.1");
  expect_refusal("opus_mt_shared", set("encoder_attention_heads", "3"), "divisor of d_model 16");
  expect_refusal("opus_mt_shared", set("pad_token_id", "3"), "pad_token_id", "<pad>");
  expect_refusal("opus_mt_separate", set("decoder_start_token_id", "9999"), "decoder_start_token_id");
  expect_refusal("nllb", set("model_type", "\"nllb-moe\""), "type m2m_100", "nllb-moe");
  const auto say = [](const std::string& file, const std::string& json) { return "echo '" + json + "' > " + file; };
  expect_refusal("nllb", say("tokenizer_config.json", R"({"legacy_behaviour": "yes"})"), "true or false", "yes");
  expect_refusal("nllb", say("tokenizer_config.json", R"({"added_tokens_decoder": {"7": 1}})"),
                 "added tokens and their");
  expect_refusal("nllb", say("added_tokens.json", R"({"a": 999999999})"), "ids below", "999999999");
  expect_other_refused("transformer-decoder-autoreg: rnn", "transformer-decoder-autoreg: aan", "self-attention, rnn");
  expect_other_refused("dec-cell: ssru", "dec-cell: lstm", "ssru");
  expect_other_refused("transformer-postprocess: dan", "transformer-postprocess: dar", "Rotor has no other norms");
  expect_other_refused("transformer-ffn-activation: swish", "transformer-ffn-activation: gelu ", "gelu");
  expect_other_refused("type: transformer", "type: transformex", "transformer");
  expect_other_refused("transformer-no-projection: false", "transformer-no-projection: true ", "no-projection");
  expect_marian_refusal("ssru/model.npz", "mv vocab.spm vocab.fsv", "no factored vocabularies");
}

}  // namespace
}  // namespace rotor
