#include "model/average.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/random.h"
#include "base/scratch.h"
#include "format/damage.h"
#include "model/encoder_decoder.h"

namespace rotor {
namespace {

TransformerOptions small_options() {
  TransformerOptions options;
  options.encoder.layers = options.decoder.layers = 1;
  options.encoder.embed_dim = options.decoder.embed_dim = 8;
  options.encoder.ffn_embed_dim = options.decoder.ffn_embed_dim = 12;
  options.encoder.attention_heads = options.decoder.attention_heads = 2;
  options.source_vocabulary = options.target_vocabulary = 10;
  return options;
}

/// Writes a checkpoint of random parameters, with a trainer's state.
std::filesystem::path checkpoint(const ScratchFolder& folder, const std::string& name, uint64_t seed,
                                 const TransformerOptions& options = small_options(),
                                 const std::string& vocabulary = "pieces") {
  EncoderDecoder model(options);
  model.initialise(seed);
  const VocabularyBytes bytes{vocabulary, vocabulary};
  SafeTensorsWriter writer;
  add_model(writer, model, bytes);
  writer.add("optimizer.first", Tensor::zeros({3}));
  writer.set("trainer", "{\"updates\": 7, \"best_loss\": 2.5, \"best_bleu\": null}");
  add_languages(writer, {"en", "de"});
  add_trained_length(writer, 40 + static_cast<int64_t>(seed));
  writer.write(folder / name);
  return folder / name;
}

TEST(AverageModels, EachParameterIsTheMeanInDouble) {
  const ScratchFolder folder;
  const auto a = checkpoint(folder, "a", 1), b = checkpoint(folder, "b", 2), c = checkpoint(folder, "c", 3);
  average_models({a, b, c}, folder / "mean");
  const SafeTensors mean(folder / "mean"), first(a), second(b), third(c);
  int compared = 0;
  for (const auto& [name, stored] : first.tensors()) {
    if (stored.type != DataType::kF32 || name.starts_with("optimizer.")) continue;
    const Tensor got = mean.tensor(name), x = first.tensor(name), y = second.tensor(name), z = third.tensor(name);
    for (int64_t i = 0; i < got.elements(); ++i) {
      const double sum = static_cast<double>(x.data()[i]) + y.data()[i] + z.data()[i];
      ASSERT_EQ(got.data()[i], static_cast<float>(sum / 3)) << name;
      ++compared;
    }
  }
  EXPECT_GT(compared, 500);
}

TEST(AverageModels, WriteAModelWithoutTheStateOfItsTraining) {
  const ScratchFolder folder;
  average_models({checkpoint(folder, "a", 1), checkpoint(folder, "b", 2)}, folder / "mean");
  const SafeTensors mean(folder / "mean");
  EXPECT_FALSE(mean.contains("optimizer.first"));
  EXPECT_FALSE(mean.metadata().contains("trainer"));
  EXPECT_EQ(read_vocabulary(mean).source, "pieces");
  EXPECT_EQ(load_model(mean)->options().to_config(), small_options().to_config());
}

TEST(AverageModels, OfOneModelAreThatModelAndOfTheSameFilesTheSameBytes) {
  const ScratchFolder folder;
  const auto a = checkpoint(folder, "a", 1), b = checkpoint(folder, "b", 2);
  average_models({a}, folder / "one");
  const SafeTensors one(folder / "one"), same(a);
  EXPECT_EQ(one.at("encoder.layers.0.fc1.weight").bytes, same.at("encoder.layers.0.fc1.weight").bytes);
  average_models({a, b}, folder / "first");
  average_models({a, b}, folder / "again");
  EXPECT_EQ(text_of(folder / "first"), text_of(folder / "again"));
}

TEST(AverageModels, SayWhichFilesTheyAreOfAndKeepLanguagesAndLength) {
  const ScratchFolder folder;
  const auto a = checkpoint(folder, "a", 1), b = checkpoint(folder, "b", 2);
  average_models({a, b}, folder / "mean");
  const SafeTensors mean(folder / "mean");
  EXPECT_EQ(averaged_files(mean).dump(), R"([{"file":"a","updates":7,"best_loss":2.5},)"
                                         R"({"file":"b","updates":7,"best_loss":2.5}])");
  EXPECT_EQ(read_languages(mean).source, "en");
  EXPECT_EQ(read_languages(mean).target, "de");
  EXPECT_EQ(read_trained_length(mean), 42) << "the longest";
  EXPECT_TRUE(averaged_files(SafeTensors(a)).empty());
  average_models({folder / "mean"}, folder / "rounded", WeightType::kBfloat16);
  EXPECT_EQ(averaged_files(SafeTensors(folder / "rounded")), averaged_files(mean));
  EXPECT_EQ(read_trained_length(SafeTensors(folder / "rounded")), 42);
  average_models({folder / "mean", folder / "mean"}, folder / "of_means");
  EXPECT_EQ(averaged_files(SafeTensors(folder / "of_means")).dump(), R"([{"file":"mean"},{"file":"mean"}])");
}

TEST(AverageModels, RefuseADamagedFileAndNameTheTensorButLookAtNoStateOfTraining) {
  const ScratchFolder folder;
  const auto a = checkpoint(folder, "a", 1), b = checkpoint(folder, "b", 2);
  flip_bit(b, "optimizer.first");
  average_models({a, b}, folder / "mean");
  flip_bit(b, "decoder.layers.0.fc1.bias");
  EXPECT_TRUE(says(message_of<DamagedFile>([&] {
                     average_models({a, b}, folder / "damaged");
                   }),
                   "b is damaged: tensor 'decoder.layers.0.fc1.bias' does not match"));
  EXPECT_FALSE(std::filesystem::exists(folder / "damaged"));
  average_models({a, b}, folder / "damaged", WeightType::kFloat32, Verification::kNone);
}

TEST(AverageModels, ReplaceNoFileThatIsAveragedAndNoCheckpoint) {
  const ScratchFolder folder;
  const auto a = checkpoint(folder, "a", 1), b = checkpoint(folder, "b", 2);
  const std::string before = text_of(a);
  std::filesystem::create_symlink("a", folder / "link");
  const auto refusal = [&](const std::vector<std::filesystem::path>& files, const std::string& output) {
    return message_of<UsageError>([&] { average_models(files, folder / output); });
  };
  EXPECT_TRUE(says(refusal({a, b}, "a"), "--output", "another file of this command"));
  EXPECT_TRUE(says(refusal({a, b}, "link"), "another file of this command"));
  EXPECT_TRUE(says(refusal({b}, "a"), "would replace a checkpoint"));
  EXPECT_EQ(text_of(a), before);
  average_models({a}, folder / "mean");
  average_models({b}, folder / "mean");  // a model may be replaced
  folder.file("text", "no model");
  average_models({b}, folder / "text");
}

TEST(AverageModels, RefuseFilesThatDisagreeByName) {
  const ScratchFolder folder;
  const auto a = checkpoint(folder, "a", 1);
  auto refusal = [&](const std::filesystem::path& other) {
    const std::string message = message_of<Error>([&] { average_models({a, other}, folder / "mean"); });
    EXPECT_FALSE(std::filesystem::exists(folder / "mean"));
    return message;
  };
  TransformerOptions deeper = small_options();
  deeper.decoder.layers = 2;
  EXPECT_TRUE(says(refusal(checkpoint(folder, "deeper", 2, deeper)), "deeper", "decoder_layers", "2"));
  EXPECT_TRUE(says(refusal(checkpoint(folder, "other", 2, small_options(), "others")), "other", "vocabulary"));
  SafeTensorsWriter writer;
  writer.set("format", "rotor-corpus");
  writer.write(folder / "corpus");
  EXPECT_TRUE(says(refusal(folder / "corpus"), "corpus", "expected a Rotor model"));
  EXPECT_TRUE(says(refusal(folder.file("text", "a text file, not a model\n")), "text", "safetensors"));
  EXPECT_TRUE(says(refusal(folder / "missing"), "missing"));
}

TEST(AverageModels, RefuseOtherShapesByName) {
  const ScratchFolder folder;
  const auto a = checkpoint(folder, "a", 1);
  const SafeTensors file(a);
  SafeTensorsWriter writer;
  for (const auto& [name, stored] : file.tensors()) {
    const bool changed = name == "decoder.layers.0.fc1.bias";
    if (!changed) writer.add(name, stored.type, stored.shape, stored.bytes);
    if (changed) writer.add(name, Tensor::zeros({5}));
  }
  for (const char* key : {"format", "version", "config"}) writer.set(key, file.metadata(key));
  writer.write(folder / "reshaped");
  EXPECT_TRUE(says(message_of<Error>([&] {
                     average_models({a, folder / "reshaped"}, folder / "mean");
                   }),
                   "reshaped", "decoder.layers.0.fc1.bias", "[12]", "[5]"));
}

TEST(AverageModels, In8BitsKeepEveryMatrixOfProductsWithinHalfAStep) {
  const ScratchFolder folder;
  const auto a = checkpoint(folder, "a", 1);
  average_models({a}, folder / "rounded", WeightType::kInt8);
  const SafeTensors rounded(folder / "rounded"), floats(a);
  EXPECT_EQ(weight_type_of(rounded), WeightType::kInt8);
  EXPECT_EQ(weight_type_of(floats), WeightType::kFloat32);
  EXPECT_EQ(rounded.at("decoder.layers.0.fc1.weight").type, DataType::kI8);
  EXPECT_EQ(rounded.at("encoder.embed_tokens.weight").type, DataType::kI8);
  EXPECT_EQ(rounded.at("decoder.layers.0.fc1.bias").type, DataType::kF32);
  const auto model = load_model(rounded), exact = load_model(floats);
  const auto ours = model->parameters(), theirs = exact->parameters();
  for (size_t i = 0; i < ours.size(); ++i) {
    const Tensor x = ours[i].variable.value(), y = theirs[i].variable.value();
    float largest = 0;
    for (float value : y.span()) largest = std::max(largest, std::abs(value));
    const float step = rounded.at(ours[i].name).type == DataType::kI8 ? largest / 127 : 0;
    for (int64_t j = 0; j < x.elements(); ++j) ASSERT_NEAR(x.data()[j], y.data()[j], step / 2 + 1e-7) << ours[i].name;
  }
  average_models({folder / "rounded"}, folder / "again", WeightType::kInt8);  // what is rounded stays as it is
  EXPECT_EQ(text_of(folder / "again"), text_of(folder / "rounded"));
}

TEST(AverageModels, InBfloat16KeepEveryMatrixOfProductsTo8BitsOfMantissa) {
  const ScratchFolder folder;
  const auto a = checkpoint(folder, "a", 1);
  average_models({a}, folder / "rounded", WeightType::kBfloat16);
  const SafeTensors rounded(folder / "rounded"), floats(a);
  EXPECT_EQ(weight_type_of(rounded), WeightType::kBfloat16);
  EXPECT_EQ(rounded.at("decoder.layers.0.fc1.weight").type, DataType::kBF16);
  EXPECT_EQ(rounded.at("encoder.embed_tokens.weight").type, DataType::kBF16);
  EXPECT_EQ(rounded.at("decoder.layers.0.fc1.bias").type, DataType::kF32);
  const auto model = load_model(rounded), exact = load_model(floats);
  const auto ours = model->parameters(), theirs = exact->parameters();
  for (size_t i = 0; i < ours.size(); ++i) {
    const Tensor x = ours[i].variable.value(), y = theirs[i].variable.value();
    const float relative = rounded.at(ours[i].name).type == DataType::kBF16 ? 1.f / 256 : 0.f;
    for (int64_t j = 0; j < x.elements(); ++j) {
      ASSERT_LE(std::abs(x.data()[j] - y.data()[j]), relative * std::abs(y.data()[j])) << ours[i].name;
    }
  }
  average_models({folder / "rounded"}, folder / "again", WeightType::kBfloat16);  // what is rounded stays as it is
  EXPECT_EQ(text_of(folder / "again"), text_of(folder / "rounded"));
  EXPECT_TRUE(
      says(message_of<Error>([&] { average_models({folder / "rounded"}, folder / "twice", WeightType::kInt8); }),
           "rounded", "expected matrices of floats"));
}

}  // namespace
}  // namespace rotor
