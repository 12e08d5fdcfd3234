// rotor-inspect as a user runs it.
#include <gtest/gtest.h>

#include "base/json.h"
#include "data/corpus_writer.h"
#include "format/damage.h"
#include "model/encoder_decoder.h"
#include "model/model_file.h"
#include "system/command.h"

namespace rotor {
namespace {

const std::string kGolden = ROTOR_GOLDEN "/fairseq_model.safetensors";

/// A folder with model.safetensors, the golden's with checksums and the encoder's encoding t5, and corpus.safetensors.
class Inspect : public testing::Test {
 protected:
  Inspect() {
    const SafeTensors golden(kGolden);
    TransformerOptions options = read_model_options(golden);
    options.encoder.position_encoding = "t5";
    EncoderDecoder model(options);
    model.initialise(1);
    const VocabularyBytes vocabulary = read_vocabulary(golden);
    SafeTensorsWriter writer;
    add_model(writer, model, vocabulary);
    writer.write(folder_ / "model.safetensors");
    CorpusWriter corpus(folder_ / "corpus.safetensors", corpus_task(kTranslation),
                        {{"source", "en", "aa", 10}, {"target", "de", "bb", 10}});
    corpus.add({{4, 5}, {6}});
    corpus.finish();
  }

  CommandResult run(const std::string& arguments) const { return rotor::run(folder_, "rotor-inspect " + arguments); }

  /// The line with which a command refuses.
  std::string refusal(const std::string& arguments, int code) const {
    const CommandResult result = run(arguments);
    EXPECT_EQ(result.exit_code, code) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    return result.err;
  }

  std::string text(const std::string& name) const { return text_of(folder_ / name); }

