// rotor-compare with the real commands, on digits to copy: small enough for seconds.

#include <fstream>

#include "base/json.h"
#include "base/random.h"
#include "compare/start_models.h"
#include "system/command.h"

namespace rotor {
namespace {

/// Writes <split>.in and <split>.out, the same lines of 3 to 8 digits.
void write_copied_digits(const ScratchFolder& folder, const std::string& split, int64_t pairs, uint64_t seed) {
  std::ofstream source(folder / (split + ".in")), target(folder / (split + ".out"));
  Random random(seed);
  for (int64_t i = 0; i < pairs; ++i) {
    std::string digits;
    for (uint64_t k = 0, length = 3 + random.below(6); k < length; ++k)
      digits += std::to_string(random.below(10)) + " ";
    digits.pop_back();
    source << digits << '\n';
    target << digits << '\n';
  }
}

class CompareCommand : public testing::Test {
 protected:
  void SetUp() override {
    write_copied_digits(folder_, "train", 400, 1);
    write_copied_digits(folder_, "valid", 40, 2);
    write_copied_digits(folder_, "test", 40, 3);
    const auto made = run(folder_,
                          "rotor-preprocess --source-lang in --target-lang out --trainpref train --validpref valid "
                          "--joined-dictionary --vocab-size 24 --destdir corpus");
    ASSERT_EQ(made.exit_code, 0) << made.err;
    folder_.file("config.ini",
                 "arch = transformer_tiny\nencoder-layers = 1\ndecoder-layers = 1\nencoder-embed-dim = 32\n"
                 "decoder-embed-dim = 32\nencoder-ffn-embed-dim = 64\ndecoder-ffn-embed-dim = 64\nlr = 0.01\n"
                 "warmup-updates = 10\nmax-tokens = 500\nmax-epoch = 2\nlog-interval = 2\nthreads = 1\nbeam = 2\n"
                 "max-len-b = 20\naverage = 2\n");
  }

  CommandResult compare(const std::string& more) const {
    return run(folder_,
               "rotor-compare corpus --config config.ini --test-source test.in --test-reference test.out " + more);
  }

