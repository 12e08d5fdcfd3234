// Models of whole sentences through the commands: from a table to predictions of its rows.
#include <algorithm>
#include <sstream>

#include "base/json.h"
#include "base/random.h"
#include "data/corpus_folder.h"
#include "system/digits.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

const std::string kSizes =
    " --arch bert_tiny --encoder-layers 1 --encoder-embed-dim 16 --encoder-ffn-embed-dim 32 --encoder-attention-heads "
    "2 --dropout 0 --attention-dropout 0 --no-epoch-checkpoints --threads 1 ";
const std::string kTiny = kSizes + "--lr 0.02 ";

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Rows of words: the text has the word "good" or "bad", which says whether it is liked, and a score from 0 to 1.
class PredictionCommands : public testing::Test {
 protected:
  PredictionCommands() {
    write_table("train.tsv", 300, 1, true);
    write_table("dev.tsv", 40, 2, true);
    write_table("test.tsv", 5, 3, false);
  }

  void write_table(const std::string& name, int64_t rows, uint64_t seed, bool labelled) const {
    Random random(seed);
    const char* words[] = {"a", "film", "about", "dogs", "and", "\"trains\""};
    std::string table = labelled ? "text\tverdict\tscore\n" : "index\ttext\n";
    for (int64_t i = 0; i < rows; ++i) {
      const bool good = random.below(2) == 1;
      std::string text = good ? "good" : "bad";
      for (int word = 0; word < 4; ++word) text += std::string(" ") + words[random.below(6)];
      table +=
          labelled ? text + (good ? "\tliked\t0.9\n" : "\tnot liked\t0.1\n") : std::to_string(i) + "\t" + text + "\n";
    }
    folder_.file(name, table);
  }

  CommandResult preprocess(const std::string& options, const std::string& destdir) const {
    return run(folder_, "rotor-preprocess --task sentence_prediction --model-type word --vocab-size 30 --destdir " +
                            destdir + " " + options);
  }
  void make_corpus() const {
    const CommandResult made = preprocess(kSplits + "--label-column verdict", "c");
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  void train(const std::string& corpus, const std::string& save_dir, const std::string& updates = "60") const {
    run_or_throw(folder_, "rotor-train " + corpus + kTiny + "--max-update " + updates + " --save-dir " + save_dir);
  }
  /// What a command refuses in one line.
  std::string refusal(const std::string& command) const {
    const CommandResult result = run(folder_, command);
    EXPECT_NE(result.exit_code, 0) << command;
    const auto lines = lines_of(result.err);
    return lines.empty() ? "" : lines.back();
  }
  Json scores(const std::string& arguments) const {
    return Json::parse(run_or_throw(folder_, "rotor-evaluate " + arguments + " --threads 1 --format json").out);
  }

  const std::string kSplits = "--trainpref train.tsv --validpref dev.tsv --testpref test.tsv --text-columns text ";
  ScratchFolder folder_;
};

TEST_F(PredictionCommands, ClassifyTheRowsOfATable) {
  make_corpus();
  EXPECT_TRUE(
      says(run(folder_, "rotor-inspect c").out, "sentence_prediction", R"(["liked","not liked"])", "not liked"));
  train("c", "run");
  const std::string model = "run/checkpoint_best.safetensors ";
  EXPECT_TRUE(says(run(folder_, "rotor-inspect " + model).out, "sentence_prediction", R"(["liked","not liked"])"));
  const Json dev = scores(model + "--corpus c --gen-subset valid --predictions dev.out");
  EXPECT_EQ(dev["accuracy"], 1.0);
  EXPECT_EQ(dev["rows"], 40);
  EXPECT_LT(dev["loss"], 0.2);
  const auto predicted = lines_of(text_of(folder_ / "dev.out")), rows = lines_of(text_of(folder_ / "dev.tsv"));
  ASSERT_EQ(predicted.size(), 41u);
  EXPECT_EQ(predicted[0], "prediction\tliked\tnot liked");
  for (size_t i = 1; i < predicted.size(); ++i) {
    EXPECT_TRUE(predicted[i].starts_with(rows[i].starts_with("good") ? "liked\t0.9" : "not liked\t0.0"))
        << predicted[i];
  }
  const Json test = scores(model + "--corpus c --predictions test.out");
  EXPECT_FALSE(test.contains("accuracy")) << "the test has no labels";
  EXPECT_EQ(test["rows"], 5);
  run_or_throw(folder_, "tail -n +2 test.tsv | cut -f 2 > texts && tail -n +2 test.out > expected");
  EXPECT_EQ(run_or_throw(folder_, "rotor-evaluate " + model + "--threads 1 < texts").out,
            text_of(folder_ / "expected"));
}

TEST_F(PredictionCommands, PredictNumbers) {
  ASSERT_EQ(preprocess(kSplits + "--label-column score --regression-target", "n").exit_code, 0);
  train("n", "run");
  const Json dev = scores("run/checkpoint_best.safetensors --corpus n --gen-subset valid --predictions out");
  EXPECT_LT(dev["loss"], 0.01);
  const auto predicted = lines_of(text_of(folder_ / "out")), rows = lines_of(text_of(folder_ / "dev.tsv"));
  ASSERT_EQ(predicted.size(), 41u);
  for (size_t i = 1; i < predicted.size(); ++i) {
    EXPECT_NEAR(std::stod(predicted[i]), rows[i].starts_with("good") ? 0.9 : 0.1, 0.3);
  }
}

TEST_F(PredictionCommands, RankCandidates) {
  Random random(1);
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    const bool second = random.below(2) == 1;
    lines += fmt::format("{{\"q\": \"which\", \"x\": \"{} film\", \"y\": \"{} film\", \"best\": \"{}\"}}\n",
                         second ? "bad" : "good", second ? "good" : "bad", second ? "y" : "2");
    if (!second) lines.replace(lines.rfind("\"2\""), 3, "1");
  }
  folder_.file("t.jsonl", lines);
  run_or_throw(folder_,
               "rotor-preprocess --task sentence_ranking --trainpref t.jsonl --validpref t.jsonl --context-column q "
               "--text-columns x,y --label-column best --model-type word --vocab-size 20 --destdir r");
  train("r", "run", "40");
  EXPECT_EQ(scores("run/checkpoint_best.safetensors --corpus r --gen-subset valid")["accuracy"], 1.0);
  folder_.file("rows", "which\tbad film\tgood film\nwhich\tgood film\tbad film\n");
  const auto out = lines_of(run_or_throw(folder_, "rotor-evaluate run/checkpoint_best.safetensors < rows").out);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_TRUE(out[0].starts_with("2\t0.0") && out[1].starts_with("1\t0.9")) << out[0] << '\n' << out[1];
}

