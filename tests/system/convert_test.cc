// rotor-convert as a user runs it, on folders that transformers wrote (tests/golden/README.md, encoder_<model>).
#include "system/convert.h"

namespace rotor {
namespace {

const std::string kFolders = ROTOR_GOLDEN "/hugging_face/";
const char* const kModels[] = {"bert_masked_lm", "bert_classes",       "bert_regression",
                               "bert_vectors",   "roformer_masked_lm", "roformer_classes"};

std::string format_of(const std::string& model) {
  return model.substr(0, model.find('_'));
}

class Convert : public ConvertTest {
 protected:
  /// A copy of a folder, called "in", in which a shell command changes something; then the conversion is refused.
  template <typename... Parts>
  void expect_refusal(const std::string& model, const std::string& change, const Parts&... parts) const {
    succeed("rm -rf in && cp -r " + kFolders + model + " in && cd in && " + change);
    const CommandResult result = run("rotor-convert " + format_of(model) + " in out.safetensors");
    EXPECT_TRUE(refused(result, 1, "rotor-convert: ", parts...)) << change;
    EXPECT_EQ(run("ls -A").out, "in\n") << change;
  }

  /// The same of a folder that a Rotor model is written to, after a change of its configuration's text.
  template <typename... Parts>
  void expect_refusal_out(const std::string& model, const std::string& from, const std::string& to,
                          const Parts&... parts) const {
    succeed("rotor-convert " + format_of(model) + ' ' + kFolders + model + " model.safetensors");
    std::string config = SafeTensors(folder_ / "model.safetensors").metadata("config");
    const size_t at = config.find(from);
    ASSERT_NE(at, config.npos) << config;
    config.replace(at, from.size(), to);
    copy_with_config(folder_ / "model.safetensors", config, "changed.safetensors");
    EXPECT_TRUE(refused(run("rotor-convert huggingface changed.safetensors out"), 1, "changed.safetensors", parts...));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
  }
};

TEST_F(Convert, MakesTheModelsThatTheGoldensHold) {
  for (const std::string model : kModels) {
    succeed("rotor-convert " + format_of(model) + ' ' + kFolders + model + " out.safetensors");
    const SafeTensors actual = open_model(folder_ / "out.safetensors");  // compares checksums
    const SafeTensors golden(ROTOR_GOLDEN "/encoder_" + model + ".safetensors");
    EXPECT_TRUE(actual.metadata().contains("sha256"));
    EXPECT_EQ(nlohmann::json::parse(actual.metadata("config")), nlohmann::json::parse(golden.metadata("config")));
    for (const auto& [name, tensor] : actual.tensors()) {
      ASSERT_TRUE(golden.contains(name)) << model << ' ' << name;
      EXPECT_EQ(tensor.bytes, golden.at(name).bytes) << model << ' ' << name;
    }
    for (const auto& parameter : load_model(actual)->parameters()) {
      EXPECT_TRUE(golden.contains("gradient." + parameter.name)) << model << ' ' << parameter.name;
    }
    EXPECT_EQ(run("rotor-inspect out.safetensors").exit_code, 0) << model;
  }
}

TEST_F(Convert, ThereAndBackKeepsEveryByte) {
  for (const std::string model : kModels) {
    const std::string in = kFolders + model;
    succeed("rm -rf there *.safetensors && rotor-convert " + format_of(model) + ' ' + in + " out.safetensors");
    succeed("rotor-convert huggingface out.safetensors there && rotor-convert " + format_of(model) +
            " there back.safetensors && cmp out.safetensors back.safetensors && cmp " + in +
            "/vocab.txt there/vocab.txt");
    if (!std::filesystem::exists(in + "/model.safetensors")) continue;
    const SafeTensors before(in + "/model.safetensors"), after(folder_ / "there/model.safetensors");
    for (const auto& [name, tensor] : before.tensors()) {
      if (name.find("embed_positions") != name.npos) continue;  // which follow from the configuration
      EXPECT_EQ(tensor.bytes, after.at(name).bytes) << model << ' ' << name;
    }
  }
}

TEST_F(Convert, KeepsThatRoFormerTurnsValues) {
  succeed("cp -r " + kFolders +
          "roformer_classes in && sed -i 's/\"rotary_value\": false/\"rotary_value\": true/' in/config.json");
  succeed("rotor-convert roformer in out.safetensors && rotor-convert huggingface out.safetensors there");
  EXPECT_TRUE(read_model_options(SafeTensors(folder_ / "out.safetensors")).position.rotary_value);
  succeed("rotor-convert roformer there back.safetensors && cmp out.safetensors back.safetensors");
}

TEST_F(Convert, SaysWhatItMade) {
  const CommandResult result = run("rotor-convert bert " + kFolders + "bert_classes out.safetensors");
  EXPECT_EQ(result.out, "");
  EXPECT_TRUE(says(result.err, "wrote out.safetensors: sentence_prediction, 5395 parameters\n"));
  const TransformerOptions options = read_model_options(SafeTensors(folder_ / "out.safetensors"));
  EXPECT_EQ(options.head.labels, (std::vector<std::string>{"no", "perhaps", "yes"}));
  EXPECT_TRUE(says(run("rotor-convert --help").out, "bert FOLDER MODEL", "huggingface MODEL FOLDER"));
  EXPECT_EQ(run("rotor-convert --version").out, "rotor-convert " ROTOR_VERSION "\n");
}

/// sentence_bert_config.json says how much of a text that is, and whether it is in lower case.
TEST_F(Convert, ReadsOfATextWhatSentenceTransformersReads) {
  const std::string limits = " > in/sentence_bert_config.json && ";
  succeed("cp -r " + kFolders + "bert_vectors in && echo '{\"do_lower_case\": false}' > in/tokenizer_config.json");
  const CommandResult result =
      run("echo '{\"max_seq_length\": 7, \"do_lower_case\": true}'" + limits + "rotor-convert bert in out.safetensors");
  EXPECT_TRUE(says(result.err, "reads 7 tokens of a text, as sentence_bert_config.json says, and 20 without"));
  const SafeTensors file(folder_ / "out.safetensors"), golden(ROTOR_GOLDEN "/encoder_bert_vectors.safetensors");
  const std::string table = "encoder.position.weight";
  EXPECT_EQ(file.at(table).bytes, golden.at(table).bytes.substr(0, 7 * 16 * sizeof(float)));
  EXPECT_EQ(nlohmann::json::parse(file.metadata("config"))["max_positions"], 7);
  EXPECT_TRUE(says(read_vocabulary(file).source, "do_lower_case=true strip_accents=false"));
  succeed(
      "rotor-convert huggingface out.safetensors there && rotor-convert bert there back.safetensors && "
      "cmp out.safetensors back.safetensors && rotor-inspect out.safetensors");

  // More than the table has is the table, and says nothing.
  const CommandResult whole =
      run("echo '{\"max_seq_length\": 30}'" + limits + "rotor-convert bert in whole.safetensors");
  EXPECT_EQ(count_lines(whole.err), 1) << whole.err;
  EXPECT_EQ(SafeTensors(folder_ / "whole.safetensors").at(table).bytes, golden.at(table).bytes);
  // Without that file the tokenizer's length counts, unless it is no limit.
  for (const auto& [length, rows] : {std::pair{"7", &file}, std::pair{"1e30", &golden}}) {
    succeed(fmt::format("rm -f in/sentence_bert_config.json && echo '{{\"model_max_length\": {}}}' > ", length) +
            "in/tokenizer_config.json && rotor-convert bert in cut.safetensors");
    EXPECT_EQ(SafeTensors(folder_ / "cut.safetensors").at(table).bytes, rows->at(table).bytes) << length;
  }
}

TEST_F(Convert, SaysHowMuchRoFormerReadsOfAText) {
  succeed("cp -r " + kFolders +
          "roformer_masked_lm in && sed -i s/RoFormerForMaskedLM/RoFormerModel/ in/config.json && "
          "echo '{\"max_seq_length\": 7}' > in/sentence_bert_config.json");
  EXPECT_TRUE(says(run("rotor-convert roformer in out.safetensors").err, "sentence_encoding",
                   "cuts texts to 7 tokens; rotor-serve does so with --max-source-positions 7"));
}

TEST_F(Convert, HasCompletionsAndAManPage) {
  const std::string share = std::filesystem::path(ROTOR_BIN).parent_path() / "share";
  succeed("rotor-convert --completion bash > bash && bash -n bash && cmp bash " + share + "/bash/rotor-convert");
  succeed("rotor-convert --completion=zsh | cmp - " + share + "/zsh/_rotor-convert");
  if (run("help2man --version").exit_code != 0) return;
  EXPECT_TRUE(says(run("gzip -dc " + share + "/man/rotor-convert.1.gz").out, "rotor\\-convert", "huggingface MODEL"));
}

TEST_F(Convert, CompletesTheOptionsOfEachFormat) {
  succeed("rotor-convert --completion bash > bash");
  const auto completed = [&](const std::string& line) {
    return run("bash -c '. ./bash; COMP_WORDS=(" + line +
               "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _rotor_convert; echo ${COMPREPLY[@]}'")
        .out;
  };
  EXPECT_EQ(completed("rotor-convert fair"), "fairseq fairseq-folder\n");
  EXPECT_EQ(completed("rotor-convert marian in out -"), "--vocabulary --quantize\n");
  EXPECT_EQ(completed("rotor-convert marian in out --quantize = b"), "bf16\n");
  EXPECT_EQ(completed("rotor-convert huggingface in out -"), "\n");
}

TEST_F(Convert, RefusesADamagedModel) {
  succeed("rotor-convert bert " + kFolders + "bert_masked_lm model.safetensors");
  std::string bytes = text_of(folder_ / "model.safetensors");
  bytes.back() ^= 1;
  const auto refused_as = [&](const std::string& damaged, const auto&... parts) {
    folder_.file("bad.safetensors", damaged);
    return refused(run("rotor-convert huggingface bad.safetensors out"), 1, "bad.safetensors: ", parts...);
  };
  EXPECT_TRUE(refused_as(bytes, "tensor", "checksum"));
  bytes.back() ^= 1;
  EXPECT_TRUE(refused_as(bytes + "\n", "expected a file of", "got"));
  std::string heads = bytes;
  const std::string option = R"(attention_heads\":)";
  heads[heads.find(option) + option.size()] ^= 1;
  EXPECT_TRUE(refused_as(heads, "the header is not that of its checksum"));
  copy_with_config(folder_ / "model.safetensors", "[1]", "list.safetensors");
  EXPECT_TRUE(
      refused(run("rotor-convert huggingface list.safetensors out"), 1, "configuration as a JSON object", "[1]"));
  const std::string list = R"({"__metadata__":[1]})";
  folder_.file("metadata.safetensors", std::string(1, static_cast<char>(list.size())) + std::string(7, '\0') + list);
  EXPECT_TRUE(refused(run("rotor-convert huggingface metadata.safetensors out"), 1, "texts as the metadata, got [1]"));
  const std::string header = R"({"x":{"dtype":"F32","shape":["x",6000000000],"data_offsets":[0,4]}})";
  folder_.file("huge.safetensors",
               std::string(1, static_cast<char>(header.size())) + std::string(7, '\0') + header + "four");
  EXPECT_TRUE(
      refused(run("ulimit -v 4000000; rotor-convert huggingface huge.safetensors out"), 1, "shape of tensor x"));
}

TEST_F(Convert, RefusesWrongUsage) {
  EXPECT_TRUE(refused(run("rotor-convert"), 2, "expected rotor-convert FORMAT IN OUT", "bert, roformer"));
  EXPECT_TRUE(refused(run("rotor-convert bort in out"), 2, "unknown format 'bort'", "huggingface"));
  EXPECT_TRUE(refused(run("rotor-convert bert in out --fast"), 2, "unknown option --fast", "bert has --quantize"));
  EXPECT_TRUE(refused(run("rotor-convert bert in out --quantization int8"), 2, "unknown option --quantization"));
  EXPECT_TRUE(
      refused(run("rotor-convert bert in out --quantize f16"), 2, "none or bf16 or int8 after --quantize", "f16"));
  EXPECT_TRUE(refused(run("rotor-convert ctranslate2 in out --quantization int4"), 2, "float32 or int8", "int4"));
  EXPECT_TRUE(refused(run("rotor-convert ctranslate2 in out --quantization"), 2, "float32 or int8", "nothing"));
  EXPECT_TRUE(refused(run("rotor-convert --completion fish"), 2, "--completion bash or zsh", "fish"));
  EXPECT_TRUE(refused(run("rotor-convert --help > /dev/full"), 1, "cannot write to standard output"));
}

TEST_F(Convert, NamesAllThatAFolderLacks) {
  EXPECT_TRUE(refused(run("rotor-convert bert /nowhere out.safetensors"), 1, "/nowhere: expected a folder"));
  expect_refusal("bert_masked_lm", "rm *", "config.json, vocab.txt, model.safetensors or pytorch_model.bin");
  expect_refusal("bert_masked_lm", "mv model.safetensors model.safetensors.index.json", "expected a JSON object");
  EXPECT_TRUE(
      refused(run("rotor-convert bert " + kFolders + "bert_vectors nowhere/out.safetensors"), 1, "cannot write"));
}

TEST_F(Convert, RefusesWhatRotorDoesNotHave) {
  const auto set = [](const std::string& key, const std::string& value) {
    return "sed -i 's/\"" + key + "\": [^,]*/\"" + key + "\": " + value + "/' config.json";
  };
  expect_refusal("bert_masked_lm", set("hidden_act", "\"mish\""), "hidden_act", "'mish'", "relu, gelu");
  expect_refusal("bert_masked_lm", set("hidden_act", "\"relu\""), "gelu, which Rotor's head has");
  expect_refusal("bert_masked_lm", set("position_embedding_type", "\"relative_key\""), "absolute", "relative_key");
  expect_refusal("bert_masked_lm", set("use_cache", "true, \"is_decoder\": true"), "is_decoder", "no such part");
  expect_refusal("bert_masked_lm", set("model_type", "\"albert\""), "expected a model of the type bert", "albert");
  expect_refusal("roformer_classes", set("rotary_value", "7"), "one of True, False as rotary_value, got 7");
  expect_refusal("roformer_classes", set("embedding_size", "8"), "embedding_size", "16");
  expect_refusal("bert_classes", set("use_cache", "true, \"problem_type\": \"multi_label_classification\""),
                 "problem_type");
  expect_refusal("bert_masked_lm", "sed -i s/BertForMaskedLM/BertForQuestionAnswering/ config.json",
                 "BertForQuestionAnswering", "BertForSequenceClassification");
  expect_refusal("bert_vectors", "sed -i s/models.Normalize/models.Dense/ modules.json", "Dense");
  expect_refusal("bert_vectors", "sed -i s/mean_tokens/max_tokens2/ 1_Pooling/config.json", "pooling_mode_max_tokens2");
}

TEST_F(Convert, RefusesFoldersThatDisagreeWithThemselves) {
  const auto set = [](const std::string& key, const std::string& value) {
    return "sed -i 's/\"" + key + "\": [^,]*/\"" + key + "\": " + value + "/' config.json";
  };
  expect_refusal("bert_masked_lm", set("intermediate_size", "32"), "intermediate.dense.weight",
                 "as [32, 16], got [24, 16]");
  expect_refusal("bert_masked_lm", set("num_hidden_layers", "3"), "none called", "encoder.layer.2", "more");
  expect_refusal("bert_masked_lm", set("num_hidden_layers", "1"), "no tensors but", "encoder.layer.1");
  expect_refusal("bert_masked_lm", set("num_hidden_layers", "-1"), "num_hidden_layers", "at least 1");
  expect_refusal("bert_masked_lm", set("num_attention_heads", "3"), "divisor");
  expect_refusal("bert_masked_lm", set("vocab_size", "40"), "[40, 16]");
  expect_refusal("bert_masked_lm", "echo '[1]' > config.json", "config.json: expected a JSON object");
  expect_refusal("bert_masked_lm", "sed -i '/MASK/!d' vocab.txt", "vocab.txt", "[PAD]");
  expect_refusal("bert_masked_lm", "echo a >> vocab.txt", "\"a\" twice");
  expect_refusal("bert_masked_lm", "printf '\\377\\n' >> vocab.txt", "UTF-8", "line 46");
  expect_refusal("bert_masked_lm", "seq 10 >> vocab.txt", "at most 48 tokens", "55");
  expect_refusal("bert_masked_lm", "truncate -s -100 model.safetensors", "model.safetensors", "whole");
  expect_refusal("bert_masked_lm", "head -c 4 model.safetensors > m; mv m model.safetensors", "whole");
  expect_refusal("bert_classes", "truncate -s 9000 pytorch_model.bin", "pytorch_model.bin");
  expect_refusal("bert_regression", "truncate -s -50 pytorch_model.bin", "cut short");
  expect_refusal("bert_classes", set("2", "\"yes\", \"3\": \"no\""), "id2label", "3 classes");
  expect_refusal("bert_vectors", "echo '{\"max_seq_length\": \"7\"}' > sentence_bert_config.json",
                 "sentence_bert_config.json: expected a whole number of at least 1 as max_seq_length, got '7'");
  expect_refusal("bert_vectors", "echo '{\"do_lower_case\": 7}' > sentence_bert_config.json", "true or false", "got 7");
  expect_refusal("bert_vectors", "echo '{\"model_max_length\": 0}' > tokenizer_config.json", "at least 1", "got 0");
  expect_refusal("bert_vectors", "echo '[]' > sentence_bert_config.json",
                 "sentence_bert_config.json: expected a JSON object");
}

/// A pickle can name any function. Of both forms of PyTorch's files, nothing that they name is called.
TEST_F(Convert, ExecutesNothingOfAPickle) {
  const std::string pickle = "printf \"cos\\nsystem\\n(S'touch /tmp/../$PWD/ran'\\ntR.\" > data.pkl";
  expect_refusal("bert_classes", pickle + "; mv data.pkl pytorch_model.bin", "calls os.system",
                 "nothing of it was executed");
  expect_refusal("bert_classes",
                 pickle +
                     "; python3 -c 'import zipfile; z = zipfile.ZipFile(\"pytorch_model.bin\", \"w\"); "
                     "z.write(\"data.pkl\", \"m/data.pkl\")'",
                 "calls os.system", "nothing of it was executed");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "in/ran"));
  expect_refusal("bert_classes",
                 "python3 -c 'import zipfile; z = zipfile.ZipFile(\"pytorch_model.bin\", \"w\", zipfile.ZIP_DEFLATED); "
                 "z.writestr(\"m/data.pkl\", \"0\" * 10000000)'",
                 "not compressed");
}

TEST_F(Convert, RefusesModelsThatTransformersDoesNotHave) {
  expect_refusal_out("bert_masked_lm", R"("position_encoding":"learned")", R"("position_encoding":"alibi")",
                     "--position-encoding learned or rope, got alibi");
  expect_refusal_out("bert_masked_lm", R"("norm":"layer")", R"("norm":"rms")", "--norm layer, got rms");
  expect_refusal_out("roformer_masked_lm", R"("rope_layout":"interleaved")", R"("rope_layout":"half")",
                     "--rope-layout");
  expect_refusal_out("bert_classes", R"("classifier_head":"bert")", R"("classifier_head":"linear")",
                     "--classifier-head bert, got linear");
  expect_refusal_out("bert_masked_lm", R"("token_types")", R"("token_type")", "an encoder alone", "token_types");
  EXPECT_TRUE(refused(run("rotor-convert huggingface " + kFolders + "bert_vectors/model.safetensors out"), 1,
                      "expected a Rotor model"));
  succeed("rotor-convert bert " + kFolders + "bert_vectors m.safetensors && mkdir full && touch full/file");
  EXPECT_TRUE(refused(run("rotor-convert huggingface m.safetensors full"), 1, "new or empty"));
}

}  // namespace
}  // namespace rotor
