// What rotor-train's options do to a whole command: what is warned of, refused, printed and left behind.

#include "base/json.h"
#include "system/digits.h"

namespace rotor {
namespace {

class TrainingOptionsOfTheCommand : public testing::Test {
 protected:
  void SetUp() override { make_digits_corpus(folder_); }

  CommandResult train(const std::string& options) { return run(folder_, kTrainDigits + options); }

  std::string refusal(const std::string& options) {
    const CommandResult result = train("--max-update 1 --save-dir refused " + options);
    EXPECT_EQ(result.exit_code, 1) << options;
    return result.err;
  }

  std::vector<nlohmann::json> reports(const std::string& run) const {
    std::vector<nlohmann::json> all;
    std::istringstream lines(text_of(folder_ / (run + "/train.jsonl")));
    for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }

  ScratchFolder folder_;
};

TEST_F(TrainingOptionsOfTheCommand, WithoutEffectAreWarnedOf) {
  const CommandResult result =
      train("--max-update 1 --save-dir run --power 2 --ema-start-update 3 --dropout 0 --rdrop-alpha 1");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(says(result.err, "--power 2.0 has no effect", "--ema-start-update 3 has no effect", "--rdrop-alpha"));
  EXPECT_EQ(train("--max-update 1 --save-dir quiet").err.find("no effect"), std::string::npos);
}

TEST_F(TrainingOptionsOfTheCommand, ThatContradictAreRefused) {
  EXPECT_TRUE(says(refusal("--lr-scheduler cosine --max-update 5"), "--lr-period-updates"));
  EXPECT_TRUE(says(refusal("--reset-optimizer"), "--restore-file"));
  EXPECT_TRUE(says(refusal("--best-checkpoint-metric bleu"), "--eval-bleu"));
  EXPECT_TRUE(says(refusal("--eval-bleu-args '{\"beam\": 2}'"), "needs --eval-bleu"));
  EXPECT_TRUE(says(refusal("--keep-best-checkpoints 2 --disable-validation"), "--disable-validation"));
  EXPECT_TRUE(says(refusal("--ema-decay 1"), "--ema-decay"));
  EXPECT_TRUE(says(refusal("--freeze nothing"), "--freeze nothing"));
  EXPECT_TRUE(says(refusal("--bpe-dropout 1"), "--bpe-dropout"));
  EXPECT_TRUE(says(refusal("--encoder-layerdrop 1"), "--encoder-layerdrop"));
}

TEST_F(TrainingOptionsOfTheCommand, ADryRunPrintsNeedsAndLeavesNothing) {
  const CommandResult result = train("--max-epoch 3 --save-dir run --dry-run");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(says(result.out, "memory", "MB", "an epoch", "all"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run"));
}

TEST_F(TrainingOptionsOfTheCommand, SeveralCorporaHaveTheirWeights) {
  run_or_throw(folder_,
               "mkdir more && rotor-preprocess --source-lang in --target-lang out --trainpref valid --srcdict "
               "corpus/vocabulary.model --joined-dictionary --destdir more/valid");
  const std::string all = "rotor-train corpus more/valid:3 " + kTrainDigits.substr(kTrainDigits.find("--"));
  const CommandResult result = run(folder_, all + "--max-update 1 --save-dir run");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(says(result.err, "440 pairs"));
  EXPECT_TRUE(says(text_of(folder_ / "run/config.ini"), "max-update = 1"));
  EXPECT_EQ(text_of(folder_ / "run/config.ini").find("more/valid"), std::string::npos);
}

TEST_F(TrainingOptionsOfTheCommand, FineTuningOfAnAverageReportsBleuByTheMeaning) {
  run_or_throw(folder_, kTrainDigits + "--max-epoch 2 --save-dir first --ema-decay 0.9");
  run_or_throw(folder_, "rotor-average first --last 2 --output average.safetensors");
  const CommandResult tuned = train(
      "--finetune-from-model average.safetensors --freeze ^encoder --max-epoch 2 --save-dir second --eval-bleu "
      "--eval-bleu-args '{\"beam\": 2, \"max_len_b\": 20}' --best-checkpoint-metric bleu "
      "--keep-best-checkpoints 1 --log-layers");
  EXPECT_EQ(tuned.exit_code, 0) << tuned.err;
  EXPECT_TRUE(says(tuned.err, "parameters of average.safetensors", "frozen", "valid bleu"));
  const auto report = reports("second").back();
  EXPECT_TRUE(report.contains("valid_bleu"));
  // The validation's BLEU is that of rotor-generate and rotor-score on the same checkpoint.
  run_or_throw(folder_,
               "rotor-generate second/checkpoint_last.safetensors --beam 2 --max-len-b 20 < valid.in > valid.hyp");
  const CommandResult score = run(folder_, "rotor-score --reference valid.out --hypothesis valid.hyp");
  const double bleu = std::stod(score.out.substr(score.out.find(" = ") + 3));
  EXPECT_NEAR(report["valid_bleu"], bleu, 0.06) << score.out;
}

}  // namespace
}  // namespace rotor
