// A masked language model through the commands: trained on a text, killed and resumed, evaluated, and fine-tuned.
#include "base/json.h"
#include "base/random.h"
#include "data/corpus_folder.h"
#include "system/digits.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

const std::string kSizes =
    " --arch bert_tiny --encoder-layers 1 --encoder-embed-dim 32 --encoder-ffn-embed-dim 64 --encoder-attention-heads "
    "2 "
    "--initial-deviation 0.1 --no-epoch-checkpoints --threads 1 ";
const std::string kTrain = "rotor-train data" + kSizes +
                           "--position-encoding rope --tokens-per-sample 32 --max-tokens 512 --lr 0.01 "
                           "--warmup-updates 20 --max-update 400 --save-interval-updates 50 --save-dir ";

/// A corpus of a text in which each word tells the next, the folder "data".
class MaskedLmCommands : public testing::Test {
 protected:
  MaskedLmCommands() {
    folder_.file("train.txt", text(400, 1));
    folder_.file("valid.txt", text(40, 2));
    run_or_throw(folder_,
                 "rotor-preprocess --task masked_lm --trainpref train.txt --validpref valid.txt --testpref valid.txt "
                 "--model-type word --vocab-size 40 --destdir data");
  }

  static std::string text(int64_t lines, uint64_t seed) {
    Random random(seed);
    std::string text;
    for (int64_t line = 0; line < lines; ++line) {
      int64_t word = static_cast<int64_t>(random.below(12));
      for (int i = 0; i < 8; ++i, word = (word * 5 + 3) % 12)
        text += std::string(1, static_cast<char>('a' + word)) + " ";
      text.back() = '\n';
      if (line % 20 == 19) text += '\n';
    }
    return text;
  }

  Json evaluate(const std::string& more = "") const {
    return Json::parse(run_or_throw(folder_,
                                    "rotor-evaluate run/checkpoint_best.safetensors --corpus data "
                                    "--threads 1 --format json " +
                                        more)
                           .out);
  }

  ScratchFolder folder_;
};

TEST_F(MaskedLmCommands, TrainAndResumeToTheSameBytes) {
  run_or_throw(folder_, kTrain + "run");
  const Json scores = evaluate();
  EXPECT_GT(scores["accuracy"], 0.4) << "a twelfth by chance";
  EXPECT_LT(scores["loss"], 3.0) << "log2 12 is 3.58";
  EXPECT_EQ(scores, evaluate("--tokens-per-sample 32")) << "as in the training";
  EXPECT_NE(scores, evaluate("--tokens-per-sample 16"));
  EXPECT_EQ(scores, evaluate("--seed 1"));
  EXPECT_NE(scores, evaluate("--seed 2"));
  const Json rounded = evaluate("--quantize int8");
  EXPECT_NE(rounded["loss"], scores["loss"]);
  EXPECT_NEAR(rounded["loss"].get<double>(), scores["loss"].get<double>(), 0.05);
  run(folder_, "(" + kTrain +
                   "killed & p=$!; while [ ! -e killed/checkpoint_last.safetensors ]; do sleep 0.01; done; "
                   "kill -KILL $p; wait $p; true)");
  const auto last = [&](const std::string& run) { return text_of(folder_ / (run + "/checkpoint_last.safetensors")); };
  run_or_throw(folder_, kTrain + "killed");
  EXPECT_TRUE(last("run") == last("killed"));
  EXPECT_TRUE(says(run(folder_, "rotor-inspect run/checkpoint_last.safetensors").out, "masked_lm", "mask   4"));
}

TEST_F(MaskedLmCommands, AreFineTunedToPredictClasses) {
  run_or_throw(folder_, kTrain + "run");
  const auto table = [&](const std::string& name, int64_t rows, uint64_t seed) {
    std::istringstream in(text(rows, seed));
    std::string lines = "text\tlabel\n";
    for (std::string line; std::getline(in, line);) {
      if (!line.empty()) lines += line + "\t" + (line[0] < 'g' ? "low" : "high") + "\n";
    }
    folder_.file(name, lines);
  };
  table("train.tsv", 300, 3);
  table("dev.tsv", 40, 4);
  const std::string model = "run/checkpoint_best.safetensors";
  run_or_throw(
      folder_,
      "rotor-preprocess --task sentence_prediction --trainpref train.tsv --validpref dev.tsv --text-columns text "
      "--label-column label --destdir classes --vocabulary " +
          model);
  EXPECT_EQ(text_of(folder_ / "classes/vocabulary.model"), text_of(folder_ / "data/vocabulary.model"));
  const CommandResult tuned =
      run(folder_, "rotor-train classes" + kSizes +
                       "--position-encoding rope --lr 0.01 --warmup-updates 20 --max-update 200 "
                       "--save-dir tuned --finetune-from-model " +
                       model);
  ASSERT_EQ(tuned.exit_code, 0) << tuned.err;
  EXPECT_TRUE(says(tuned.err, "the encoder of", "is taken", "head.out_proj"));
  const Json scores =
      Json::parse(run_or_throw(folder_,
                               "rotor-evaluate tuned/checkpoint_best.safetensors --corpus classes --gen-subset valid "
                               "--format json --threads 1")
                      .out);
  EXPECT_GT(scores["accuracy"], 0.8);
}

TEST_F(MaskedLmCommands, RefuseAVocabularyWithoutAMask) {
  run_or_throw(folder_,
               "rotor-preprocess --task language_modeling --trainpref train.txt --model-type word --vocab-size 40 "
               "--destdir plain && rotor-preprocess --task masked_lm --trainpref train.txt --vocabulary "
               "plain/vocabulary.model --destdir maskless");
  const CommandResult refused =
      run(folder_, "rotor-train maskless" + kSizes + "--tokens-per-sample 32 --max-update 2 --disable-validation");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(says(refused.err, "maskless", "<mask>")) << refused.err;
}

}  // namespace
}  // namespace rotor
