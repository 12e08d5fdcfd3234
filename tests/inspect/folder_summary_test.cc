#include "inspect/folder_summary.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "compare/compared.h"
#include "model/model_file.h"
#include "model/tiny_model.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

TEST(SummariseFolder, OfACorpusGivesTheSplitsAndTheVocabulary) {
  const ComparedFolder folder;
  const Json summary = summarise_folder(folder.scratch() / "corpus");
  EXPECT_EQ(summary["kind"], "corpus folder");
  EXPECT_EQ(summary["languages"], (Json{{"source", "en"}, {"target", "de"}}));
  EXPECT_EQ(summary["vocabulary"]["size"], 30);
  EXPECT_EQ(summary["manifest"], false);
  EXPECT_EQ(summary["splits"]["train"]["pairs"], 8);
  EXPECT_TRUE(summary["splits"].contains("valid"));
}

/// Writes a checkpoint of a tiny model.
void write_checkpoint(const std::filesystem::path& path, int updates) {
  const EncoderDecoder model(tiny_options());
  const VocabularyBytes vocabulary{"words", "words"};
  SafeTensorsWriter writer;
  add_model(writer, model, vocabulary);
  add_languages(writer, {"en", "de"});
  writer.set("trainer", Json{{"updates", updates}, {"best_loss", 4.5}}.dump());
  writer.write(path);
}

TEST(SummariseFolder, OfATrainingGivesWhereItStandsItsLastValidationAndItsCheckpoints) {
  const ScratchFolder folder;
  write_checkpoint(folder / "checkpoint_1.safetensors", 10);
  write_checkpoint(folder / "checkpoint_last.safetensors", 15);
  folder.file("checkpoint_2.safetensors", "cut off");
  folder.file("train.jsonl",
              "{\"update\":10,\"valid_loss\":5}\n{\"update\":12,\"valid_loss\":4}\n{\"update\":15}\n{\"upd");
  const Json summary = summarise_folder(folder.path());
  EXPECT_EQ(summary["kind"], "run folder");
  EXPECT_EQ(summary["languages"]["target"], "de");
  EXPECT_EQ(summary["trainer"], (Json{{"updates", 15}, {"best_loss", 4.5}}));
  EXPECT_EQ(summary["last_validation"]["update"], 12);
  ASSERT_EQ(summary["checkpoints"].size(), 3u);
  EXPECT_EQ(summary["checkpoints"][0]["updates"], 10);
  EXPECT_TRUE(says(summary["checkpoints"][1]["damaged"].get<std::string>(), "not a sound safetensors file"));
  EXPECT_EQ(summary["options"]["encoder_layers"], 2);
}

TEST(SummariseFolder, OfATrainingWithoutCheckpointsGivesItsLastValidation) {
  const ScratchFolder folder;
  folder.file("train.jsonl", "{\"update\":10,\"valid_loss\":5}\n");
  EXPECT_EQ(summarise_folder(folder.path())["last_validation"]["valid_loss"], 5);
}

TEST(SummariseFolder, OfAnotherFolderIsRefused) {
  const ScratchFolder folder;
  folder.file("model.safetensors", "");
  EXPECT_TRUE(says(message_of<Error>([&] { summarise_folder(folder.path()); }), "vocabulary.model", "train.jsonl"));
}

}  // namespace
}  // namespace rotor
