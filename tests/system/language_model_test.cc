// A language model through the commands: from a text to checkpoints, their average, its loss and what it writes.
#include <gtest/gtest.h>

#include "base/json.h"
#include "model/model_file.h"
#include "system/command.h"

namespace rotor {
namespace {

constexpr const char* kTrain =
    "rotor-train data --arch transformer_lm_tiny --decoder-layers 1 --decoder-embed-dim 16 --decoder-ffn-embed-dim 24 "
    "--decoder-attention-heads 2 --position-encoding rope --tokens-per-sample 32 --max-tokens 256 --lr 0.01 "
    "--warmup-updates 2 --max-update 8 --save-interval-updates 4 --no-epoch-checkpoints --save-dir run --threads 1";

/// A folder with the corpus "data" of bytes and checkpoints of updates 4 and 8.
class LanguageModelCommands : public testing::Test {
 protected:
  LanguageModelCommands() {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "the number " + std::to_string(i * 79 % 97) + (i % 20 == 19 ? "\n\n" : "\n");
    folder_.file("train.txt", text);
    folder_.file("test.txt", kTest);
    run("rotor-preprocess --task language_modeling --trainpref train.txt --validpref test.txt --testpref test.txt "
        "--model-type byte --destdir data");
    run(kTrain);
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "run")) {
      const std::string name = entry.path().filename();
      if (name.ends_with("_4.safetensors")) first_ = "run/" + name;
      if (name.ends_with("_8.safetensors")) second_ = "run/" + name;
    }
    run("rotor-average " + first_ + " " + second_ + " --output mean.safetensors");
  }

  std::string run(const std::string& command) const {
    const CommandResult result = rotor::run(folder_, command);
    EXPECT_EQ(result.exit_code, 0) << command << ": " << result.err;
    return result.out;
  }

  double loss(const std::string& model) const {
    const auto scores = nlohmann::json::parse(
        run("rotor-evaluate " + model + " --corpus data --tokens-per-sample 32 --format json --threads 1"));
    EXPECT_EQ(scores["tokens"], std::string_view(kTest).size());
    EXPECT_EQ(scores["bits_per_byte"], scores["loss"]);
    return scores["loss"];
  }

  static constexpr const char* kTest = "the number 13\nthe number 4\n\nthe number 88\n";
  ScratchFolder folder_;
  std::string first_, second_;
};

TEST_F(LanguageModelCommands, AverageCheckpointsToTheirMean) {
  const SafeTensors first(folder_ / first_), second(folder_ / second_), mean(folder_ / "mean.safetensors");
  int64_t compared = 0, moved = 0;
  for (const auto& [name, stored] : mean.tensors()) {
    if (stored.type != DataType::kF32) continue;
    const Tensor x = first.tensor(name), y = second.tensor(name), both = mean.tensor(name);
    for (int64_t i = 0; i < both.elements(); ++i) {
      ASSERT_EQ(both.data()[i], static_cast<float>((static_cast<double>(x.data()[i]) + y.data()[i]) / 2)) << name;
      moved += x.data()[i] != y.data()[i];
      ++compared;
    }
  }
  EXPECT_EQ(compared, count_elements(*load_model(mean)));
  EXPECT_GT(moved, compared / 2);
  EXPECT_EQ(read_model_options(mean).task, kLanguageModeling);
}

TEST_F(LanguageModelCommands, ScaleRopeOfAFinishedModel) {
  const std::string evaluate = "rotor-evaluate mean.safetensors --corpus data --tokens-per-sample 32 --threads 1";
  const std::string yarn = " --rope-scaling yarn --rope-scaling-factor 4 --rope-original-length 8";
  const std::string plain = run(evaluate), scaled = run(evaluate + yarn);
  EXPECT_NE(plain, scaled);
  EXPECT_EQ(run(evaluate + " --rope-scaling none"), plain);
  const std::string generate = "rotor-generate mean.safetensors --threads 1 --max-len-b 8";
  const auto continued = [&](const std::string& options) {
    return rotor::run(folder_, "echo the number | " + generate + options);
  };
  EXPECT_EQ(continued(yarn).exit_code, 0) << continued(yarn).err;
  const std::string known = " --rope-scaling yarn --rope-scaling-factor 4";
  EXPECT_EQ(run(evaluate + known), run(evaluate + known + " --rope-original-length 32")) << "as in training";
  EXPECT_TRUE(says(run("rotor-inspect --json mean.safetensors"), R"("trained_length": 32)"));
  const CommandResult refused = continued(" --rope-scaling yarn");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_TRUE(says(refused.err, "--rope-scaling yarn needs --rope-scaling-factor"));
}

TEST_F(LanguageModelCommands, EvaluateAndSampleFromAnAverage) {
  const double of_first = loss(first_), of_second = loss(second_), of_mean = loss("mean.safetensors");
  EXPECT_LT(of_second, of_first) << "training helps";
  EXPECT_LT(of_mean, of_first) << "the mean lies between";
  EXPECT_GT(of_mean, 1);
  folder_.file("prompts", "the number\n\n");
  const std::string command = "rotor-generate mean.safetensors --input prompts --sampling --beam 1 --max-len-b 5 ";
  const std::string out = run(command + "--seed 3");
  EXPECT_TRUE(out.starts_with("the number")) << out;
  EXPECT_EQ(out, run(command + "--seed 3"));
}

}  // namespace
}  // namespace rotor
