#include "inspect/file_summary.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/files.h"
#include "base/scratch.h"
#include "data/corpus_writer.h"
#include "model/language_model.h"
#include "model/model_file.h"
#include "model/tiny_model.h"
#include "text/byte_vocabulary.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

class Summary : public testing::Test {
 protected:
  Json of(const TransformerOptions& options, const VocabularyBytes& vocabulary, const std::string& trainer = "") {
    const EncoderDecoder model(options);
    SafeTensorsWriter writer;
    add_model(writer, model, vocabulary);
    if (!trainer.empty()) {
      writer.set("trainer", trainer);
      writer.add("optimizer.first_moment.x", Tensor::zeros({5}));
    }
    writer.write(path_);
    total_ = count_elements(model);
    return summarise(SafeTensors(path_), false);
  }

  ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "m.safetensors";
  int64_t total_ = 0;
};

TEST_F(Summary, OfAModelCountsItsParametersByModule) {
  const Json summary = of(tiny_options(), {serialized_bytes(), serialized_bytes()});
  EXPECT_EQ(summary["file"], path_.string());
  EXPECT_EQ(summary["bytes"], std::filesystem::file_size(path_));
  EXPECT_EQ(summary["kind"], "model");
  EXPECT_EQ(summary["version"], "1");
  EXPECT_EQ(summary["checksums"], true);
  int64_t sum = 0;
  for (const auto& [module, count] : summary["parameters"].items()) sum += module == "total" ? 0 : count.get<int64_t>();
  EXPECT_EQ(summary["parameters"]["total"], total_);
  EXPECT_EQ(sum, total_);
  EXPECT_EQ(summary["parameters"]["encoder.embed_tokens"], 30 * 12);
  EXPECT_EQ(summary["parameters"]["encoder.layers.1"], 4 * (12 * 12 + 12) + 2 * 12 * 20 + 12 + 20 + 2 * 2 * 12);
  EXPECT_EQ(summary["vocabulary"], (Json{{"kind", "bytes"}, {"size", 30}, {"sha256", sha256(serialized_bytes())}}));
  EXPECT_EQ(summary["options"]["encoder_layers"], 2);
  EXPECT_FALSE(summary.contains("trainer"));
  EXPECT_FALSE(summary.contains("tensors"));
}

TEST_F(Summary, OfAModelIn8BitsCountsTheSameParameters) {
  const Json floats = of(tiny_options(), {"one", "one"});
  const SafeTensors file(path_);
  SafeTensorsWriter writer;
  for (const auto& [name, tensor] : file.tensors()) {
    writer.add(name, tensor.type, tensor.shape, tensor.bytes);
    if (name.ends_with("fc1.weight")) writer.add(name + ".scales", Tensor::zeros({tensor.shape[0]}));
  }
  for (const auto& [key, value] : file.metadata()) writer.set(key, value);
  writer.write(folder_ / "rounded");
  EXPECT_EQ(summarise(SafeTensors(folder_ / "rounded"), false)["parameters"], floats["parameters"]);
}

TEST_F(Summary, OfALanguageModelNamesItsOnlyVocabulary) {
  TransformerOptions options = tiny_options();
  options.task = kLanguageModeling;
  options.arch = "transformer_lm";
  options.source_vocabulary = 0;
  const LanguageModel model(options);
  const VocabularyBytes vocabulary{"one", "one"};
  SafeTensorsWriter writer;
  add_model(writer, model, vocabulary);
  writer.write(path_);
  EXPECT_EQ(summarise(SafeTensors(path_), false)["vocabulary"]["size"], 30);
}

TEST_F(Summary, OfACheckpointHoldsTheTrainersStateAndNoMomentsAmongTheParameters) {
  const Json summary = of(tiny_options(), {"one", "other"}, "{\"updates\": 12, \"epoch\": 3}");
  EXPECT_EQ(summary["kind"], "checkpoint");
  EXPECT_EQ(summary["trainer"]["updates"], 12);
  EXPECT_EQ(summary["parameters"]["total"], total_);
  EXPECT_EQ(summary["target_vocabulary"]["sha256"], sha256("other"));
  EXPECT_TRUE(says(message_of<Error>([&] { of(tiny_options(), {"a", "a"}, "[1]"); }), "trainer's state"));
}

