// The weights that rotor-convert reads and writes: in several files, in 16 and in 8 bits, of models larger than the
// memory that it may take (tests/golden/README.md, hugging_face/nllb_<kind> and marian).
#include <cmath>

#include "golden.h"
#include "kernel/bfloat16.h"
#include "system/convert.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

const std::string kFolders = ROTOR_GOLDEN "/hugging_face/", kMarian = ROTOR_GOLDEN "/marian/";

class ConvertWeights : public ConvertTest {
 protected:
  /// Makes "in", the folder of NLLB with weights of that kind.
  void take(const std::string& kind) const {
    succeed("rm -rf in && cp -r " + kFolders + "nllb in && rm in/model.safetensors && cp " + kFolders + "nllb_" + kind +
            "/* in");
  }

  template <typename... Parts>
  void expect_refusal(const std::string& kind, const std::string& change, const Parts&... parts) const {
    take(kind);
    succeed("cd in && " + change);
    EXPECT_TRUE(refused(run("rotor-convert nllb in out.safetensors"), 1, "rotor-convert: ", parts...)) << change;
    EXPECT_EQ(run("ls -A").out, "in\n") << change;
  }

  /// Compares the parameters of two files, byte for byte.
  void expect_same(const std::string& actual, const std::string& expected) const {
    const SafeTensors ours = open_model(folder_ / actual), theirs(folder_ / expected);
    ASSERT_EQ(ours.tensors().size(), theirs.tensors().size());
    for (const auto& [name, tensor] : ours.tensors()) {
      EXPECT_EQ(tensor.type, theirs.at(name).type) << name;
      EXPECT_EQ(tensor.bytes, theirs.at(name).bytes) << name;
    }
  }

  /// The translations of lines that are in the file "text".
  std::string translations(const std::string& command) const {
    const CommandResult result = run("rotor-generate " + command + " --threads 1 --beam 1 < text");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }
};

TEST_F(ConvertWeights, InSeveralFilesAreThoseInOne) {
  succeed("rotor-convert nllb " + kFolders + "nllb one.safetensors");
  take("bin_shards");
  succeed(
      "[ $(ls in/*.bin | wc -l) -gt 2 ] && rotor-convert nllb in out.safetensors && cmp one.safetensors "
      "out.safetensors");
}

TEST_F(ConvertWeights, In16BitsKeepThemOrBecomeFloats) {
  take("bf16_shards");
  const CommandResult whole = run("rotor-convert nllb in floats.safetensors");
  EXPECT_TRUE(says(whole.err, "wrote floats.safetensors", "were BF16; --quantize bf16 keeps them"));
  const CommandResult half = run("rotor-convert nllb in halves.safetensors --quantize bf16");
  EXPECT_EQ(half.err, "wrote halves.safetensors: translation, 7944 parameters\n");
  succeed("rotor-average floats.safetensors --quantize bf16 --output rounded.safetensors");
  expect_same("halves.safetensors", "rounded.safetensors");
  std::map<std::string, std::string> theirs;
  for (const auto& entry : std::filesystem::directory_iterator(kFolders + "nllb_bf16_shards")) {
    if (entry.path().extension() != ".safetensors") continue;
    const SafeTensors shard(entry.path());
    for (const auto& [name, tensor] : shard.tensors()) theirs[name] = tensor.bytes;
  }
  const SafeTensors halves(folder_ / "halves.safetensors"), floats(folder_ / "floats.safetensors");
  int compared = 0;
  for (const auto& [name, tensor] : halves.tensors()) {
    if (tensor.type != DataType::kBF16) continue;
    const std::string known = "model." + name, shared = "model.shared.weight";
    EXPECT_EQ(tensor.bytes, theirs.contains(known) ? theirs[known] : theirs[shared]) << name;
    const auto numbers = floats.elements<float>(name);
    for (size_t i = 0; i < numbers.size(); ++i) {
      uint16_t bits = 0;
      std::memcpy(&bits, tensor.bytes.data() + 2 * i, 2);
      ASSERT_EQ(numbers[i], from_bfloat16(bits)) << name;
    }
    ++compared;
  }
  EXPECT_EQ(compared, 23);
}

