#include "model/model_file.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/progress.h"
#include "base/scratch.h"
#include "golden.h"
#include "model/average.h"
#include "model/tiny_model.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

/// What a file of a model may be given wrongly.
struct Wrong {
  std::string left_out = "", reshaped = "", version = "", config = "";
};

class ModelFile : public testing::Test {
 protected:
  std::filesystem::path save(const TransformerOptions& options, const VocabularyBytes& bytes = {"joined", "joined"}) {
    model_ = std::make_unique<EncoderDecoder>(options);
    model_->initialise(5);
    SafeTensorsWriter writer;
    add_model(writer, *model_, bytes);
    writer.write(path_);
    return path_;
  }

  /// The file again, with something wrong.
  SafeTensors spoilt(const Wrong& wrong) {
    const SafeTensors right(path_);
    SafeTensorsWriter writer;
    for (const auto& [name, tensor] : right.tensors()) {
      if (name == wrong.left_out) continue;
      std::vector<int64_t> shape = tensor.shape;
      if (name == wrong.reshaped) std::swap(shape[0], shape[1]);
      writer.add(name, tensor.type, shape, tensor.bytes);
    }
    for (const auto& [key, value] : right.metadata()) {
      if (key != wrong.left_out) writer.set(key, value);
    }
    if (!wrong.version.empty()) writer.set("version", wrong.version);
    if (!wrong.config.empty()) writer.set("config", wrong.config);
    writer.write(folder_ / "spoilt.safetensors");
    return SafeTensors(folder_ / "spoilt.safetensors");
  }

  Tensor logits(const EncoderDecoder& model) const {
    const NoGrad no_grad;
    const TokenBatch source = random_tokens({4, 6}, 30, 1), target = random_tokens({5, 3}, 30, 2);
    StackState state = model.start(model.encode(source), source.lengths);
    return model.output()(model.decode(target, state)).value();
  }

  ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "model.safetensors";
  std::unique_ptr<EncoderDecoder> model_;
};

TEST_F(ModelFile, GivesBackTheModel) {
  TransformerOptions options = tiny_options();
  options.position.encoding = "learned";
  options.encoder.normalize_before = true;
  const SafeTensors file(save(options));
  const auto loaded = load<EncoderDecoder>(file);
  EXPECT_EQ(loaded->options().to_config(), options.to_config());
  expect_same_bits(logits(*loaded), logits(*model_), "logits");
  EXPECT_EQ(file.metadata("format"), "rotor");
}

TEST_F(ModelFile, StoresASharedMatrixOnceUnderItsFirstName) {
  const SafeTensors shared(save(tiny_options()));
  EXPECT_TRUE(shared.contains("encoder.embed_tokens.weight"));
  EXPECT_FALSE(shared.contains("decoder.embed_tokens.weight"));
  EXPECT_FALSE(shared.contains("decoder.output_projection.weight"));
}

TEST_F(ModelFile, StoresSeparateMatricesEach) {
  TransformerOptions options = tiny_options();
  options.share_all_embeddings = false;
  options.target_vocabulary = 33;
  const SafeTensors two(save(options));
  EXPECT_TRUE(two.contains("decoder.embed_tokens.weight"));
  EXPECT_FALSE(two.contains("decoder.output_projection.weight"));
  options.share_decoder_input_output_embed = false;
  const SafeTensors three(save(options));
  EXPECT_EQ(three.at("decoder.output_projection.weight").shape, (std::vector<int64_t>{33, 12}));
  expect_same_bits(logits(*load<EncoderDecoder>(three)), logits(*model_), "logits");
}

TEST_F(ModelFile, KeepsOneVocabularyOrTwo) {
  const SafeTensors joined(save(tiny_options(), {"both", "both"}));
  EXPECT_TRUE(joined.contains("vocabulary"));
  EXPECT_EQ(read_vocabulary(joined).target, "both");
  const SafeTensors separate(save(tiny_options(), {"one", "other"}));
  EXPECT_FALSE(separate.contains("vocabulary"));
  EXPECT_EQ(read_vocabulary(separate).source, "one");
  EXPECT_EQ(read_vocabulary(separate).target, "other");
}

