#include "compare/start_models.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "compare/plan.h"
#include "format/safetensors_writer.h"
#include "model/masked_language_model.h"
#include "model/model_file.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

TransformerOptions options_of(const std::string& encoding) {
  TransformerOptions options;
  options.task = kMaskedLm;
  options.apply_architecture("bert_tiny");
  options.encoder.layers = 1;
  options.position.encoding = encoding;
  options.source_vocabulary = options.target_vocabulary = 20;
  options.tokens.mask = 4;
  return options;
}

class StartModels : public testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& encoding, uint64_t seed = 1) const {
    MaskedLanguageModel model(options_of(encoding));
    model.initialise(seed);
    const VocabularyBytes vocabulary{"vocabulary", "vocabulary"};
    SafeTensorsWriter writer;
    add_model(writer, model, vocabulary);
    fs::create_directories((folder_ / name).parent_path());
    writer.write(folder_ / name);
    return folder_ / name;
  }
  std::string pattern(const std::string& name) const { return (folder_ / name).string(); }

  ScratchFolder folder_;
};

TEST_F(StartModels, AreOneFileOrOneOfEachLabelAndSeed) {
  const fs::path rope = write("rope.safetensors", "rope"), learned = write("learned-2.safetensors", "learned");
  EXPECT_EQ(start_model("", "rope", 1), "");
  EXPECT_EQ(start_model(rope, "learned", 1), rope);
  EXPECT_EQ(start_model(pattern("{encoding}.safetensors"), "rope", 1), rope);
  EXPECT_EQ(start_model(pattern("{encoding}.safetensors"), "rope:dropout=0.2", 1), rope) << "it is of the same model";
  EXPECT_EQ(start_model(pattern("{encoding}-{seed}.safetensors"), "learned", 2), learned);
  const fs::path own = write("rope_rope-base=500.safetensors", "rope");
  EXPECT_EQ(start_model(pattern("{encoding}.safetensors"), "rope:rope-base=500", 1), own);
  EXPECT_TRUE(says(message_of<Error>([&] { start_model(pattern("{encoding}.safetensors"), "t5:dropout=0.2", 1); }),
                   "'t5:dropout=0.2'", "t5_dropout=0.2.safetensors and no", "t5.safetensors", "{encoding}"));
}

TEST_F(StartModels, AreThoseOfTheLowestSeedOfAComparison) {
  write("mlm/runs/rope/seed-10/model.safetensors", "rope");
  const fs::path second = write("mlm/runs/rope/seed-2/model.safetensors", "rope");
  fs::create_directories(folder_ / "mlm/runs/rope/seed-1");
  EXPECT_EQ(start_model(pattern("mlm"), "rope", 5), second);
  EXPECT_EQ(start_model(pattern("mlm"), "rope:dropout=0.2", 5), second);
  EXPECT_TRUE(says(message_of<Error>([&] { start_model(pattern("mlm"), "learned", 1); }), "'learned'",
                   "mlm/runs/learned/seed-*/model.safetensors"));
}

TEST_F(StartModels, MustBeOfTheEncodingOfTheirEntry) {
  const fs::path rope = write("rope.safetensors", "rope");
  check_start(rope, options_of("rope"), "rope");
  EXPECT_TRUE(says(message_of<Error>([&] { check_start(rope, options_of("learned"), "learned:dropout=0"); }),
                   "a model of learned for 'learned:dropout=0'", "rope.safetensors, one of rope", "{encoding}"));
  TransformerOptions linear = options_of("rope");
  linear.attention.kernel = "linear";
  EXPECT_TRUE(says(message_of<Error>([&] { check_start(rope, linear, "linear+rope"); }), "a model of linear+rope"));
}

TEST_F(StartModels, AreToldApartByTheirDigests) {
  const std::string digest = start_digest(write("a.safetensors", "rope"));
  EXPECT_EQ(digest, start_digest(write("b/c.safetensors", "rope")));
  EXPECT_NE(digest, start_digest(write("d.safetensors", "rope", 2)));
}

TEST_F(StartModels, GiveEachEntryOfAPlanItsModel) {
  write("learned.safetensors", "learned");
  write("rope.safetensors", "rope");
  CompareOptions options;
  options.encodings =
      "learned,rope,rope:finetune-from-model=" + pattern("own.safetensors") + ",rope:finetune-from-model=";
  options.baseline = "learned";
  options.test_source = options.test_reference = "test";
  TrainingOptions common;
  common.trainer.optimization.max_update = 10;
  common.trainer.checkpoints.finetune_from_model = pattern("{encoding}.safetensors");
  const auto from = [&](const fs::path& model) {
    TrainingOptions training = common;
    training.model = read_model_options(SafeTensors(model));
    return training;
  };
  EXPECT_TRUE(says(message_of<Error>([&] { Plan(options, common, from).runs(); }), "own.safetensors"));
  const fs::path own = write("own.safetensors", "rope");
  const Plan plan(options, common, from);
  EXPECT_EQ(plan.common().model.encoder.layers, 1) << "the baseline's";
  const auto runs = plan.runs();
  EXPECT_EQ(runs[0].training.trainer.checkpoints.finetune_from_model, pattern("learned.safetensors"));
  EXPECT_EQ(runs[1].training.trainer.checkpoints.finetune_from_model, pattern("rope.safetensors"));
  EXPECT_EQ(runs[2].training.trainer.checkpoints.finetune_from_model, own.string());
  EXPECT_EQ(runs[3].training.trainer.checkpoints.finetune_from_model, "") << "trained from scratch beside them";
  EXPECT_EQ(runs[3].training.model.encoder.layers, 1) << "of the baseline's sizes";
  EXPECT_EQ(runs[1].training.model.encoder.layers, 1);
  write("rope.safetensors", "learned");
  EXPECT_TRUE(says(message_of<Error>([&] { plan.runs(); }), "a model of rope for 'rope'", "one of learned"));
}

}  // namespace
}  // namespace rotor
