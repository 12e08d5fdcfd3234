#include "train/checkpoint.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "model/tiny_model.h"
#include "random_tensor.h"
#include "threads.h"
#include "train/translation_objective.h"

namespace rotor {
namespace {

/// A model, its optimiser and a place in training.
struct TrainingRun {
  explicit TrainingRun(const TransformerOptions& options = tiny_options(), VocabularyBytes bytes = {"words", "words"})
      : objective({}, std::make_unique<EncoderDecoder>(options), std::move(bytes)),
        parameters(objective.module()),
        adam({}, parameters) {}

  Training training() { return {objective, parameters, adam, state, trained_length}; }

  TranslationObjective objective;
  ParameterBuffer parameters;
  Adam adam;
  TrainerState state;
  int64_t trained_length = 0;
};

class Checkpoint : public testing::Test {
 protected:
  Checkpoint() {
    saved_.objective.module().initialise(1);
    saved_.adam.first_moments().copy_from(random_tensor(saved_.parameters.values().shape(), 2));
    saved_.adam.second_moments().copy_from(random_tensor(saved_.parameters.values().shape(), 3));
    saved_.state = {.updates = 7, .epoch = 2, .next_batch = 3, .validations_without_gain = 1, .bad_updates = 2};
    saved_.state.best.set("loss", 4.1);
    saved_.trained_length = 40;
    save_checkpoint(saved_.training(), path_);
  }

  std::string refusal(TrainingRun& run) {
    return message_of<Error>([&] { load_checkpoint(path_, run.training()); });
  }

  ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "checkpoint_last.safetensors";
  TrainingRun saved_;
};

TEST_F(Checkpoint, RestoresAllOfIt) {
  TrainingRun run;
  load_checkpoint(path_, run.training());
  for (size_t i = 0; i < run.parameters.parameters().size(); ++i) {
    auto same = [&](const Tensor& actual, const Tensor& expected) {
      expect_same_bits(run.parameters.part(actual, i), saved_.parameters.part(expected, i),
                       run.parameters.parameters()[i].name);
    };
    same(run.parameters.values(), saved_.parameters.values());
    same(run.adam.first_moments(), saved_.adam.first_moments());
    same(run.adam.second_moments(), saved_.adam.second_moments());
  }
  EXPECT_EQ(run.adam.steps(), 7);
  EXPECT_EQ(run.state.to_json(), saved_.state.to_json());
  save_checkpoint(run.training(), folder_ / "again.safetensors");
  EXPECT_TRUE(text_of(folder_ / "again.safetensors") == text_of(path_)) << "bytes";
}

/// A model knows the longest sample of all its trainings, whichever way the last one was started.
TEST_F(Checkpoint, KeepsTheLongerTrainedLength) {
  for (const auto& [own, longest] : {std::pair{25, 40}, std::pair{60, 60}}) {
    TrainingRun resumed, restored, tuned;
    resumed.trained_length = restored.trained_length = tuned.trained_length = own;
    load_checkpoint(path_, resumed.training());
    restore_checkpoint(path_, restored.training(), {.optimizer = true});
    load_parameters(path_, tuned.training());
    for (TrainingRun* run : {&resumed, &restored, &tuned}) {
      save_checkpoint(run->training(), folder_ / "next.safetensors");
      EXPECT_EQ(read_trained_length(SafeTensors(folder_ / "next.safetensors")), longest) << own;
    }
  }
}

TEST_F(Checkpoint, IsAModelToo) {
  EXPECT_EQ(load_model(SafeTensors(path_))->options().encoder.layers, 2);
}

TEST_F(Checkpoint, NamesTheOptionsThatDiffer) {
  TransformerOptions options = tiny_options();
  options.dropout = 0.3;
  options.position.encoding = "rope";
  TrainingRun run(options);
  const std::string message = refusal(run);
  EXPECT_TRUE(says(message, "checkpoint_last", "dropout 0.0 and 0.3", "position_encoding \"sinusoidal\" and \"rope\"",
                   "--save-dir"));
  EXPECT_EQ(message.find("encoder_layers"), message.npos);
}

TEST_F(Checkpoint, OfAnotherVocabularyIsRefused) {
  TrainingRun run(tiny_options(), {"words", "wörter"});
  EXPECT_TRUE(says(refusal(run), "vocabulary"));
}

TEST_F(Checkpoint, WithoutAnOptimiserIsRefused) {
  SafeTensorsWriter writer;
  saved_.objective.save(writer);
  writer.write(path_);
  TrainingRun run;
  EXPECT_TRUE(says(refusal(run), "model only"));
}

TEST(TrainerState, GoesThereAndBack) {
  TrainerState state;
  state.best = BestScores({"loss", "bleu"});
  EXPECT_TRUE(says(state.to_json(), R"("best_loss":null,"best_bleu":null)"));
  EXPECT_EQ(TrainerState::from_json(state.to_json(), "here").best.all().size(), 2u);
  state = {.updates = 5, .epoch = 3, .next_batch = 2, .best = state.best, .validations_without_gain = 4};
  state.begin_updates = 3;
  state.begin_epoch = 2;
  state.begin_batch = 1;
  state.epoch_batches = 8;
  state.update_batches = 2;
  state.best.set("loss", 0.1);
  const TrainerState again = TrainerState::from_json(state.to_json(), "here");
  EXPECT_EQ(again.best.of("loss"), 0.1);
  EXPECT_EQ(again.best.of("bleu"), std::nullopt);
  EXPECT_EQ(again.begin_updates, 3);
  EXPECT_EQ(again.begin_epoch, 2);
  EXPECT_EQ(again.begin_batch, 1);
  EXPECT_EQ(again.epoch_batches, 8);
  EXPECT_EQ(again.update_batches, 2);
  EXPECT_EQ(again.to_json(), state.to_json());
  for (const char* damaged : {"", "[]", "{\"updates\":-1}", "{\"updates\":1,\"epoch\":\"two\"}"}) {
    EXPECT_TRUE(says(message_of<Error>([&] { TrainerState::from_json(damaged, "here"); }), "here", "damaged"));
  }
}

}  // namespace
}  // namespace rotor
