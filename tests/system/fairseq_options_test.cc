// What the commands make of fairseq's options: those that ask for nothing else than they do are taken, others are
// answered with what to use.
#include "system/digits.h"

namespace rotor {
namespace {

class FairseqOptions : public testing::Test {
 protected:
  CommandResult succeed(const std::string& command) const {
    const CommandResult result = run(folder_, command);
    EXPECT_EQ(result.exit_code, 0) << command << ": " << result.err;
    return result;
  }

  ScratchFolder folder_;
};

TEST_F(FairseqOptions, ThatMeanTheSameAreTaken) {
  make_digits_corpus(folder_);
  succeed(
      "rotor-preprocess -s in -t out --task translation --bpe sentencepiece --dataset-impl mmap --thresholdsrc 0 "
      "--trainpref train --validpref valid --joined-dictionary --vocab-size 24 --destdir again");
  EXPECT_EQ(text_of(folder_ / "again/train.safetensors"), text_of(folder_ / "corpus/train.safetensors"));

  succeed(kTrainDigits + "--max-epoch 3 --save-dir run");
  succeed(
      kTrainDigits +
      "--max-epoch 3 --save-dir fairseq --task translation --criterion label_smoothed_cross_entropy --optimizer adam "
      "--adam-betas '(0.9, 0.98)' --max-sentences 0 --no-progress-bar --valid-subset valid "
      "--skip-invalid-size-inputs-valid-test --cpu --find-unused-parameters --data-buffer-size 10 "
      "--fixed-validation-seed 7 --ignore-unused-valid-subsets");
  const std::string trained = text_of(folder_ / "run/checkpoint_3.safetensors");
  ASSERT_FALSE(trained.empty());
  EXPECT_EQ(text_of(folder_ / "fairseq/checkpoint_3.safetensors"), trained);

  succeed("rotor-average --inputs run --num-epoch-checkpoints 2 --output a.safetensors");
  succeed("rotor-average run --last 2 --output b.safetensors");
  EXPECT_EQ(text_of(folder_ / "a.safetensors"), text_of(folder_ / "b.safetensors"));

  const std::string expected = succeed("rotor-generate a.safetensors --threads 1 --input valid.in").out;
  EXPECT_EQ(succeed("rotor-generate --path a.safetensors --threads 1 --input valid.in --task translation --cpu "
                    "--remove-bpe=sentencepiece --bpe sentencepiece")
                .out,
            expected);
  EXPECT_EQ(succeed("rotor-generate --remove-bpe a.safetensors --threads 1 --input valid.in").out, expected);
}

TEST_F(FairseqOptions, OthersAreAnsweredWithWhatToUse) {
  const std::pair<const char*, const char*> answers[] = {
      {"rotor-preprocess --tokenizer moses", "raw text"},
      {"rotor-preprocess --bpe subword_nmt", "raw text"},
      {"rotor-preprocess --user-dir plugins", "no plug-ins"},
      {"rotor-preprocess --thresholdtgt 5", "--vocab-size"},
      {"rotor-train corpus -s en -t de", "the languages"},
      {"rotor-train corpus --fp16", "--bf16"},
      {"rotor-train corpus --task language_modeling", "the corpus or model says what its task is"},
      {"rotor-train corpus --criterion cross_entropy", "--label-smoothing 0"},
      {"rotor-train corpus --distributed-world-size 4", "mpirun"},
      {"rotor-train corpus --distributed-port=1234", "mpirun"},
      {"rotor-train corpus --optimizer nag", "expects one of adam"},
      {"rotor-train corpus --encoder-learned-pos", "--encoder-position-encoding learned"},
      {"rotor-train corpus --encoder-embed-path vectors.txt", "--finetune-from-model"},
      {"rotor-train corpus --truncate-source", "--max-source-positions"},
      {"rotor-train corpus --log-file log", "2>FILE"},
      {"rotor-train corpus --maximize-best-checkpoint-metric", "a low loss is better"},
      {"rotor-generate m --fp16", "--quantize"},
      {"rotor-generate m --sacrebleu", "rotor-score"},
      {"rotor-generate m --results-path out", "--output"},
      {"rotor-generate m --tokenizer moses", "raw text"},
      {"rotor-generate m --remove-bpe=subword_nmt", "raw text"},
      {"rotor-average --inputs run --num-update-checkpoints 3 --output m", "--last N"},
      {"rotor-average --inputs run --checkpoint-upper-bound 3 --output m", "files"},
      {"rotor-score ref --order 5", "n-grams up to 4"},
      {"rotor-serve m --fp16", "--quantize"},
  };
  for (const auto& [command, answer] : answers) {
    const CommandResult result = run(folder_, command);
    EXPECT_EQ(result.exit_code, 2) << command << ": " << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << command << ": " << result.err;
    EXPECT_TRUE(says(result.err, answer)) << command;
  }
}

}  // namespace
}  // namespace rotor