  ScratchFolder folder_;
};

TEST_F(Inspect, SaysWhatAFileIs) {
  const CommandResult plain = run("model.safetensors");
  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_TRUE(says(plain.out, "kind        model\n", "  encoder_position_encoding", "t5\n", "sha256"));
  EXPECT_EQ(plain.out.find("\n  encoder.position.bias"), plain.out.npos);
  EXPECT_TRUE(says(run("model.safetensors --tensors").out, "\n  encoder.position.bias", "F32 [32, "));
  const auto json = nlohmann::json::parse(run("corpus.safetensors --json --tensors").out);
  EXPECT_EQ(json["kind"], "corpus");
  EXPECT_EQ(json["tensors"]["source"]["type"], "U16");
  EXPECT_TRUE(says(run(kGolden).out, "checksums   false"));
}

TEST_F(Inspect, VerifiesAndNamesADamagedTensor) {
  EXPECT_EQ(run("model.safetensors --verify").err, "");
  EXPECT_TRUE(says(run("model.safetensors --verify").out, "model.safetensors is sound"));
  EXPECT_TRUE(says(run("corpus.safetensors --verify").out, "4 tensors"));
  const std::string name = "encoder.layers.0.fc1.weight";
  folder_.file("flipped.safetensors", text("model.safetensors"));
  flip_bit(folder_ / "flipped.safetensors", name);
  EXPECT_TRUE(
      says(refusal("flipped.safetensors --verify", 1), "flipped.safetensors is damaged: tensor '" + name + "'"));
  EXPECT_TRUE(says(refusal(kGolden + " --verify", 1), "carries no checksums"));
}

TEST_F(Inspect, VerifiesEveryFileOfAFolderAlsoAfterADamagedOne) {
  EXPECT_TRUE(says(run(". --verify").out, "corpus.safetensors is sound", "model.safetensors is sound"));
  folder_.file("broken.safetensors", text("model.safetensors"));
  flip_bit(folder_ / "broken.safetensors", "encoder.layers.0.fc1.weight");
  const CommandResult result = run(". --verify");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(says(result.out, "model.safetensors is sound"));
  EXPECT_TRUE(says(result.err, "1 of 3 files", "broken.safetensors is damaged"));
}

TEST_F(Inspect, AveragedModelsCarryChecksums) {
  const CommandResult average =
      rotor::run(folder_, "rotor-average model.safetensors " + (folder_ / "model.safetensors").string() +
                              " --output a.safetensors");
  EXPECT_EQ(average.exit_code, 0) << average.err;
  EXPECT_TRUE(says(run("a.safetensors --verify").out, "sound"));
}

TEST_F(Inspect, DrawsDistanceProfiles) {
  const CommandResult drawn = run("model.safetensors --distance-profile p.svg --reach 10");
  EXPECT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_EQ(drawn.out, "");
  EXPECT_TRUE(says(text("p.svg"), "encoder: bias of t5"));
  EXPECT_EQ(run("model.safetensors --distance-profile p.pdf").exit_code, 0);
  EXPECT_TRUE(text("p.pdf").starts_with("%PDF-"));
  EXPECT_EQ(run("model.safetensors --distance-profile p.csv").exit_code, 0);
  EXPECT_TRUE(says(text("p.csv"), "encoder,t5,bias,,1,-128,"));
  EXPECT_TRUE(says(refusal(kGolden + " --distance-profile p.svg", 1), "no distance profile", "shaw, t5, tupe, alibi"));
  EXPECT_TRUE(says(refusal("corpus.safetensors --distance-profile p.svg", 1), "expected a Rotor model"));
}

TEST_F(Inspect, DrawsTheLongTermDecay) {
  const CommandResult drawn = run("--long-term-decay d.svg --head-width 64 --rope-base 10000 1000 --reach 20");
  EXPECT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_TRUE(says(text("d.svg"), ">base 1000</"));
  EXPECT_EQ(run("--long-term-decay d.pdf").exit_code, 0);
  EXPECT_TRUE(text("d.pdf").starts_with("%PDF-"));
  EXPECT_EQ(run("--long-term-decay d.csv").exit_code, 0);
  EXPECT_TRUE(says(text("d.csv"), "\n128,10000,0,32.5\n", "\n128,10000,250,"));
  EXPECT_TRUE(says(refusal("--long-term-decay d.svg --head-width 7", 2), "even", "7"));
}

TEST_F(Inspect, RefusesWhatItCannotRead) {
  EXPECT_TRUE(says(refusal("none.safetensors", 1), "none.safetensors", "No such file"));
  EXPECT_TRUE(says(refusal(".", 1), "expected a corpus folder", "train.jsonl"));
  folder_.file("text.txt", "Just a text, and no model.\n");
  EXPECT_TRUE(says(refusal("text.txt", 1), "text.txt", "not a sound safetensors file"));
  folder_.file("cut.safetensors", text("model.safetensors").substr(0, 20000));
  EXPECT_TRUE(says(refusal("cut.safetensors --verify", 1), "cut.safetensors", "truncated"));
  EXPECT_TRUE(says(refusal("model.safetensors --distance-profile none/p.svg", 1), "none/p.svg"));
}

TEST_F(Inspect, WarnsOfOptionsWithoutEffect) {
  for (const char* words : {"--verify --json", "--verify --tensors", "--reach 4", "--head-width 4", "--rope-base 5"}) {
    const CommandResult result = run(std::string("model.safetensors ") + words);
    EXPECT_EQ(result.exit_code, 0) << words;
    EXPECT_TRUE(says(result.err, "warning: --", "has no effect: it is read only ")) << words;
  }
}

TEST_F(Inspect, RefusesWrongUsage) {
  EXPECT_TRUE(says(refusal("", 2), "expected a file"));
  EXPECT_TRUE(says(refusal("--verify", 2), "expected a file"));
  EXPECT_TRUE(says(refusal("model.safetensors --tensor", 2), "--tensor"));
  EXPECT_TRUE(says(refusal("model.safetensors --distance-profile p.png", 2), "p.png", ".svg, .pdf or .csv"));
  EXPECT_TRUE(says(refusal("model.safetensors --long-term-decay d.svg", 2), "reads no file"));
  EXPECT_TRUE(says(refusal("--long-term-decay d.svg --rope-base ten", 2), "ten"));
}

}  // namespace
}  // namespace rotor
