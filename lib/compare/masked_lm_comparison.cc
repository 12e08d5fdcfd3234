#include "compare/masked_lm_comparison.h"

#include <cmath>

#include "base/files.h"
#include "base/option_text.h"
#include "compare/evaluation_files.h"
#include "compare/runner.h"

namespace rotor {

using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kParts = "test.parts.csv";

}  // namespace

MaskedLmComparison::MaskedLmComparison(const Plan& plan)
    : plan_(plan),
      split_(open_split(plan.options().corpus, plan.options().gen_subset, read_vocabularies(plan.options().corpus))) {}

std::string MaskedLmComparison::describe_corpus() const {
  const Vocabularies vocabularies = read_vocabularies(options().corpus);
  const auto tokens = [&](const char* split) {
    return open_split(options().corpus, split, vocabularies).column("text").tokens();
  };
  const std::string& language = split_.column("text").info().language;
  return fmt::format("Corpus: {}text of {} training and {} validation tokens, a vocabulary of {} pieces.",
                     language.empty() ? "" : language + ", ", tokens("train"), tokens("valid"),
                     vocabularies.source.size());
}

Json MaskedLmComparison::inputs() const {
  return {{"test", sha256_of_file(split_.path())}};
}

std::pair<std::string, Json> MaskedLmComparison::settings() const {
  return {"evaluation", {{"gen_subset", options().gen_subset}, {"average", options().average}}};
}

std::vector<std::string> MaskedLmComparison::results(const PlannedRun& /*run*/) const {
  return {kSpeedFile, kParts};
}

void MaskedLmComparison::test(const PlannedRun& run, Tests tests, const RunCommands& commands) const {
  if (tests == Tests::kMissing && has_results(run.folder, results(run))) return;
  const BatchOptions& batches = run.training.batches;
  commands.call(run, command(),
                {run.folder / "model.safetensors", "--corpus", options().corpus, "--gen-subset", options().gen_subset,
                 "--tokens-per-sample", std::to_string(batches.tokens_per_sample), "--sample-break-mode",
                 batches.sample_break_mode, "--mask-prob", fmt::format("{}", batches.mask.prob), "--threads",
                 std::to_string(run.training.threads), "--format", "json", "--stats",
                 (run.folder / kSpeedFile).string(), "--by-sample", (run.folder / kParts).string()});
}

std::vector<ScoredTest> MaskedLmComparison::read(const PlannedRun& run) const {
  ScoredTest test{{read_losses(plain_or_packed(run.folder / kParts))}};
  test.scores = read_scores(plain_or_packed(run.folder / kSpeedFile));
  return {test};
}

std::vector<Measure> MaskedLmComparison::measures() const {
  const CountedScore loss{&loss_, 0};
  const auto loss_of = [loss](const ScoredRun& run) { return loss.of(run.tests.at(0)); };
  return {
      {.name = "loss",
       .best = Best::kLowest,
       .decimals = 3,
       .of = loss_of,
       .tested = loss,
       .figure_label = "loss (bits a hidden token)",
       .figure_caption = fmt::format("Loss of the split \"{}\"", options().gen_subset)},
      {.name = "loss, nats", .best = Best::kLowest, .decimals = 3, .of = told("loss_nats"), .spread = false},
      {.name = "perplexity",
       .best = Best::kLowest,
       .decimals = 2,
       .of = [loss_of](const ScoredRun& run) { return std::exp2(loss_of(run)); },
       .spread = false},
      {.name = "accuracy", .best = Best::kHighest, .decimals = 4, .of = told("accuracy")},
      {.name = "best validation loss",
       .best = Best::kLowest,
       .decimals = 3,
       .of = best_validation_loss,
       .spread = false},
  };
}

KindTexts MaskedLmComparison::texts() const {
  const BatchOptions& batches = plan_.common().batches;
  return {
      .resampled =
          fmt::format("the samples of the split \"{}\"; a sample counts with its losses of all seeds that both have",
                      options().gen_subset),
      .losses =
          "Losses are in bits a hidden token, and perplexity is 2^loss; those at equal updates and time are of the "
          "validation text,",
      .speeds =
          "Training speed is the median over a run's reports, in tokens that are read; evaluation speed counts the "
          "hidden tokens.",
      .work = "evaluation",
      .procedure = fmt::format(
          "predicts the hidden tokens, {:.3g} % of all, of the split \"{}\" in samples of up to {} "
          "tokens (--sample-break-mode {}); they are the same for all models",
          100 * batches.mask.prob, options().gen_subset, batches.tokens_per_sample, batches.sample_break_mode),
      .scoring = "",
  };
}

void check_masked_lm_comparison(const CompareOptions& options, const TrainingOptions& /*training*/) {
  require(options.extrapolate == 0, "--extrapolate is not for masked language models; leave it out");
}

std::unique_ptr<ComparisonKind> make_masked_lm_comparison(const Plan& plan) {
  return std::make_unique<MaskedLmComparison>(plan);
}

}  // namespace rotor