TEST_F(PredictionCommands, TrainForThreeEpochsWithAWarmUpAndALinearDecay) {
  make_corpus();
  const CommandResult trained = run(folder_, "rotor-train c" + kSizes + "--log-interval 1 --lr 0.01 --save-dir run");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  std::vector<double> rates;
  for (const std::string& line : lines_of(text_of(folder_ / "run/train.jsonl"))) {
    const Json report = Json::parse(line);
    if (report.contains("learning_rate")) rates.push_back(report["learning_rate"]);
  }
  const size_t all = rates.size(), warm = (all + 9) / 10;
  ASSERT_GE(all, 3 * 300u / 32) << "three epochs of batches of at most 32 rows";
  ASSERT_EQ(all % 3, 0u);
  EXPECT_TRUE(says(trained.err, fmt::format("done after {} updates, 3 epochs", all)));
  EXPECT_NEAR(rates[warm], 0.01, 1e-9) << "the peak after a tenth";
  EXPECT_NEAR(rates[1], 0.01 / static_cast<double>(warm), 1e-9);
  EXPECT_NEAR(rates[warm] - rates[warm + 5], 5 * 0.01 / static_cast<double>(all - warm), 1e-9) << "a line to 0";
  EXPECT_TRUE(says(run(folder_, "rotor-train c" + kSizes + "--max-update 40 --save-dir more").err, "40 updates"))
      << "--max-update alone is the end";
}

TEST_F(PredictionCommands, StopEarlyByTheMetricThatDecides) {
  make_corpus();
  const CommandResult trained =
      run(folder_, "rotor-train c" + kSizes +
                       "--lr 1e-9 --max-epoch 40 --patience 3 --best-checkpoint-metric accuracy "
                       "--save-dir run");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_TRUE(says(trained.err, "epoch 4 | ", "valid accuracy", "done after")) << "the first, and three without gain";
  EXPECT_EQ(trained.err.find("epoch 5 | "), std::string::npos);
}