  ScratchFolder folder_;
};

TEST_F(CompareCommand, ComparesTwoEncodingsAndOneWithAnOption) {
  const std::string call = "--encodings sinusoidal,linear+rope,rope:rope-base=100 --output compared";
  const CommandResult first = compare(call);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const std::string quality = text_of(folder_ / "compared/quality.csv");
  EXPECT_TRUE(says(quality, "\nsinusoidal,1,", "\nlinear+rope,1,", "\nrope:rope-base=100,1,"));
  EXPECT_TRUE(says(text_of(folder_ / "compared/runs/rope_rope-base=100/seed-1/train.ini"), "rope-base = 100\n"));
  const CommandResult second = compare(call);
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.err.find("run 1 of"), std::string::npos) << "nothing is left to do";
  EXPECT_EQ(text_of(folder_ / "compared/quality.csv"), quality);
  const CommandResult timed = compare(call + " --time-again 1");
  EXPECT_EQ(timed.exit_code, 0) << timed.err;
  EXPECT_TRUE(says(timed.err, "timing, round 1 of 1: sinusoidal", "timing, round 1 of 1: rope:rope-base=100"));
}

TEST_F(CompareCommand, AveragesWhatThereIsIfTrainingEndsWithinItsFirstEpoch) {
  const CommandResult result =
      compare("--encodings sinusoidal,rope --max-epoch 0 --max-update 3 --log-interval 100 --average 5 --output short");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(says(text_of(folder_ / "short/report.md"), "average of the newest 5 checkpoints",
                   "where it left fewer: sinusoidal, seed 1: 1; rope, seed 1: 1"));
  EXPECT_TRUE(says(run(folder_, "rotor-inspect short/runs/rope/seed-1/model.safetensors").out,
                   "averaged\n  file checkpoint_last.safetensors, updates 3"));
}

TEST_F(CompareCommand, GoesOnAfterASignalWithTheSameResult) {
  const std::string call = "--encodings sinusoidal,rope --keep-checkpoints --max-epoch 20 --output ";
  const std::string reports = "halves/runs/sinusoidal/seed-1/checkpoints/train.jsonl";
  const CommandResult stopped =
      run(folder_, "rotor-compare corpus --config config.ini --test-source test.in --test-reference test.out " + call +
                       "halves & child=$!; while kill -0 $child && ! [ -s " + reports +
                       " ]; do sleep 0.02; done; kill -INT $child; wait $child");
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_TRUE(
      std::filesystem::exists(folder_ / "halves/runs/sinusoidal/seed-1/checkpoints/checkpoint_last.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "halves/runs/sinusoidal/seed-1/result.json"));
  const CommandResult resumed = compare(call + "halves"), whole = compare(call + "whole");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_TRUE(says(text_of(folder_ / "halves/runs/sinusoidal/seed-1/run.log"), "stopped by signal 2", "resumed"));
  const std::string model = "runs/sinusoidal/seed-1/model.safetensors";
  EXPECT_TRUE(text_of(folder_ / ("halves/" + model)) == text_of(folder_ / ("whole/" + model)));
}

TEST_F(CompareCommand, ComparesLanguageModelsOnTextAndOnLongerSamplesOfIt) {
  const auto made =
      run(folder_,
          "rotor-preprocess --task language_modeling --trainpref train.in --validpref valid.in --testpref "
          "test.in --vocab-size 24 --destdir text");
  ASSERT_EQ(made.exit_code, 0) << made.err;
  folder_.file("lm.ini",
               "arch = transformer_lm_tiny\ndecoder-layers = 1\ndecoder-embed-dim = 32\ndecoder-ffn-embed-dim = 64\n"
               "max-positions = 24\nlr = 0.01\nwarmup-updates = 10\nmax-tokens = 500\nmax-epoch = 2\nlog-interval = 2\n"
               "tokens-per-sample = 16\nthreads = 1\naverage = 2\n");
  const std::string call =
      "rotor-compare text --config lm.ini --encodings sinusoidal,learned,linear+rope --extrapolate 2 --output ";
  const CommandResult first = run(folder_, call + "compared");
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const std::string quality = text_of(folder_ / "compared/quality.csv");
  EXPECT_TRUE(says(quality, "\nsinusoidal,1,", "\nlearned,1,", "\nlinear+rope,1,"));
  const std::string lengths = text_of(folder_ / "compared/extrapolation.csv");
  EXPECT_TRUE(says(lengths, "encoding,16 tokens,16 tokens sd,32 tokens,32 tokens sd\n"));
  const size_t learned = lengths.find("\nlearned,");
  EXPECT_TRUE(says(lengths.substr(learned, lengths.find('\n', learned + 1) - learned), ",,,")) << "it has 24 positions";
  const std::string model = "compared/runs/linear+rope/seed-1/";
  const CommandResult told = run(folder_, "rotor-evaluate " + model +
                                              "model.safetensors --corpus text --threads 1 "
                                              "--tokens-per-sample 32");
  const auto stats = nlohmann::json::parse(text_of(folder_ / (model + "test-2x.json")));
  EXPECT_TRUE(says(told.out, fmt::format("loss {:.4f} |", stats["loss"].get<double>())));
  EXPECT_TRUE(says(lengths, fmt::format(",{:.3f},", stats["loss"].get<double>())));
  const CommandResult again = run(folder_, call + "compared --time-again 1");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.err.find("run 1 of"), std::string::npos) << "nothing is left to do";
  EXPECT_EQ(text_of(folder_ / "compared/extrapolation.csv"), lengths);
  const std::string entry = "rope:test-rope-scaling=yarn:test-rope-scaling-factor=2";
  const CommandResult scaled = run(folder_, "rotor-compare text --config lm.ini --encodings rope," + entry +
                                                " --baseline rope --extrapolate 2 --output compared");
  ASSERT_EQ(scaled.exit_code, 0) << scaled.err;
  EXPECT_TRUE(says(text_of(folder_ / "compared/runs/rope/seed-1/run.log"), "updates"));
  const std::string plain = "compared/runs/rope/seed-1/", of_tests = "compared/runs/" + folder_name(entry) + "/seed-1/";
  EXPECT_EQ(text_of(folder_ / (plain + "model.safetensors")), text_of(folder_ / (of_tests + "model.safetensors")));
  EXPECT_NE(text_of(folder_ / (plain + "test-2x.positions.csv")),
            text_of(folder_ / (of_tests + "test-2x.positions.csv")));
  const CommandResult misled = run(folder_, call + "compared --report-only --beam 3 --test-source test.in");
  EXPECT_EQ(misled.exit_code, 0) << misled.err;
  EXPECT_EQ(misled.err.find("--max-positions"), std::string::npos) << "learned reads it";
  EXPECT_TRUE(says(misled.err, "--beam 3 has no effect: it is read only for translation",
                   "--test-source test.in has no effect"));
}

TEST_F(CompareCommand, TakesTheFirstEntryAsBaselineUnlessOneIsGiven) {
  const CommandResult result = compare("--encodings linear+rope,rope --max-epoch 1 --output compared");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(says(result.err, "the baseline is linear+rope, the first of --encodings"));
  EXPECT_TRUE(says(text_of(folder_ / "compared/quality.csv"), "p against linear+rope, BLEU"));
  const CommandResult usual = compare("--encodings linear+rope,sinusoidal --report-only --output usual");
  EXPECT_EQ(usual.exit_code, 0) << usual.err;
  EXPECT_EQ(usual.err.find("the baseline is"), std::string::npos);
  folder_.file("more.ini", text_of(folder_ / "config.ini") + "baseline = sinusoidal\n");
  const CommandResult given = run(folder_,
                                  "rotor-compare corpus --config more.ini --encodings linear+rope,rope "
                                  "--test-source test.in --test-reference test.out");
  EXPECT_EQ(given.exit_code, 2);
  EXPECT_TRUE(says(given.err, "--baseline expects one of --encodings: linear+rope, rope; got 'sinusoidal'"));
}

TEST_F(CompareCommand, RefusesWrongUsageWithTheWayOut) {
  const auto refused = [&](const std::string& more, int code) {
    const CommandResult result = compare(more);
    EXPECT_EQ(result.exit_code, code) << result.err;
    return result.err;
  };
  EXPECT_TRUE(says(refused("--encodings sinusoidal,ropes", 2), "did you mean rope?", "transformer-xl"));
  EXPECT_TRUE(says(refused("--encodings rope --baseline sinusoidal", 2), "--baseline", "sinusoidal"));
  EXPECT_TRUE(says(refused("--seed 3", 2), "--seed", "--seeds"));
  EXPECT_TRUE(says(refused("--test-source absent.in", 1), "absent.in"));
  EXPECT_TRUE(says(refused("--test-source train.in", 1), "400 and 40"));
  EXPECT_TRUE(says(refused("--output test.in/below", 1), "--output"));
  EXPECT_TRUE(says(refused("--published config.ini", 1), "config.ini: expected a header"));
  EXPECT_TRUE(says(refused("--encodings rope --baseline rope --gen-subset valid --report-only", 0),
                   "--gen-subset valid has no effect: it is read only for models of texts"));
  EXPECT_TRUE(says(refused("--arch transformer_lm_tiny", 2), "--arch transformer_lm_tiny", "translation"));
  const CommandResult absent = run(folder_, "rotor-compare nowhere --max-update 1");
  EXPECT_EQ(absent.exit_code, 1);
  EXPECT_TRUE(says(absent.err, "nowhere"));
}

}  // namespace
}  // namespace rotor
