#include "train/model_objective.h"

#include "base/check.h"
#include "train/training.h"

namespace rotor {
namespace {

class ModelObjectiveTest : public TrainerTest {
 protected:
  /// The model as a file that the objective saves.
  SafeTensors saved(const Objective& objective) const {
    SafeTensorsWriter writer;
    objective.save(writer);
    writer.write(folder_ / "saved.safetensors");
    return SafeTensors(folder_ / "saved.safetensors");
  }
};

TEST_F(ModelObjectiveTest, SavesWhatItReadsAgain) {
  const auto objective = objective_of(options_, 1), other = objective_of(options_, 2);
  const SafeTensors file = saved(*objective);
  EXPECT_EQ(objective->config_of(file), objective->config());
  EXPECT_TRUE(objective->has_same_vocabulary(file));
  other->read_parameters(file);
  for (const auto& [name, value] : other->module().values()) {
    EXPECT_TRUE(std::ranges::equal(value.contiguous().span(), file.tensor(name).contiguous().span())) << name;
  }
}

TEST_F(ModelObjectiveTest, KnowsAnotherVocabularyOnEitherSide) {
  const SafeTensors file = saved(*objective_of(options_));
  vocabulary_.source = "others";
  EXPECT_FALSE(objective_of(options_)->has_same_vocabulary(file));
  vocabulary_ = {"words", "others"};
  EXPECT_FALSE(objective_of(options_)->has_same_vocabulary(file));
}

TEST_F(ModelObjectiveTest, RefusesTheConfigurationOfAnotherTask) {
  TransformerOptions options = model_options_;
  options.task = kLanguageModeling;
  options.arch = "transformer_lm";
  options.source_vocabulary = 0;
  SafeTensorsWriter writer;
  const auto model = make_model(options);
  add_model(writer, *model, vocabulary_);
  writer.write(folder_ / "other.safetensors");
  const SafeTensors other(folder_ / "other.safetensors");
  const auto objective = objective_of(options_);
  EXPECT_TRUE(says(message_of<Error>([&] { objective->config_of(other); }), "translation", "language_modeling"));
}

TEST_F(ModelObjectiveTest, TakesTheScheduleOfNoamFromTheWidthOfTheLastStack) {
  model_options_.share_all_embeddings = false;
  EXPECT_EQ(objective_of(options_)->width(), model_options_.decoder.embed_dim);
}

}  // namespace
}  // namespace rotor