TEST_F(ConvertWeights, InF16AreRoundedToBfloat16WithAWord) {
  take("f16");
  succeed(
      "rotor-convert nllb in floats.safetensors 2> said && rotor-average floats.safetensors --quantize bf16 "
      "--output rounded.safetensors && [ $(wc -l < said) = 1 ]");
  const CommandResult result = run("rotor-convert nllb in halves.safetensors --quantize=bf16");
  EXPECT_TRUE(says(result.err, "were F16, whose 11 bits of mantissa bf16 rounds to 8", "--quantize none"));
  expect_same("halves.safetensors", "rounded.safetensors");
}

TEST_F(ConvertWeights, In8BitsAreThoseOfRotorAverage) {
  for (const std::string model : {"bert bert_classes", "nllb nllb", "opus-mt opus_mt_separate"}) {
    const size_t space = model.find(' ');
    const std::string convert = "rotor-convert " + model.substr(0, space + 1) + kFolders + model.substr(space + 1);
    succeed("rm -f *.safetensors && " + convert + " floats.safetensors && " + convert +
            " out.safetensors --quantize int8 && rotor-average floats.safetensors --quantize int8 --output "
            "rounded.safetensors");
    expect_same("out.safetensors", "rounded.safetensors");
  }
}

/// The numbers of Marian's 8 bits: one multiplier a matrix, whose rows do not reach 127, and would if they were rounded
/// again.
TEST_F(ConvertWeights, In8BitsOfMarianStayAsTheyAre) {
  for (const std::string model : {"ssru", "pre_norm"}) {
    const std::string convert = "rotor-convert marian " + kMarian + model + "/model.bin ";
    succeed("rm -f *.safetensors && " + convert + "floats.safetensors && " + convert +
            "kept.safetensors --quantize int8");
    const SafeTensors kept = open_model(folder_ / "kept.safetensors"), floats(folder_ / "floats.safetensors");
    int matrices = 0, short_rows = 0;
    for (const auto& [name, tensor] : kept.tensors()) {
      if (tensor.type != DataType::kI8 || name.find("embed_tokens") != name.npos)
        continue;  // these Marian has as floats
      ++matrices;
      const auto values = kept.elements<int8_t>(name);
      const auto scales = kept.elements<float>(name + ".scales"), numbers = floats.elements<float>(name);
      const size_t width = values.size() / scales.size();
      for (size_t row = 0; row < scales.size(); ++row) {
        ASSERT_EQ(scales[row], scales[0]) << name;
        int largest = 0;
        for (size_t i = row * width; i < (row + 1) * width; ++i) {
          largest = std::max(largest, std::abs(values[i]));
          ASSERT_NEAR(values[i] * scales[row], numbers[i], 1e-6 * std::abs(numbers[i])) << name;
        }
        short_rows += largest < 127 ? 1 : 0;
      }
    }
    EXPECT_GT(matrices, 15) << model;
    EXPECT_GT(short_rows, 100) << model;
    std::string text;
    for (const Json& line : Json::parse(text_of(ROTOR_GOLDEN "/marian.json"))[model]["sentences"]) {
      text += line.get<std::string>() + '\n';
    }
    folder_.file("text", text);
    const std::string expected = translations("floats.safetensors");
    EXPECT_GE(std::count(expected.begin(), expected.end(), '\n'), 10);
    EXPECT_EQ(translations("kept.safetensors --quantize none"), expected) << model;
    EXPECT_EQ(translations("kept.safetensors"), translations("kept.safetensors --quantize int8")) << model;
    EXPECT_TRUE(says(run("rotor-inspect --tensors kept.safetensors").out, "I8")) << model;
  }
}

