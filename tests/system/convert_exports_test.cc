// rotor-convert's exports of small models, beside those that CTranslate2's own classes write and those that
// transformers was seen to load (tests/golden/README.md, hugging_face_exports.json and
// ctranslate2_language_models.json).
#include <algorithm>

#include "base/files.h"
#include "system/convert.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

const std::string kHuggingFace = ROTOR_GOLDEN "/hugging_face/";

SafeTensors open_golden(const Json& name) {
  return SafeTensors(std::filesystem::path(ROTOR_GOLDEN) / (name.get<std::string>() + ".safetensors"));
}

class ConvertExports : public ConvertTest {
 protected:
  /// Writes the model of a case of the goldens (tests/golden/exports.py), m.safetensors.
  void assemble(const Json& a_case) const {
    const SafeTensors from = open_golden(a_case["from"]);
    const SafeTensors pieces = open_golden(a_case.value("vocabulary", a_case["from"].get<std::string>()));
    SafeTensorsWriter writer;
    for (const auto& [name, tensor] : from.tensors()) {
      if (!(name.starts_with("encoder.") || name.starts_with("decoder.")) || is_left_out(a_case, name)) continue;
      std::vector<int64_t> shape = tensor.shape;
      const size_t row = tensor.bytes.size() / static_cast<size_t>(shape[0]);
      shape[0] = rows_of(a_case, name, shape[0]);
      writer.add(name, tensor.type, shape, tensor.bytes.substr(0, row * static_cast<size_t>(shape[0])));
    }
    for (const auto& [name, tensor] : pieces.tensors()) {
      if (name.starts_with("vocabulary")) writer.add(name, tensor.type, tensor.shape, tensor.bytes);
    }
    Json config = Json::parse(from.metadata("config"));
    if (a_case.contains("config")) config.update(a_case["config"]);
    writer.set("format", "rotor");
    writer.set("config", config.dump());
    writer.write(folder_ / "m.safetensors");
  }

  /// Compares the files of "out" with those that a golden holds, as JSON or by their sums.
  void expect_files(const Json& expected, const std::string& what) const {
    for (const auto& [file, content] : expected.items()) {
      const std::string bytes = text_of(folder_ / "out" / file);
      EXPECT_EQ(content.is_string() ? Json(sha256(bytes)) : Json::parse(bytes), content) << what << ' ' << file;
    }
  }

  /// The conversion of a case's model is refused, and nothing is written.
  template <typename... Parts>
  void expect_refusal(const std::string& format, const Json& a_case, const Parts&... parts) const {
    assemble(a_case);
    EXPECT_TRUE(refused(run("rotor-convert " + format + " m.safetensors out"), 1, "m.safetensors: ", parts...))
        << a_case;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out")) << a_case;
  }

 private:
  static bool is_left_out(const Json& a_case, const std::string& name) {
    const Json without = a_case.value("without", Json::array());
    return std::any_of(without.begin(), without.end(),
                       [&](const Json& begin) { return name.starts_with(begin.get<std::string>()); });
  }

  static int64_t rows_of(const Json& a_case, const std::string& name, int64_t rows) {
    const Json all = a_case.value("rows", Json::object());
    for (const auto& [end, cut] : all.items()) {
      if (name.ends_with(end)) return cut.get<int64_t>();
    }
    return rows;
  }
};

TEST_F(ConvertExports, WritesTheFilesThatTransformersWasSeenToLoad) {
  const Json golden = Json::parse(text_of(ROTOR_GOLDEN "/hugging_face_exports.json"));
  ASSERT_GE(golden["cases"].size(), 11U);
  for (const Json& a_case : golden["cases"]) {
    assemble(a_case);
    succeed("rm -rf out && rotor-convert huggingface m.safetensors out");
    expect_files(a_case["files"], a_case["name"]);
  }
}