/// A model in few bits computes as the model of the floats that they stand for, and makes none of its matrices floats.
TEST_F(ModelFile, OfFewBitsIsThatOfItsFloatsWithoutHoldingThem) {
  for (const bool shared : {true, false}) {
    TransformerOptions options = tiny_options();
    options.position.encoding = "learned";
    options.share_all_embeddings = options.share_decoder_input_output_embed = shared;
    save(options);
    for (const WeightType stored : {WeightType::kFloat32, WeightType::kBfloat16, WeightType::kInt8}) {
      average_models({path_}, folder_ / "few.safetensors", stored);
      SafeTensorsWriter writer;
      const VocabularyBytes vocabulary{"joined", "joined"};
      const auto widened = load_model(SafeTensors(folder_ / "few.safetensors"));
      add_model(writer, *widened, vocabulary);
      writer.write(folder_ / "floats.safetensors");
      for (const WeightType type : {WeightType::kFloat32, WeightType::kBfloat16, WeightType::kInt8}) {
        using Words = std::optional<std::vector<int32_t>>;
        for (const Words& words : {Words(), Words({2, 7, 29})}) {
          const auto load = [&](const char* name) {
            return load_prepared<EncoderDecoder>(SafeTensors(folder_ / name), type, words);
          };
          const auto few = load("few.safetensors");
          expect_same_bits(logits(*few), logits(*load("floats.safetensors")), "logits");
          for (const auto& parameter : few->parameters()) {
            const Tensor numbers = parameter.variable.value();
            EXPECT_EQ(std::isnan(*numbers.data()), is_product_matrix(parameter.name, numbers.rank())) << parameter.name;
          }
        }
      }
    }
  }
}

/// Rope may be scaled for a finished model: it is then one that was made so, with the same parameters.
TEST_F(ModelFile, IsReadWithAnotherScalingOfRope) {
  TransformerOptions options = tiny_options();
  options.position.encoding = "rope";
  const SafeTensors file(save(options));
  const Tensor plain = logits(*model_);
  for (const char* kind : {"linear", "dynamic-ntk", "yarn", "none"}) {
    RopeScalingOptions& scaling = options.position.rope_scaling;
    scaling.kind = kind;
    scaling.factor = 4;
    scaling.original_length = 3;
    const auto read = load_prepared<EncoderDecoder>(file, WeightType::kFloat32, {}, scaling);
    EXPECT_EQ(read->options().position.rope_scaling.kind, kind);
    EncoderDecoder made(options);
    for (const auto& parameter : made.parameters()) parameter.variable.value().copy_from(file.tensor(parameter.name));
    golden::expect_near(logits(*read), logits(made), 1e-5, kind);
    const Tensor scaled = logits(*read);
    double largest = 0;
    for (int64_t i = 0; i < plain.elements(); ++i) {
      largest = std::max<double>(largest, std::abs(scaled.contiguous().data()[i] - plain.contiguous().data()[i]));
    }
    EXPECT_EQ(largest > 1e-3, std::string(kind) != "none") << kind << " " << largest;
  }
}

/// A scaling that does not say the original length takes what the file knows of it.
TEST_F(ModelFile, KnowsTheLengthThatAScalingOfRopeNeeds) {
  TransformerOptions options = tiny_options();
  options.position.encoding = "rope";
  RopeScalingOptions scaling;
  scaling.kind = "yarn";
  scaling.factor = 4;
  const auto original = [&](const SafeTensors& file) {
    return load_prepared<EncoderDecoder>(file, WeightType::kFloat32, {}, scaling)
        ->options()
        .position.rope_scaling.original_length;
  };
  const auto write = [&](const std::string& name, int64_t length) {
    const EncoderDecoder model(options);
    const VocabularyBytes bytes{"pieces", "pieces"};
    SafeTensorsWriter writer;
    add_model(writer, model, bytes);
    add_trained_length(writer, length);
    writer.write(folder_ / name);
    return SafeTensors(folder_ / name);
  };
  EXPECT_EQ(read_trained_length(write("unknown", 0)), 0);
  EXPECT_TRUE(says(message_of<UsageError>([&] { original(write("unknown", 0)); }), "--rope-original-length"));
  EXPECT_EQ(read_trained_length(write("known", 40)), 40);
  EXPECT_EQ(original(write("known", 40)), 40);
  scaling.original_length = 20;
  EXPECT_EQ(original(write("known", 40)), 20) << "what is asked for";
  scaling.original_length = 0;
  options.position.rope_scaling = {.kind = "linear", .factor = 2, .original_length = 10};
  EXPECT_EQ(original(write("scaled", 40)), 10) << "of its own scaling";
  options.position.rope_scaling.kind = "none";
  EXPECT_EQ(original(write("plain", 40)), 40) << "of no scaling there is none";
  SafeTensorsWriter writer;
  writer.set("trained_length", "long");
  writer.write(folder_ / "damaged");
  EXPECT_TRUE(says(message_of<Error>([&] { read_trained_length(SafeTensors(folder_ / "damaged")); }), "damaged",
                   "trained_length", "'long'"));
}