TEST_F(ConvertWeights, InSeveralFilesMustAllBeThere) {
  expect_refusal("bin_shards", "rm config.json pytorch_model-00001* pytorch_model-00003*",
                 "in: expected config.json, pytorch_model-00001-of-", "pytorch_model-00003-of-", "whole folder");
  expect_refusal("bf16_shards", "echo '{}' > model.safetensors.index.json", "index.json: expected a weight_map");
  expect_refusal("bf16_shards", "echo '[' > model.safetensors.index.json", "index.json: expected a JSON object");
  expect_refusal("bf16_shards",
                 "cp model-00001* model-copy && sed -i '0,/model-00002[^\"]*/s//model-copy/' *.index.json",
                 "expected tensors that no other file has");
  expect_refusal("bf16_shards", "sed -i 's/model.encoder.layer_norm.bias/model.encoder.layer_norm.bios/' *.index.json",
                 "expected the tensors that model.safetensors.index.json names", "layer_norm.bios");
  expect_refusal("bf16_shards", "truncate -s -8 model-00002*", "model-00002", "is the download whole?");
}

TEST_F(ConvertWeights, OfAnIndexThatLeadsElsewhereAreNotRead) {
  for (const std::string path :
       {"..\\/model.safetensors", "\\/etc\\/passwd", "..", "a\\\\\\\\b", "sub\\/model.safetensors"}) {
    expect_refusal("bf16_shards", "sed -i '0,/model-00002[^\"]*/s//" + path + "/' *.index.json",
                   "index.json: expected names of files in this folder", "nothing outside of it is read");
  }
  expect_refusal("bf16_shards", "sed -i '0,/\"model-00002[^\"]*\"/s//[7]/' *.index.json",
                 "names of files in this folder");
}

/// Of 150 MB of floats, no more than a matrix and some blocks are in memory at once.
TEST_F(ConvertWeights, OfALargeModelAreNotAllInMemory) {
  folder_.file("large.py", R"(
import json, sys
path = sys.argv[1]
file = open(path, "rb")
size = int.from_bytes(file.read(8), "little")
known, header, end = json.loads(file.read(size)), {}, 0
widths = {16: 512, 24: 2048}
for name, entry in known.items():
    if name == "__metadata__":
        continue
    shape = [entry["shape"][0] if "embeddings" in name and len(entry["shape"]) == 2 else widths.get(entry["shape"][0], entry["shape"][0])]
    shape += [widths[n] for n in entry["shape"][1:]]
    for layer in range(12) if ".layer.0." in name else [None] if ".layer." not in name else []:
        count = 2
        for extent in shape:
            count *= extent
        header[name.replace(".0.", f".{layer}.")] = {"dtype": "F16", "shape": shape, "data_offsets": [end, end + count]}
        end += count
text = json.dumps(header).encode()
with open(path, "wb") as out:
    out.write(len(text).to_bytes(8, "little") + text)
    out.truncate(8 + len(text) + end)
)");
  folder_.file("peak.py", R"(
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
)");
  succeed("cp -r " + kFolders +
          "bert_masked_lm in && python3 large.py in/model.safetensors && sed -i "
          "'s/\"hidden_size\": 16/\"hidden_size\": 512/; s/\"intermediate_size\": 24/\"intermediate_size\": 2048/; "
          "s/\"num_hidden_layers\": 2/\"num_hidden_layers\": 12/' in/config.json");
  for (const std::string type : {"none", "bf16", "int8"}) {
    const CommandResult result =
        run("python3 peak.py $(which rotor-convert) bert in out.safetensors --quantize " + type);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_LT(std::stoi(result.out), 110) << type << ": MB at most";
    EXPECT_GT(SafeTensors(folder_ / "out.safetensors").size(), type == "none" ? 140e6 : type == "bf16" ? 70e6 : 35e6);
  }
}

}  // namespace
}  // namespace rotor