TEST_F(ConvertExports, WritesTheLanguageModelsOfCtranslate2sClasses) {
  const Json golden = Json::parse(text_of(ROTOR_GOLDEN "/ctranslate2_language_models.json"));
  ASSERT_GE(golden["cases"].size(), 14U);
  for (const Json& a_case : golden["cases"]) {
    assemble(a_case);
    succeed("rm -rf out && rotor-convert ctranslate2 m.safetensors out --quantization=" +
            a_case["quantization"].get<std::string>());
    expect_files(a_case["files"], a_case["name"]);
    EXPECT_EQ(run("ls out").out, "config.json\nmodel.bin\nvocabulary.json\nvocabulary.model\n");
  }
}

/// What transformers wrote, Rotor writes again, and reads again as the same model.
TEST_F(ConvertExports, TranslationModelsGoOutAsTheyCame) {
  for (const std::string model : {"opus_mt_shared", "opus_mt_separate", "opus_mt_untied", "nllb", "nllb_m2m100"}) {
    const std::string in = kHuggingFace + model, format = model.starts_with("nllb") ? "nllb " : "opus-mt ";
    succeed("rm -rf out *.safetensors && rotor-convert " + format + in + " m.safetensors");
    succeed("rotor-convert huggingface m.safetensors out && rotor-convert " + format + "out back.safetensors");
    const SafeTensors there(folder_ / "out/model.safetensors");
    const SafeTensors before(folder_ / "m.safetensors"), after(folder_ / "back.safetensors");
    for (const auto& [name, tensor] : before.tensors()) EXPECT_EQ(tensor.bytes, after.at(name).bytes) << model << name;
    EXPECT_EQ(before.tensors().size(), after.tensors().size()) << model;
    EXPECT_EQ(before.metadata("config"), after.metadata("config")) << model;
    if (format == "opus-mt ") {
      succeed("cmp out/source.spm " + in + "/source.spm && cmp out/target.spm " + in + "/target.spm");
      EXPECT_EQ(Json::parse(text_of(folder_ / "out/vocab.json")), Json::parse(text_of(in + "/vocab.json"))) << model;
    } else {
      succeed("cmp out/sentencepiece.bpe.model " + in + "/sentencepiece.bpe.model");
    }
    if (!std::filesystem::exists(in + "/model.safetensors")) continue;
    const SafeTensors theirs(in + "/model.safetensors");
    for (const auto& [name, tensor] : theirs.tensors()) EXPECT_EQ(tensor.bytes, there.at(name).bytes) << model << name;
    EXPECT_EQ(theirs.tensors().size(), there.tensors().size()) << model;
  }
}

/// Matrices in 16 bits become the floats of which they are the upper halves.
TEST_F(ConvertExports, TakeModelsInBfloat16) {
  succeed("rotor-convert opus-mt " + kHuggingFace + "opus_mt_shared m.safetensors --quantize bf16");
  succeed("rotor-convert huggingface m.safetensors out && rotor-convert ctranslate2 m.safetensors served");
  const SafeTensors model(folder_ / "m.safetensors"), there(folder_ / "out/model.safetensors");
  const std::string halves(model.at("encoder.layers.0.fc1.weight").bytes);
  const std::string floats(there.at("model.encoder.layers.0.fc1.weight").bytes);
  ASSERT_EQ(floats.size(), 2 * halves.size());
  for (size_t i = 0; i < halves.size(); i += 2) {
    EXPECT_EQ(floats.substr(2 * i, 4), std::string(2, '\0') + halves.substr(i, 2)) << i;
  }
  const std::string fairseq = ROTOR_GOLDEN "/fairseq_checkpoints/shared/";
  succeed("rotor-convert fairseq " + fairseq + "checkpoint.pt f.safetensors --quantize bf16 --bpe-codes " + fairseq +
          "codes && rotor-convert fairseq-folder f.safetensors folder");
}

TEST_F(ConvertExports, AreOnTheDiskBeforeTheyHaveTheirName) {
  folder_.file("write.py", R"(import os, re, sys
sys.path.insert(0, sys.argv[1])
from convert.folder import write_folder
synced = []
def fsync(file):
    name = re.sub("[.]out[.][^/]*", "new", os.path.relpath(os.readlink(f"/proc/self/fd/{file}")))
    synced.append(f"{name} {'after' if os.path.exists('out') else 'before'}")
os.fsync = fsync
write_folder("out", {"a": b"1", "b/c": {}})
print(", ".join(sorted(synced)))
)");
  EXPECT_EQ(run("python3 write.py '" ROTOR_BIN "/rotor-convert'").out,
            ". after, new before, new/a before, new/b before, new/b/c before\n");
}

