#include "compare/prediction_comparison.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/option_text.h"
#include "compare/evaluation_files.h"
#include "compare/predicted_rows.h"
#include "compare/runner.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

constexpr const char* kPredictions = "test.tsv";

/// The classes or candidates among which the rows of a corpus choose; 0: their labels are numbers.
int64_t choices_of(const Corpus& corpus) {
  if (corpus.task().name == kSentenceRanking) return std::ssize(corpus.columns()) - 1;
  return std::ssize(corpus.classes());
}

bool has_labels(const CompareOptions& options, const std::string& split) {
  const fs::path path = split_path(options.corpus, split);
  return fs::exists(path) && !Corpus(path).labels().empty();
}

}  // namespace

PredictionComparison::PredictionComparison(const Plan& plan) : CorpusComparison(plan), choices_(choices_of(split())) {
  ROTOR_CHECK(!split().labels().empty(),
              "{}: expected rows with labels, got none; evaluate another --gen-subset, such as valid",
              split().path().string());
  if (deciding() != "loss") prediction_metric(deciding(), choices_);
}

std::vector<fs::path> PredictionComparison::checkpoints(const fs::path& folder,
                                                        const CompareOptions& /*options*/) const {
  const fs::path best = folder / "checkpoint_best.safetensors";
  return fs::exists(best) ? std::vector{best} : std::vector<fs::path>();
}

std::string PredictionComparison::describe_corpus() const {
  const Corpus train = open("train");
  const std::string what = choices_ == 0 ? "numbers to predict"
                           : train.task().name == kSentenceRanking
                               ? fmt::format("{} candidates each", choices_)
                               : fmt::format("classes {}", fmt::join(train.classes(), ", "));
  return fmt::format("Corpus: {} training and {} validation rows, {}, a vocabulary of {} pieces.", train.size(),
                     open("valid").size(), what, read_vocabularies(options().corpus).source.size());
}

std::vector<std::string> PredictionComparison::results(const PlannedRun& /*run*/) const {
  return {kSpeedFile, kPredictions};
}

void PredictionComparison::test(const PlannedRun& run, Tests tests, const RunCommands& commands) const {
  if (tests == Tests::kMissing && has_results(run.folder, results(run))) return;
  evaluate(run, kSpeedFile,
           {"--max-source-positions", std::to_string(run.training.max_source_positions), "--truncate",
            run.training.batches.truncate, "--max-tokens", max_tokens(run.training.max_source_positions),
            "--predictions", run.folder / kPredictions},
           commands);
}

std::vector<ScoredTest> PredictionComparison::read(const PlannedRun& run) const {
  ScoredTest test;
  test.judged = read_predicted_rows(plain_or_packed(run.folder / kPredictions), split(), choices_);
  test.scores = read_scores(plain_or_packed(run.folder / kSpeedFile));
  return {test};
}

std::vector<std::string> PredictionComparison::metrics() const {
  std::vector<std::string> names = split().task().name == kSentenceRanking ? std::vector<std::string>{"accuracy"}
                                                                           : prediction_metric_names(choices_);
  const auto decides = std::find(names.begin(), names.end(), deciding());
  if (decides != names.end()) std::rotate(names.begin(), decides, std::next(decides));
  return names;
}

std::vector<Measure> PredictionComparison::measures() const {
  std::vector<Measure> measures;
  for (const std::string& name : metrics()) {
    measures.push_back({.name = name, .decimals = 4, .of = told(name)});
  }
  Measure& first = measures.front();
  first.tested = std::make_shared<JudgedScore>(prediction_metric(first.name, choices_));
  first.interval = true;
  first.figure_label = first.name;
  first.figure_caption = fmt::format("{} of the split \"{}\"", first.name, options().gen_subset);
  measures.push_back({.name = "loss", .best = Best::kLowest, .decimals = 3, .of = told("loss"), .spread = false});
  const std::string metric = deciding();
  measures.push_back({.name = "best validation " + metric,
                      .best = metric == "loss" ? Best::kLowest : Best::kHighest,
                      .decimals = 4,
                      .of = [metric](const ScoredRun& run) { return best_of(run.result.training, metric); },
                      .spread = false});
  return measures;
}

std::string PredictionComparison::starts() const {
  std::string text;
  const int64_t seed = plan().seeds().front();
  for (const Entry& entry : plan().entries()) {
    const std::string& start = plan().run(entry, seed).training.trainer.checkpoints.finetune_from_model;
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", entry.label,
                        start.empty() ? "from its initial parameters" : "from " + start);
  }
  return fmt::format("Trainings start, with seed {}: {}.", seed, text);
}

KindTexts PredictionComparison::texts() const {
  const std::string unit = choices_ == 0 ? "the squared error" : "in bits a row";
  const bool chosen_by_the_same = options().gen_subset == "valid";
  return {
      .resampled = fmt::format("the {} rows of the split \"{}\"; a resample's score is the mean over seeds",
                               split().size(), options().gen_subset),
      .losses = fmt::format("The loss is {}; those at equal updates and time are of the validation rows,", unit),
      .speeds = "Training speed is the median over a run's reports, in tokens that are read; so is evaluation speed.",
      .work = "evaluation",
      .procedure =
          fmt::format("predicts the {} rows of the split \"{}\", in up to {} tokens (--truncate {})", split().size(),
                      options().gen_subset, plan().common().max_source_positions, plan().common().batches.truncate),
      .scoring =
          starts() + (chosen_by_the_same ? " Models are tested on the validation rows by which they were chosen, "
                                           "so their scores are higher than those of other rows would be."
                                         : ""),
      .models = fmt::format("the checkpoint of the best validation ({}) of its training", deciding()),
      .loss_label = choices_ == 0 ? "loss (squared error)" : "loss (bits a row)",
  };
}

void fit_prediction_comparison(CompareOptions& options, TrainingOptions& training, const CommandLine& given) {
  if (given.given("gen-subset").empty() && !has_labels(options, options.gen_subset)) options.gen_subset = "valid";
  if (given.given("no-epoch-checkpoints").empty()) training.trainer.checkpoints.no_epoch_checkpoints = true;
  const fs::path train = split_path(options.corpus, "train");
  if (given.given("best-checkpoint-metric").empty() && fs::exists(train)) {
    training.trainer.checkpoints.best_checkpoint_metric = choices_of(Corpus(train)) == 0 ? "spearman" : "accuracy";
  }
}

void check_prediction_comparison(const CompareOptions& options, const TrainingOptions& training) {
  require(options.extrapolate == 0, "--extrapolate is not for models of whole sentences; leave it out");
  require(options.average == 1,
          "--average is not for models of whole sentences, which are the checkpoint of the best validation; leave it "
          "out");
  require(training.batches.truncate != "none",
          "--truncate none leaves out long rows, and models are compared on the same; choose longest, first, second or "
          "head-and-tail");
}

std::unique_ptr<ComparisonKind> make_prediction_comparison(const Plan& plan) {
  return std::make_unique<PredictionComparison>(plan);
}

}  // namespace rotor
