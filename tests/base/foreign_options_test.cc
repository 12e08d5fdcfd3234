#include "base/foreign_options.h"

#include <gtest/gtest.h>

#include "base/scratch.h"

namespace rotor {
namespace {

TEST(ForeignOptions, AreKnownOnTheCommandsThatTheyAreTypedOn) {
  ASSERT_NE(foreign_option("rotor-train", "--fp16"), nullptr);
  EXPECT_TRUE(says(foreign_option("rotor-train", "--fp16")->answer, "--bf16"));
  EXPECT_TRUE(says(foreign_option("rotor-generate", "--fp16")->answer, "--quantize"));
  EXPECT_EQ(foreign_option("rotor-score", "--fp16"), nullptr);
  EXPECT_EQ(foreign_option("rotor-train", "--bf16"), nullptr);
}

TEST(ForeignOptions, LeaveOutWhatTheCommandsHave) {
  EXPECT_EQ(foreign_option("rotor-train", "--layernorm-embedding"), nullptr);
  EXPECT_EQ(foreign_option("rotor-train", "--no-scale-embedding"), nullptr);
}

TEST(ForeignOptions, AreAnsweredWithWhatTheCommandsDo) {
  const auto answer = [](const char* command, const char* spelling) {
    const ForeignOption* row = foreign_option(command, spelling);
    return row == nullptr ? "no such row" : row->answer;
  };
  EXPECT_TRUE(says(answer("rotor-generate", "--no-early-stop"), "--beam hypotheses are finished"));
  EXPECT_EQ(answer("rotor-generate", "--match-source-len").find("--max-len"), std::string::npos) << "which is a limit";
  EXPECT_TRUE(says(answer("rotor-generate", "--scoring"), "rotor-score", "--tokenize none --smooth-method none"));
  EXPECT_TRUE(says(answer("rotor-train", "--tensorboard-logdir"), "recipes/tools/tensorboard_events.py"));
  EXPECT_TRUE(says(answer("rotor-average", "--num-update-checkpoints"), "fewer than N of epochs"));
  EXPECT_TRUE(says(answer("rotor-train", "--no-last-checkpoints"), "--no-save"));
  EXPECT_TRUE(says(answer("rotor-train", "--truncate-source"), "--max-source-positions"));
  EXPECT_TRUE(says(answer("rotor-compare", "--encoder-embed-path"), "--finetune-from-model"));
  EXPECT_TRUE(says(answer("rotor-preprocess", "--log-file"), "2>FILE"));
  for (const char* spelling : {"--report-accuracy", "--skip-remainder-batch"}) {
    EXPECT_TRUE(says(answer("rotor-train", spelling), "leave it out")) << spelling;
  }
  for (const char* spelling :
       {"--find-unused-parameters", "--data-buffer-size", "--fixed-validation-seed", "--ignore-unused-valid-subsets"}) {
    EXPECT_EQ(answer("rotor-train", spelling), "") << spelling;
  }
  EXPECT_EQ(answer("rotor-generate", "--truncate-source"), "");
}

TEST(ForeignOptions, HaveValuesThatOtherOptionsStandFor) {
  EXPECT_EQ(options_of_foreign_value("arch", "transformer"), "--arch transformer_base");
  EXPECT_EQ(options_of_foreign_value("arch", "transformer_wmt_en_de_big"),
            "--arch transformer_big --dropout 0.3 --attention-dropout 0.1");
  EXPECT_EQ(options_of_foreign_value("task", "transformer"), "");
  EXPECT_EQ(options_of_foreign_value("arch", "lstm"), "");
}

TEST(ForeignOptions, MayStandForAllThatBeginAlike) {
  ASSERT_NE(foreign_option("rotor-train", "--distributed-world-size"), nullptr);
  EXPECT_TRUE(says(foreign_option("rotor-train", "--distributed-world-size")->answer, "mpirun"));
}

TEST(ForeignOptions, SayWhatToUseOrTakeEveryValue) {
  const ForeignOption* task = foreign_option("rotor-train", "--task");
  ASSERT_NE(task, nullptr);
  EXPECT_EQ(task->same, Texts{"translation"});
  EXPECT_FALSE(task->answer.empty());
}

}  // namespace
}  // namespace rotor