TEST_F(ConvertExports, RefusesShapesThatTransformersDoesNotHave) {
  const Json pieces = {{"vocabulary", "ctranslate2_sinusoidal"}};
  const auto language_model = [&](const std::string& from, const Json& config) {
    Json a_case = pieces;
    a_case["from"] = "language_model_" + from;
    a_case["config"] = config;
    return a_case;
  };
  const Json none = Json::object();
  expect_refusal("huggingface", language_model("post_norm", none), "--decoder-normalize-before True, got False");
  expect_refusal("huggingface", language_model("t5", none), "position-encoding learned or sinusoidal or none or rope",
                 "got t5");
  expect_refusal("huggingface", language_model("alibi", none), "got alibi");
  expect_refusal("huggingface", language_model("grouped", none), "--decoder-key-value-heads 0 or 4, got 2");
  expect_refusal("huggingface", language_model("window", none), "--attention-window 0, got 3");
  expect_refusal("huggingface", language_model("linear", none), "--attention softmax, got linear");
  expect_refusal("huggingface", language_model("rms", none), "--activation-fn swiglu or gated-gelu, got relu");
  expect_refusal("huggingface", language_model("gated_gelu", none), "--activation-fn", "got gated-gelu");
  expect_refusal("huggingface", language_model("swiglu", {{"rope_fraction", 0.5}}), "--rope-fraction 1, got 0.5");
  expect_refusal("huggingface", language_model("rope", {{"rope_scaling", "yarn"}}), "--rope-scaling none, got yarn");
  expect_refusal("huggingface", language_model("rope", {{"decoder_layers", 3}}), "decoder.layers.2", "damaged");
  expect_refusal("huggingface", language_model("rope", {{"output_bias", true}}), "--output-bias False, got True");
  expect_refusal("huggingface", language_model("rope", {{"target_vocabulary", 41}}), "[41, 16], got [40, 16]");
  const auto translation = [&](const Json& config) {
    return Json{{"from", "ctranslate2_sinusoidal"}, {"config", config}};
  };
  expect_refusal("huggingface", translation(none), "--sinusoidal-layout half or concatenated, got interleaved");
  expect_refusal("huggingface", translation({{"sinusoidal_layout", "half"}, {"position_offset", 1}}),
                 "--position-offset 0, got 1");
  expect_refusal("huggingface", translation({{"sinusoidal_layout", "concatenated"}, {"position_offset", 2}}),
                 "--encoder-normalize-before True, got False");
  expect_refusal("huggingface", translation({{"encoder_position_encoding", "rope"}}),
                 "--encoder-position-encoding sinusoidal, got rope");
  expect_refusal("huggingface", translation({{"sinusoidal_layout", "half"}, {"decoder_autoreg", "ssru"}}), "ssru");
}

TEST_F(ConvertExports, RefusesLanguageModelsThatCtranslate2DoesNotHave) {
  const auto language_model = [&](const std::string& from, const Json& config = Json::object()) {
    return Json{{"from", "language_model_" + from}, {"config", config}, {"vocabulary", "ctranslate2_sinusoidal"}};
  };
  expect_refusal("ctranslate2", language_model("t5"), "kind t5 in the decoder", "reads a prompt");
  expect_refusal("ctranslate2", language_model("window"), "--attention-window 0, got 3");
  expect_refusal("ctranslate2", language_model("linear"), "--attention softmax, got linear");
  expect_refusal("ctranslate2", language_model("learned", {{"no_position_every", 2}}), "--no-position-every");
  expect_refusal("ctranslate2", language_model("rope", {{"no_position_every", 1}}), "not the first");
  expect_refusal("ctranslate2", language_model("rope", {{"decoder_layers", 1}}), "no counterpart", "decoder.layers.1");
  expect_refusal("ctranslate2", language_model("rope", {{"target_vocabulary", 41}}), "41 tokens", "got 40");
}

}  // namespace
}  // namespace rotor
