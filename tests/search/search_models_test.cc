#include "search/search_models.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/given_vocabulary.h"
#include "format/damage.h"
#include "search/fairseq.h"
#include "text/byte_vocabulary.h"

namespace rotor {
namespace {

using Paths = std::vector<std::string>;

TEST(ModelPaths, StandBetweenColons) {
  EXPECT_EQ(model_paths("a"), Paths{"a"});
  EXPECT_EQ(model_paths("a:b:c"), (Paths{"a", "b", "c"}));
  EXPECT_EQ(model_paths("a:"), (Paths{"a", ""}));
  EXPECT_EQ(model_paths(""), Paths{""});
}

TEST(ModelPaths, HoldColonsWhereThereIsSuchAFile) {
  const ScratchFolder folder;
  const std::string colons = folder.file("run:1:2", ""), shorter = folder.file("run:1", ""),
                    plain = folder.file("plain", "");
  EXPECT_EQ(model_paths(colons), Paths{colons});
  EXPECT_EQ(model_paths(plain + ":" + colons), (Paths{plain, colons}));
  EXPECT_EQ(model_paths(colons + ":" + plain + ":" + shorter), (Paths{colons, plain, shorter}));
  EXPECT_EQ(model_paths(shorter + ":3"), (Paths{shorter, "3"}));
}

TEST(SearchModels, SayWhatToDoWithAnEncoder) {
  const ScratchFolder folder;
  const auto refused = [&](const std::string& task) {
    TransformerOptions options;
    options.task = task;
    options.apply_architecture("bert_tiny");
    options.encoder.layers = 1;
    options.tokens.mask = 4;
    const VocabularyBytes vocabulary{serialized_bytes(), serialized_bytes()};
    options.source_vocabulary = options.target_vocabulary = Vocabulary::from_bytes(vocabulary.source).size();
    const auto model = make_model(options);
    SafeTensorsWriter writer;
    add_model(writer, *model, vocabulary);
    writer.write(folder / "encoder");
    return message_of<Error>([&] { SearchModels(folder / "encoder", ComputeOptions{}); });
  };
  EXPECT_TRUE(says(refused(kSentencePrediction),
                   "/encoder: expected a model that writes text, of the task translation or "
                   "language_modeling, got one of sentence_prediction",
                   "rotor-evaluate or rotor-serve predict"));
  EXPECT_TRUE(says(refused(kMaskedLm), "got one of masked_lm", "--finetune-from-model"));
  EXPECT_TRUE(says(refused(kSentenceEncoding), "rotor-serve make vectors"));
}

/// The pieces of the vocabulary are rows of matrices, which are refused before any is read.
TEST(SearchModels, RefusesAVocabularyOfAnotherSizeThanTheModelsBeforeItReadsTheModel) {
  const ScratchFolder folder;
  const SafeTensors golden(fairseq_model_path());
  auto config = nlohmann::json::parse(golden.metadata("config"));
  config["source_vocabulary"] = config["target_vocabulary"] = 50;
  SafeTensorsWriter writer;
  for (const auto& [name, tensor] : golden.tensors()) writer.add(name, tensor.type, tensor.shape, tensor.bytes);
  for (const auto& [key, value] : golden.metadata()) writer.set(key, key == "config" ? config.dump() : value);
  writer.write(folder / "model");
  ComputeOptions options;
  for (const bool limited : {false, true}) {
    if (limited) options.vocab_limit = folder.file("pieces", vocabularies_of(golden).target.piece(99) + "\n");
    EXPECT_TRUE(says(message_of<Error>([&] { SearchModels(folder / "model", options); }),
                     "expects a target vocabulary of 50 pieces, its vocabulary has 100"));
  }
}

/// The golden model as a file with checksums, and one bit of it wrong.
std::filesystem::path damaged_model(const ScratchFolder& folder) {
  const SafeTensors golden(fairseq_model_path());
  const auto model = load<EncoderDecoder>(golden);
  const VocabularyBytes vocabulary = read_vocabulary(golden);
  SafeTensorsWriter writer;
  add_model(writer, *model, vocabulary);
  writer.write(folder / "a:b");
  flip_bit(folder / "a:b", "encoder.layers.0.fc1.weight");
  return folder / "a:b";
}

TEST(SearchModels, RefusesADamagedModelAndNamesTheTensorUnlessToldNotToLook) {
  const ScratchFolder folder;
  const std::string path = damaged_model(folder), both = fairseq_model_path().string() + ":" + path;
  for (const std::string& paths : {path, both}) {
    EXPECT_TRUE(says(message_of<DamagedFile>([&] { SearchModels(paths, {}); }), "a:b is damaged",
                     "tensor 'encoder.layers.0.fc1.weight'"));
  }
  ComputeOptions unverified;
  unverified.no_verify = true;
  EXPECT_EQ(SearchModels(both, unverified).translators.size(), 2u);
}

}  // namespace
}  // namespace rotor
