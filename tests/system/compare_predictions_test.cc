// rotor-compare on labelled rows with the real commands: encoders that a comparison has pre-trained are fine-tuned.
#include <sstream>

#include "base/json.h"
#include "base/random.h"
#include "system/digits.h"

namespace rotor {
namespace {

/// A text, and rows whose label says whether their text has the word "good" or "bad".
class ComparePredictions : public testing::Test {
 protected:
  ComparePredictions() {
    write("train", 240, 1);
    write("dev", 40, 2);
    write("test", 40, 3);
    run_or_throw(folder_,
                 "tail -n +2 train.tsv | cut -f 1 > train.txt && tail -n +2 dev.tsv | cut -f 1 > dev.txt && "
                 "rotor-preprocess --task masked_lm --trainpref train.txt --validpref dev.txt --testpref dev.txt "
                 "--model-type word --vocab-size 30 --destdir text");
    preprocess("rows", "--testpref test.tsv");
    folder_.file("mlm.ini",
                 "arch = bert_tiny\nencoder-layers = 1\nencoder-embed-dim = 16\nencoder-ffn-embed-dim = 32\n"
                 "encoder-attention-heads = 2\nlr = 0.01\nwarmup-updates = 2\nmax-update = 20\nlog-interval = 5\n"
                 "tokens-per-sample = 16\nthreads = 1\nbaseline = learned\n");
    folder_.file("rows.ini", "max-epoch = 10\nlog-interval = 5\nthreads = 1\nbaseline = learned\n");
  }

  void write(const std::string& name, int64_t rows, uint64_t seed) const {
    Random random(seed);
    const char* words[] = {"a", "film", "about", "dogs", "and", "trains"};
    std::string table = "text\tverdict\n";
    for (int64_t i = 0; i < rows; ++i) {
      const bool good = random.below(2) == 1;
      std::string text = good ? "good" : "bad";
      for (int word = 0; word < 4; ++word) text += std::string(" ") + words[random.below(6)];
      table += text + (good ? "\tliked\n" : "\tnot liked\n");
    }
    folder_.file(name + ".tsv", table);
  }

  void preprocess(const std::string& corpus, const std::string& more) const {
    run_or_throw(folder_,
                 "rotor-preprocess --task sentence_prediction --trainpref train.tsv --validpref dev.tsv --text-columns "
                 "text --label-column verdict --vocabulary text/vocabulary.model --destdir " +
                     corpus + " " + more);
  }

  CommandResult compare(const std::string& arguments) const { return run(folder_, "rotor-compare " + arguments); }

  ScratchFolder folder_;
};

TEST_F(ComparePredictions, FineTunesThePreTrainedModelOfEachEncoding) {
  const CommandResult trained = compare("text --config mlm.ini --encodings learned,rope --output mlm");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const std::string call =
      "rows --config rows.ini --encodings learned,rope --seeds 1,2 --finetune-from-model mlm "
      "--learning-rates 1e-8,0.02 --output tuned";
  const CommandResult tuned = compare(call);
  ASSERT_EQ(tuned.exit_code, 0) << tuned.err;
  const std::string quality = text_of(folder_ / "tuned/quality.csv"), report = text_of(folder_ / "tuned/report.md");
  EXPECT_TRUE(says(quality, "encoding,seeds,accuracy,accuracy sd,accuracy 95 %,\"p against learned, accuracy\"",
                   "\nlearned,2,1.0000,0.0000,1.0000–1.0000,,,1.0000,",
                   "\nrope,2,1.0000,0.0000,1.0000–1.0000,1.000,1.000,"));
  EXPECT_TRUE(says(text_of(folder_ / "tuned/learning_rates.csv"), "learned,0.02,1.0000,0.0000,2\n"));
  EXPECT_TRUE(says(report, "240 training and 40 validation rows, classes liked, not liked",
                   "learned from mlm/runs/learned/seed-1/model.safetensors; rope from mlm/runs/rope/seed-1/",
                   "encoder-embed-dim = 16", "of the split \"test\"", "(accuracy_by_update.svg)"));
  const std::string log = text_of(folder_ / "tuned/runs/rope/seed-2/lr-0.02/run.log");
  EXPECT_TRUE(says(log, "the encoder of mlm/runs/rope/seed-1/model.safetensors is taken"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "tuned/runs/rope/seed-2/lr-0.02/model.safetensors"));
  const CommandResult again = compare(call);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.err.find("run 1 of"), std::string::npos) << "nothing is left to do";
  EXPECT_EQ(text_of(folder_ / "tuned/quality.csv"), quality);
  EXPECT_TRUE(says(compare("rows --config rows.ini --encodings learned,t5 --finetune-from-model mlm").err, "'t5'",
                   "mlm/runs/t5/seed-*/model.safetensors"));
  EXPECT_TRUE(says(compare("rows --config rows.ini --encodings learned,rope --finetune-from-model "
                           "mlm/runs/learned/seed-1/model.safetensors")
                       .err,
                   "a model of rope for 'rope'", "one of learned"));
}

TEST_F(ComparePredictions, AreTestedOnTheValidationRowsWhereThereAreNoOthers) {
  preprocess("untested", "");
  const CommandResult compared = compare(
      "untested --config rows.ini --encodings learned --arch bert_tiny --encoder-layers 1 "
      "--encoder-embed-dim 16 --encoder-ffn-embed-dim 32 --encoder-attention-heads 2 --lr 0.02 --output scratch");
  ASSERT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_TRUE(says(text_of(folder_ / "scratch/report.md"), "the split \"valid\"",
                   "tested on the validation rows by which they were chosen", "learned from its initial parameters"));
  EXPECT_TRUE(says(compare("untested --config rows.ini --encodings learned --gen-subset test").err, "test", "valid"));
}

}  // namespace
}  // namespace rotor
