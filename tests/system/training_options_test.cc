// What rotor-train's options do to a whole command: what is warned of, refused, printed and left behind.

#include "base/json.h"
#include "system/digits.h"
#include "system/lowest_level.h"

namespace rotor {
namespace {

class TrainingOptionsOfTheCommand : public testing::Test {
 protected:
  void SetUp() override { make_digits_corpus(folder_); }

  CommandResult train(const std::string& options) { return run(folder_, kTrainDigits + options); }

  std::string refusal(const std::string& options) {
    const CommandResult result = train("--max-update 1 --save-dir refused " + options);
    EXPECT_EQ(result.exit_code, 2) << options;
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
  EXPECT_TRUE(says(result.err, "--power 2 has no effect", "--ema-start-update 3 has no effect", "--rdrop-alpha"));
  EXPECT_TRUE(says(train("--max-update 1 --save-dir blind --patience 2 --disable-validation").err,
                   "warning: --patience 2 has no effect: it is read only without --disable-validation"));
  EXPECT_EQ(train("--max-update 1 --save-dir quiet --patience 2").err.find("no effect"), std::string::npos);
}

TEST_F(TrainingOptionsOfTheCommand, OfTheOutputMatrixHaveAnEffectWithSeparateVocabularies) {
  run_or_throw(folder_,
               "rotor-preprocess --source-lang in --target-lang out --trainpref train --validpref valid "
               "--nwordssrc 24 --nwordstgt 25 --destdir separate");
  const std::string options =
      kTrainDigits.substr(kTrainDigits.find("--")) + "--no-share-decoder-input-output-embed --max-update 1 --save-dir ";
  const CommandResult separate = run(folder_, "rotor-train separate " + options + "separate-run");
  EXPECT_EQ(separate.exit_code, 0) << separate.err;
  EXPECT_EQ(separate.err.find("no effect"), separate.err.npos) << separate.err;
  EXPECT_TRUE(says(run(folder_, "rotor-train corpus " + options + "joined-run").err,
                   "warning: --share-decoder-input-output-embed has no effect", "with --no-share-all-embeddings"));
}

TEST_F(TrainingOptionsOfTheCommand, ThatContradictAreRefused) {
  EXPECT_TRUE(says(refusal("--lr-scheduler cosine --max-update 5"), "--lr-period-updates"));
  EXPECT_TRUE(says(refusal("--reset-optimizer"), "--restore-file"));
  EXPECT_TRUE(says(refusal("--best-checkpoint-metric bleu"), "--eval-bleu"));
  EXPECT_TRUE(says(refusal("--eval-bleu --eval-bleu-args '{\"beam\": 0}'"), "--eval-bleu-args: beam expects"));
  EXPECT_TRUE(says(refusal("--keep-best-checkpoints 2 --disable-validation"), "--disable-validation"));
  EXPECT_TRUE(says(refusal("--ema-decay 1"), "--ema-decay"));
  EXPECT_TRUE(says(refusal("--freeze nothing"), "--freeze nothing"));
  EXPECT_TRUE(says(refusal("--bpe-dropout 1"), "--bpe-dropout"));
  EXPECT_TRUE(says(refusal("--encoder-layerdrop 1"), "--encoder-layerdrop"));
  EXPECT_TRUE(says(refusal("--lr -1"), "--lr expects a number above 0, got '-1'"));
  EXPECT_TRUE(says(refusal("--adam-betas 0.9"), "--adam-betas"));
  EXPECT_TRUE(says(refusal("--encoder-attention-heads 3"), "--encoder-attention-heads"));
  EXPECT_TRUE(says(refusal("--attention linear --position-encoding t5"), "--attention linear"));
  EXPECT_TRUE(says(refusal("--freeze '['"), "--freeze expects a regular expression"));
}

TEST_F(TrainingOptionsOfTheCommand, Bfloat16IsTakenOnEveryCpuAndSaysWhereItSavesNoTime) {
  const std::string training = "ROTOR_ISA=" + kLowestLevel + " " + kTrainDigits + "--save-dir run --max-update ";
  EXPECT_EQ(run(folder_, training + "1").err.find("--bf16"), std::string::npos);
  const CommandResult rounded = run(folder_, training + "2 --bf16");
  EXPECT_EQ(rounded.exit_code, 0) << rounded.err;
  EXPECT_TRUE(says(rounded.err, "warning: --bf16 saves no time on this CPU")) << rounded.err;
}

TEST_F(TrainingOptionsOfTheCommand, ADryRunPrintsNeedsAndLeavesNothing) {
  const CommandResult result = train("--max-epoch 3 --save-dir run --dry-run");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(says(result.out, "memory", "MB", "an epoch", "all"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run"));
}

TEST_F(TrainingOptionsOfTheCommand, ADryRunEndsAtOnceAtASignalAndLeavesNothingEvenWhenKilled) {
  run_or_throw(folder_, "mkdir scratch");
  for (const auto& [name, code] : {std::pair{"INT", 130}, {"TERM", 143}, {"KILL", 137}}) {
    const CommandResult result = run(folder_, "export TMPDIR=$PWD/scratch; " + kTrainDigits +
                                                  "--encoder-layers 200 --save-dir run --dry-run 2> log & train=$!; "
                                                  "until grep -q 'initialising' log; do sleep 0.01; done; kill -" +
                                                  name + " $train; wait $train");
    EXPECT_EQ(result.exit_code, code) << text_of(folder_ / "log");
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(run(folder_, "ls -A scratch; ls -d run").out, "") << name;
  }
}

TEST_F(TrainingOptionsOfTheCommand, TheFirstLineSaysHowTrainingWillEnd) {
  const auto first_line = [&](const std::string& options) {
    const std::string err = train(options).err;
    return err.substr(0, err.find('\n'));
  };
  EXPECT_TRUE(says(first_line("--max-update 1 --patience 3 --save-dir run"),
                   "training will end after update 1 or after 3 validations", "whichever comes first", "Ctrl-C"));
  const CommandResult stopped = run(folder_, kTrainDigits +
                                                 "--save-dir endless 2> log & train=$!; until grep -q 'update 1 ' log; "
                                                 "do sleep 0.01; done; kill -INT $train; wait $train");
  EXPECT_EQ(stopped.exit_code, 130);
  const std::string endless = text_of(folder_ / "log");
  EXPECT_TRUE(endless.starts_with("training has no end of its own, since no --max-update, --max-epoch or --patience"))
      << endless;
  EXPECT_TRUE(says(endless, "initialising", "making batches", "stopping after this update"));
}

TEST_F(TrainingOptionsOfTheCommand, AModelThatCannotFitIsRefusedBeforeItTakesMemory) {
  const std::string limit = "ulimit -v 4000000; ";  // kB
  for (const std::string options : {"--encoder-layers 1000000000", "--decoder-layers 1000000000 --dry-run"}) {
    const CommandResult result = run(folder_, limit + kTrainDigits + "--max-update 1 --save-dir run " + options);
    EXPECT_TRUE(says(result.err, "coder-layers expects a whole number from 1 to 10000, got '1000000000'")) << options;
  }
  const CommandResult wide =
      run(folder_, limit + kTrainDigits + "--max-update 1 --save-dir run --encoder-layers 10000 " +
                       "--encoder-embed-dim 100000 --share-all-embeddings false --dry-run");
  EXPECT_EQ(wide.exit_code, 1);
  EXPECT_TRUE(says(wide.err, "GB of memory and swap here", "parameters, which take", "fewer or narrower layers"));
}

TEST_F(TrainingOptionsOfTheCommand, ThatChangedWithinAnEpochAreToldAndTheirFileIsKept) {
  run_or_throw(folder_, kTrainDigits + "--max-update 3 --save-dir run");
  const std::string before = text_of(folder_ / "run/config.ini");
  const CommandResult same = train("--max-update 3 --save-dir run");
  EXPECT_EQ(same.err.find("options other than"), std::string::npos);
  const CommandResult other = train("--max-update 9 --max-tokens 100 --save-dir run");
  EXPECT_EQ(other.exit_code, 0) << other.err;
  EXPECT_TRUE(says(other.err, "options other than in the folder's config.ini: max-tokens 200 -> 100, max-update 3 -> 9",
                   "kept as config_until_update_3.ini", "epoch 1: it goes on after", "of its 400 pairs"));
  EXPECT_EQ(text_of(folder_ / "run/config_until_update_3.ini"), before);
  EXPECT_TRUE(says(text_of(folder_ / "run/config.ini"), "max-tokens = 100"));
}

TEST_F(TrainingOptionsOfTheCommand, AnIncompleteCorpusIsRefusedAndOneWithoutAManifestDoubted) {
  run_or_throw(folder_, "cp -r corpus killed; rm killed/valid.safetensors; cp -r killed old; rm old/manifest.json");
  const std::string options = kTrainDigits.substr(kTrainDigits.find("--")) + "--max-update 1 --save-dir run";
  const CommandResult killed = run(folder_, "rotor-train killed " + options);
  EXPECT_EQ(killed.exit_code, 1);
  EXPECT_TRUE(says(killed.err, "killed: expected the split \"valid\"", "run rotor-preprocess again"));
  const CommandResult old = run(folder_, "rotor-train old " + options);
  EXPECT_EQ(old.exit_code, 0) << old.err;
  EXPECT_TRUE(says(old.err, "warning: old has no manifest.json", "no split \"valid\": there will be no validation"));
}

TEST_F(TrainingOptionsOfTheCommand, LongPairsAreLeftOutWhereAnEncodingServesFewPositions) {
  for (const std::string encoding : {"learned", "tupe"}) {
    const std::string options = "--position-encoding " + encoding + " --max-positions 6 --max-source-positions 2000 ";
    const CommandResult trained = train(options + "--max-epoch 1 --save-dir " + encoding);
    EXPECT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_TRUE(says(trained.err, "of 400 training pairs: they have more than 6 source or 6 target tokens",
                     "of 40 validation pairs: they have more than 6"));
    EXPECT_EQ(train(options + "--max-epoch 1 --dry-run").exit_code, 0);
    const std::string generate = "rotor-generate " + encoding + "/checkpoint_last.safetensors --beam 2 < valid.in";
    const CommandResult translated = run(folder_, generate);
    EXPECT_EQ(translated.exit_code, 0) << translated.err;
    EXPECT_EQ(std::count(translated.out.begin(), translated.out.end(), '\n'), 40);
    EXPECT_TRUE(says(translated.err, "cut off after 6"));
    const CommandResult refused = run(folder_, generate + " --long-sentences refuse");
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(says(refused.err, "expected at most 6 source tokens", "where the model's positions end, got"));
  }
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