TEST_F(ModelFile, RefusesAScalingOfRopeThatIsNotForIt) {
  const SafeTensors sinusoidal(save(tiny_options()));
  RopeScalingOptions scaling;
  scaling.kind = "linear";
  scaling.factor = 2;
  const auto refusal = [&](const SafeTensors& file) {
    return message_of<UsageError>([&] { load_for_decoding(file, std::nullopt, {}, scaling); });
  };
  EXPECT_TRUE(says(refusal(sinusoidal), "--rope-scaling linear is for models with the position encoding rope",
                   "model.safetensors has sinusoidal"));
  TransformerOptions options = tiny_options();
  options.position.encoding = "rope";
  scaling.kind = "yarn";
  const SafeTensors rope(save(options));
  EXPECT_TRUE(says(refusal(rope), "--rope-original-length"));
}

TEST_F(ModelFile, NamesWhatIsMissingOrOfAnotherShape) {
  save(tiny_options());
  const std::string name = "decoder.layers.1.fc1.weight";
  EXPECT_TRUE(says(message_of<Error>([&] { load_model(spoilt({.left_out = name})); }), "spoilt.safetensors", name));
  EXPECT_TRUE(says(message_of<Error>([&] { load_model(spoilt({.reshaped = name})); }), "spoilt.safetensors", name,
                   "[20, 12]", "[12, 20]"));
}

TEST_F(ModelFile, RefusesANewerVersionByItsNumber) {
  save(tiny_options());
  EXPECT_TRUE(says(message_of<Error>([&] { load_model(spoilt({.version = "7"})); }), "version 7", "newer Rotor"));
}

TEST_F(ModelFile, WithoutAVersionIsOfTheFirst) {
  save(tiny_options());
  EXPECT_EQ(load_model(spoilt({.left_out = "version"}))->options().to_config(), tiny_options().to_config());
  for (const char* version : {"one", "1x", "-1", "0"}) {
    EXPECT_TRUE(says(message_of<Error>([&] { load_model(spoilt({.version = version})); }), "version", version));
  }
}

TEST_F(ModelFile, WhoseConfigClaimsMoreThanTheFileHoldsTakesNoMemory) {
  const SafeTensors right(save(tiny_options()));
  const auto load_with = [&](const char* encoding, const char* key, int64_t value) {
    auto config = nlohmann::json::parse(right.metadata("config"));
    config["position_encoding"] = encoding;
    config["max_distance"] = 1 << 24;  // so that it is not what is refused beside many buckets
    config[key] = value;
    if (std::string(key) == "source_vocabulary") config["target_vocabulary"] = value;
    return message_of<Error>([&] { load_model(spoilt({.config = config.dump()})); });
  };
  const int64_t memory = peak_memory_mb();
  for (const char* key : {"encoder_layers", "decoder_layers", "encoder_ffn_embed_dim", "source_vocabulary"}) {
    for (const int64_t value : {int64_t{10'000'000}, int64_t{1} << 28, int64_t{1} << 62}) {
      EXPECT_TRUE(says(load_with("rope", key, value), "spoilt.safetensors: ", "expect")) << key << " " << value;
    }
  }
  EXPECT_TRUE(says(load_with("rope", "source_vocabulary", -1), "source_vocabulary of at least 0"));
  for (const auto& [encoding, key] :
       {std::pair{"learned", "max_positions"}, std::pair{"tupe", "max_positions"},
        std::pair{"shaw", "max_relative_position"}, std::pair{"t5", "t5_buckets"}, std::pair{"tupe", "t5_buckets"},
        std::pair{"sandwich", "sandwich_width"}, std::pair{"deberta", "max_relative_position"}}) {
    EXPECT_TRUE(says(load_with(encoding, key, 1 << 24), "spoilt.safetensors: ", "expect")) << encoding;
  }
  EXPECT_LT(peak_memory_mb(), memory + 300);
}

TEST_F(ModelFile, RefusesForeignFiles) {
  SafeTensorsWriter writer;
  writer.add("weight", random_tensor({2, 3}, 1));
  writer.write(path_);
  EXPECT_TRUE(says(message_of<Error>([&] { load_model(SafeTensors(path_)); }), "model.safetensors", "Rotor model"));
}

}  // namespace
}  // namespace rotor
