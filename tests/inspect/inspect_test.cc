#include "inspect/inspect.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/check.h"
#include "base/json.h"
#include "base/scratch.h"
#include "data/corpus_folder.h"
#include "data/corpus_writer.h"
#include "format/damage.h"
#include "model/model_file.h"
#include "model/tiny_model.h"
#include "text/byte_vocabulary.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

/// A folder with a model of the vocabulary of bytes.
class Inspect : public testing::Test {
 protected:
  Inspect() { write("model.safetensors"); }

  std::filesystem::path write(const std::string& name) const {
    TransformerOptions options = tiny_options();
    options.source_vocabulary = options.target_vocabulary = 260;
    options.position.encoding = "t5";
    EncoderDecoder model(options);
    model.initialise(1);
    const VocabularyBytes vocabulary{serialized_bytes(), serialized_bytes()};
    SafeTensorsWriter writer;
    add_model(writer, model, vocabulary);
    writer.write(folder_ / name);
    return folder_ / name;
  }

  std::string printed(const InspectOptions& options) const {
    options.check();
    std::ostringstream out;
    inspect(options, out);
    return out.str();
  }
  InspectOptions options() const { return {.file = (folder_ / "model.safetensors").string()}; }

  ScratchFolder folder_;
};

TEST_F(Inspect, PrintsTheSummaryAsTextOrJson) {
  InspectOptions o = options();
  EXPECT_TRUE(says(printed(o), "model", "t5", "parameters"));
  o.json = true;
  const auto summary = nlohmann::json::parse(printed(o));
  EXPECT_EQ(summary["kind"], "model");
  EXPECT_FALSE(summary.contains("tensors"));
  o.tensors = true;
  EXPECT_TRUE(nlohmann::json::parse(printed(o)).contains("tensors"));
}

TEST_F(Inspect, VerifiesAFileInPlaceOfTheSummary) {
  InspectOptions o = options();
  o.verify = true;
  const std::string sound = printed(o);
  EXPECT_TRUE(says(sound, "model.safetensors is sound", "match their checksums"));
  EXPECT_EQ(std::count(sound.begin(), sound.end(), '\n'), 1);
  flip_bit(o.file, "encoder.layers.0.fc1.weight");
  EXPECT_TRUE(says(message_of<DamagedFile>([&] { printed(o); }), "encoder.layers.0.fc1.weight"));
}

TEST_F(Inspect, VerifiesAllFilesOfAFolderAfterADamagedOneToo) {
  flip_bit(write("a.safetensors"), "encoder.layers.0.fc1.weight");
  InspectOptions o;
  o.file = folder_.path();
  o.verify = true;
  std::ostringstream out;
  EXPECT_TRUE(says(message_of<Error>([&] { inspect(o, out); }), "1 of 2 files", "a.safetensors", "fc1.weight"));
  EXPECT_TRUE(says(out.str(), "a.safetensors is damaged", "model.safetensors is sound"));
  const ScratchFolder empty;
  o.file = empty.path();
  EXPECT_TRUE(says(message_of<Error>([&] { inspect(o, out); }), "found none"));
}

TEST_F(Inspect, VerifiesTheVocabulariesOfACorpusFolder) {
  InspectOptions o;
  o.file = folder_ / "corpus";
  o.verify = true;
  std::filesystem::create_directories(o.file);
  const Vocabulary vocabulary = Vocabulary::from_bytes(serialized_bytes());
  const Vocabulary another = Vocabulary::from_bytes(
      train_vocabulary({folder_.file("text", "A dog runs.\nA man walks his dog.\n")}, {.size = 30}));
  write_vocabularies(o.file, {vocabulary, vocabulary});
  CorpusWriter writer(split_path(o.file, "test"), corpus_task(kLanguageModeling),
                      {describe_column("text", "en", vocabulary)});
  writer.add({vocabulary.encode("A dog")});
  writer.finish();
  EXPECT_TRUE(says(printed(o), "test.safetensors is sound"));
  write_vocabularies(o.file, {another, another});
  EXPECT_TRUE(says(message_of<Error>([&] { printed(o); }), "1 of 1 files in", "test.safetensors", "text (en)"));
  std::ofstream(folder_ / "corpus" / "vocabulary.model") << "x";
  std::ostringstream out;
  EXPECT_TRUE(says(message_of<Error>([&] { inspect(o, out); }), "1 files and the vocabularies", "vocabulary.model"));
  EXPECT_TRUE(says(out.str(), "test.safetensors is sound")) << "in itself";
  std::filesystem::rename(folder_ / "corpus" / "vocabulary.model", folder_ / "corpus" / "target.model");
  EXPECT_TRUE(says(message_of<Error>([&] { printed(o); }), "source.model"));
}

TEST_F(Inspect, RefusesToVerifyAFileWithoutChecksums) {
  InspectOptions o;
  o.file = folder_ / "plain.safetensors";
  o.verify = true;
  SafeTensorsWriter().write(o.file);
  EXPECT_TRUE(says(message_of<Error>([&] { printed(o); }), "plain.safetensors", "no checksums"));
}

TEST_F(Inspect, WritesFiguresInTheFormOfTheirNames) {
  InspectOptions o = options();
  o.distance_profile = folder_ / "profile.csv";
  o.long_term_decay = folder_ / "decay.csv";
  o.head_width = 16;
  o.reach = 20;
  o.rope_base = {"10000", "500"};
  EXPECT_EQ(printed(o), "") << "figures take the place of the summary";
  const std::string profile = text_of(o.distance_profile), decay = text_of(o.long_term_decay);
  EXPECT_TRUE(says(profile, "decoder,t5,bias,,0,-20,", "encoder,t5,bias,,0,20,"));
  EXPECT_EQ(std::count(decay.begin(), decay.end(), '\n'), 1 + 2 * 21) << "a curve for each base";
  o.file = o.distance_profile = "";
  o.long_term_decay = folder_ / "decay.svg";
  printed(o);
  EXPECT_TRUE(says(text_of(o.long_term_decay), "<svg"));
}

TEST_F(Inspect, RefusesOptionsThatDoNotGoTogether) {
  const auto refusal = [&](const std::function<void(InspectOptions&)>& change) {
    InspectOptions o = options();
    change(o);
    return message_of<UsageError>([&] { o.check(); });
  };
  EXPECT_TRUE(says(refusal([](auto& o) { o.file = ""; }), "expected a file"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.long_term_decay = "a.svg"; }), "--long-term-decay reads no file"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.distance_profile = "a.png"; }), "--distance-profile", ".svg", "a.png"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.head_width = 3; }), "even number, got 3"));
  const auto of_vocabulary = [&](const std::function<void(InspectOptions&)>& change) {
    return refusal([&](auto& o) {
      o.file = "corpus/vocabulary.model";
      change(o);
    });
  };
  EXPECT_TRUE(says(of_vocabulary([](auto& o) { o.verify = true; }), "a vocabulary carries no checksums"));
  EXPECT_TRUE(says(of_vocabulary([](auto& o) { o.tensors = true; }), "--tensors"));
  EXPECT_TRUE(says(of_vocabulary([](auto& o) { o.distance_profile = "a.svg"; }), "--distance-profile"));
  for (const char* base : {"0", "-1", "inf", "ten", ""}) {
    EXPECT_TRUE(says(refusal([&](auto& o) { o.rope_base = {"10", base}; }), "--rope-base")) << base;
  }
}

}  // namespace
}  // namespace rotor