TEST_F(PredictionCommands, RefuseTablesInOneLine) {
  const std::string table = "rotor-preprocess --task sentence_prediction --destdir d --vocab-size 30 --trainpref ";
  EXPECT_TRUE(says(refusal(table + "train.tsv --text-columns txt --label-column verdict"), "train.tsv:1", "'txt'",
                   "text, verdict, score"));
  EXPECT_TRUE(says(refusal(table + "test.tsv --text-columns text --label-column verdict"), "test.tsv:1", "'verdict'"));
  EXPECT_TRUE(says(refusal(table + "train.tsv --text-columns text --label-column verdict --regression-target"),
                   "train.tsv:2", "number", "liked"));
  folder_.file("bad.tsv", "text\tverdict\ngood\tliked\nbad\n");
  EXPECT_TRUE(says(refusal(table + "bad.tsv --text-columns text --label-column verdict"), "bad.tsv:3", "2 cells"));
  folder_.file("bad.tsv", "text\tverdict\ngood\tliked\n \tliked\n");
  EXPECT_TRUE(says(refusal(table + "bad.tsv --text-columns text --label-column verdict"), "bad.tsv:3", "a text"));
  folder_.file("bad.tsv", "text\tverdict\nx\tunclear\n");
  EXPECT_TRUE(says(refusal(table + "train.tsv --validpref bad.tsv --text-columns text --label-column verdict"),
                   "bad.tsv:2", "'unclear'", "liked, not liked"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "d"));
}

TEST_F(PredictionCommands, RefuseWhatAModelIsNotFor) {
  make_corpus();
  train("c", "run", "2");
  train("c", "r1", "2 --token-types 1");
  const std::string model = "run/checkpoint_last.safetensors";
  folder_.file("other.tsv", "text\tverdict\tscore\ngood\tseen\t1\nbad\tunseen\t2\n");
  const std::string other = "--trainpref other.tsv --text-columns text --vocabulary " + model;
  ASSERT_EQ(preprocess(other + " --label-column verdict", "other").exit_code, 0);
  ASSERT_EQ(preprocess(other + " --label-column score --regression-target", "numbers").exit_code, 0);
  run_or_throw(folder_,
               "cut -f 1 train.tsv > text && rotor-preprocess --task masked_lm --trainpref text --vocabulary " + model +
                   " --destdir text_corpus");
  const std::string evaluate = "rotor-evaluate " + model + " --gen-subset train --corpus ";
  EXPECT_TRUE(says(refusal(evaluate + "other"), "liked, not liked", "seen, unseen"));
  EXPECT_TRUE(says(refusal(evaluate + "numbers"), "liked, not liked", "numbers"));
  EXPECT_TRUE(says(refusal(evaluate + "text_corpus"), "sentence_prediction", "masked_lm"));
  const CommandResult numbers =
      run(folder_, "rotor-train numbers --save-dir r2 --finetune-from-model " + model + kTiny + "--max-update 2");
  EXPECT_EQ(numbers.exit_code, 0);
  EXPECT_TRUE(says(numbers.err, "predicts labels liked, not liked and not numbers, is taken, and", "start anew"));
  EXPECT_TRUE(says(refusal("rotor-train numbers --save-dir run" + kTiny + "--max-update 4"), "labels", "--save-dir"));
  EXPECT_TRUE(says(refusal("rotor-generate " + model + " < text"), "sentence_prediction", "rotor-evaluate"));
  EXPECT_TRUE(says(refusal("printf 'a\\tb\\n' | rotor-evaluate r1/checkpoint_last.safetensors"), "--token-types 1"));
  EXPECT_TRUE(says(refusal("printf 'good\\n\\n' | rotor-evaluate " + model), "standard input:2"));
  EXPECT_TRUE(says(refusal("printf ' \\n' | rotor-evaluate " + model), "standard input:1"));
  EXPECT_TRUE(says(refusal("printf 'a\\tb\\tc\\n' | rotor-evaluate " + model), "a text or a pair of texts", "got 3"));
  EXPECT_TRUE(says(run(folder_, "echo good | rotor-evaluate " + model + " --predictions out").err, "warning",
                   "--predictions", "with --corpus"));
}

}  // namespace
}  // namespace rotor