TEST_F(Summary, OfACorpusCountsPairsAndTokens) {
  CorpusWriter writer(path_, corpus_task(kTranslation), {{"source", "en", "aa", 10}, {"target", "de", "bb", 70000}});
  writer.add({{4, 5}, {6}});
  writer.add({{7}, {8}});
  writer.finish();
  const Json summary = summarise(SafeTensors(path_), true);
  EXPECT_EQ(summary["kind"], "corpus");
  EXPECT_EQ(summary["checksums"], true);
  EXPECT_EQ(summary["pairs"], 2);
  EXPECT_EQ(summary["source"],
            Json::parse(R"({"language":"en","tokens":5,"vocabulary_size":10,"vocabulary_sha256":"aa"})"));
  EXPECT_EQ(summary["target"]["vocabulary_size"], 70000);
  EXPECT_EQ(summary["tensors"]["target"], Json::parse(R"({"type":"U32","shape":[2]})"));
}

TEST_F(Summary, OfTablesCountsTheirLabels) {
  CorpusWriter writer(path_, corpus_task(kSentencePrediction), {{"text", "", "aa", 10}});
  writer.add({{4, 5}});
  writer.label(1);
  writer.name_classes(R"(["no","yes"])");
  writer.finish();
  const Json summary = summarise(SafeTensors(path_), false);
  EXPECT_EQ(summary["task"], kSentencePrediction);
  EXPECT_EQ(summary["rows"], 1);
  EXPECT_EQ(summary["labels"], Json::parse(R"({"no": 0, "yes": 1})"));
}

TEST_F(Summary, OfATextHasItsTaskDocumentsAndSize) {
  CorpusWriter writer(path_, corpus_task(kLanguageModeling), {{"text", "", "aa", 10}});
  writer.add({{4, 5}}, {"ä"});
  writer.end_document();
  writer.add({{6}}, {"b"});
  writer.finish();
  const Json summary = summarise(SafeTensors(path_), false);
  EXPECT_EQ(summary["task"], "language_modeling");
  EXPECT_EQ(summary["lines"], 2);
  EXPECT_EQ(summary["documents"], 2);
  EXPECT_EQ(summary["text"], Json::parse(R"({"tokens":5,"characters":4,"bytes":5,"vocabulary_size":10,)"
                                         R"("vocabulary_sha256":"aa"})"));
}

TEST_F(Summary, OfAnotherProgramsFileShowsWhatItCarries) {
  const Json summary = summarise(SafeTensors(ROTOR_GOLDEN "/kinds.safetensors"), true);
  EXPECT_EQ(summary["kind"], "other");
  EXPECT_EQ(summary["tensor_count"], 9);
  EXPECT_EQ(summary["checksums"], false);
  EXPECT_TRUE(summary["metadata"].contains("script"));
}

TEST_F(Summary, AModelWithOptionsItDoesNotKnowIsRefused) {
  of(tiny_options(), {"a", "a"});
  const SafeTensors file(path_);
  SafeTensorsWriter writer;
  for (const auto& [key, value] : file.metadata()) writer.set(key, value);
  writer.set("version", "9");
  writer.write(folder_ / "newer");
  EXPECT_TRUE(says(message_of<Error>([&] { summarise(SafeTensors(folder_ / "newer"), false); }), "version 9"));
}

TEST(SummaryText, IsOneAlignedLineAValue) {
  const Json summary = {
      {"kind", "model"},
      {"options", {{"arch", "tiny"}, {"encoder_layers", 2}, {"empty", ""}, {"odd", "\x1b[2J"}}},
      {"averaged", {{{"file", "a"}, {"updates", 3}}, Json{{"file", "b"}}}},
      {"tensors",
       {{"a.weight", {{"type", "F32"}, {"shape", {2, 3}}}}, {"s", {{"type", "U8"}, {"shape", Json::array()}}}}}};
  EXPECT_EQ(summary_text(summary),
            "kind      model\n"
            "options\n"
            "  arch            tiny\n"
            "  encoder_layers  2\n"
            "  empty           \"\"\n"
            "  odd             \"\\u001b[2J\"\n"
            "averaged\n"
            "  file a, updates 3\n"
            "  file b\n"
            "tensors\n"
            "  a.weight  F32 [2, 3]\n"
            "  s         U8 []\n");
}

}  // namespace
}  // namespace rotor
