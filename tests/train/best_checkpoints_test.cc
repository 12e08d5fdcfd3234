#include "train/best_checkpoints.h"

#include "base/check.h"
#include "base/scratch.h"
#include "train/run_folder.h"
#include "train/training.h"

namespace rotor {
namespace {

TEST(BestCheckpoints, AreSortedByScoreThenUpdateTheBestLast) {
  const ScratchFolder folder;
  for (const char* name : {"best_loss_4.5000_10", "best_loss_4.5000_9", "best_loss_10.1000_30", "best_bleu_9.0000_1",
                           "best_bleu_31.0000_2", "best", "best_loss_x_1", "last"}) {
    folder.file("checkpoint_" + std::string(name) + ".safetensors", "");
  }
  auto names = [&](const char* metric) {
    std::vector<std::string> all;
    for (const auto& path : best_checkpoint_files(folder.path(), metric)) all.push_back(path.stem());
    return all;
  };
  EXPECT_EQ(names("loss"),
            (std::vector<std::string>{"checkpoint_best_loss_10.1000_30", "checkpoint_best_loss_4.5000_10",
                                      "checkpoint_best_loss_4.5000_9"}));
  EXPECT_EQ(names("bleu"),
            (std::vector<std::string>{"checkpoint_best_bleu_9.0000_1", "checkpoint_best_bleu_31.0000_2"}));
}

TEST(BestCheckpoints, TakeInWhatIsBetterThanTheWorstOfThem) {
  const ScratchFolder folder;
  for (const char* name : {"best_loss_4.5000_10", "best_loss_4.7000_20"}) {
    folder.file("checkpoint_" + std::string(name) + ".safetensors", "");
  }
  CheckpointOptions options;
  options.save_dir = folder.path();
  EXPECT_TRUE(RunFolder(options).names_among_best(1, 30).empty()) << "none are kept";
  options.keep_best_checkpoints = 2;
  const RunFolder run(options);
  EXPECT_EQ(run.names_among_best(4.6, 30), std::vector<std::string>{"best_loss_4.6000_30"});
  EXPECT_EQ(run.names_among_best(4.7, 20).size(), 1u) << "the same again";
  EXPECT_TRUE(run.names_among_best(4.7, 30).empty()) << "the earlier one stays";
  EXPECT_TRUE(run.names_among_best(NAN, 30).empty());
}

/// The updates of the validations in a run's reports, best first.
std::vector<int64_t> updates_by(const char* key, double sign, const std::vector<nlohmann::json>& reports) {
  std::vector<std::pair<double, int64_t>> found;
  for (const auto& report : reports) {
    if (report.contains(key)) found.emplace_back(sign * report[key].get<double>(), report["update"]);
  }
  std::sort(found.begin(), found.end());
  std::vector<int64_t> updates;
  for (const auto& [score, update] : found) updates.push_back(update);
  return updates;
}

TEST_F(TrainerTest, KeepsTheBestValidationsAndResumesToTheSame) {
  validates_ = true;
  options_.optimization.schedule.lr = 5e-2;
  options_.checkpoints.validate_interval_updates = 2;
  options_.checkpoints.keep_best_checkpoints = 3;
  options_.checkpoints.no_epoch_checkpoints = true;
  train("whole", 24);
  const auto updates = updates_by("valid_loss", 1, reports("whole"));
  ASSERT_GT(updates.size(), 8u);
  std::set<int64_t> kept;
  for (const auto& file : best_checkpoint_files(folder_ / "whole", "loss")) {
    const SafeTensors checkpoint(file);
    kept.insert(TrainerState::from_json(checkpoint.metadata("trainer"), "checkpoint").updates);
  }
  EXPECT_EQ(kept, std::set<int64_t>(updates.begin(), updates.begin() + 3));
  for (const int64_t end : {2, 10, 16, 24}) train("parts", end, 0, end == 2 ? 1 : 99);
  EXPECT_EQ(files("parts"), files("whole"));
}

TEST_F(TrainerTest, ReportsBleuAndMayChooseTheBestByIt) {
  validates_ = true;
  learn_a_sentence("aaa bbb ccc ddd");
  model_options_.dropout = model_options_.attention.dropout = model_options_.activation_dropout = 0;
  options_.optimization.schedule.lr = 2e-2;
  options_.checkpoints.validate_interval_updates = 2;
  options_.checkpoints.keep_best_checkpoints = 1;
  options_.checkpoints.best_checkpoint_metric = "bleu";
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 2); }), "needs --eval-bleu"));
  options_.checkpoints.eval_bleu = true;
  options_.checkpoints.eval_bleu_args = R"({"beam": 2, "max_len_b": 20})";
  const TrainerState state = train("run", 120);
  const auto updates = updates_by("valid_bleu", -1, reports("run"));
  ASSERT_GT(updates.size(), 8u);
  ASSERT_GT(state.best.of("bleu"), 0);
  EXPECT_EQ(best_checkpoint_files(folder_ / "run", "bleu").back().stem(),
            fmt::format("checkpoint_best_bleu_{:.4f}_{}", *state.best.of("bleu"), updates[0]));
  std::filesystem::copy(folder_ / "run", folder_ / "two");
  train("run", 124);
  train_together("two", 2, 1, 124);
  expect_same_reports("run", "two");
  options_.checkpoints.eval_bleu_args = R"({"beem": 2})";
  EXPECT_TRUE(says(message_of<Error>([&] { train("other", 2); }), "--eval-bleu-args", "beem", "beam"));
  options_.checkpoints.eval_bleu_args = "beam 2";
  EXPECT_TRUE(says(message_of<Error>([&] { train("other", 2); }), "JSON object"));
}

TEST_F(TrainerTest, BleuIsOfTheTextThatTheCorpusHolds) {
  validates_ = true;
  learn_a_sentence("aaa bbb ccc ddd");
  model_options_.dropout = model_options_.attention.dropout = model_options_.activation_dropout = 0;
  options_.optimization.schedule.lr = 2e-2;
  options_.checkpoints.eval_bleu = true;
  options_.checkpoints.eval_bleu_args = R"({"beam": 2, "max_len_b": 20})";
  const double of_ids = train("ids", 120).best.of("bleu").value();
  const CorpusColumn &source = valid_.column("source"), &target = valid_.column("target");
  CorpusWriter writer(folder_ / "text.safetensors", valid_.task(), {source.info(), target.info()}, /*keep_text=*/true);
  for (int64_t i = 0; i < valid_.size(); ++i) writer.add({source.ids(i), target.ids(i)}, {"", "eee fff ggg hhh"});
  writer.finish();
  valid_ = Corpus(folder_ / "text.safetensors");
  const double of_text = train("text", 120).best.of("bleu").value();
  EXPECT_GT(of_ids, 20);
  EXPECT_LT(of_text, 5);
}

}  // namespace
}  // namespace rotor
