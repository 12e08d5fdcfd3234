#include "compare/masked_lm_comparison.h"

#include <algorithm>

#include "base/option_text.h"
#include "compare/evaluation_files.h"
#include "compare/runner.h"

namespace rotor {

namespace {

constexpr const char* kParts = "test.parts.csv";

template <typename T>
std::string text(T value) {
  return fmt::format("{}", value);
}

}  // namespace

std::pair<std::string, nlohmann::ordered_json> MaskedLmComparison::settings() const {
  auto settings = TextComparison::settings();
  const MaskOptions &mask = plan().common().batches.mask, usual;
  note_unless_usual(settings.second, "leave_unmasked_prob", mask.leave_unmasked, usual.leave_unmasked);
  note_unless_usual(settings.second, "random_token_prob", mask.random_token, usual.random_token);
  note_unless_usual(settings.second, "mask_whole_words", mask.whole_words, usual.whole_words);
  return settings;
}

std::vector<std::string> MaskedLmComparison::results(const PlannedRun& /*run*/) const {
  return {kSpeedFile, kParts};
}

void MaskedLmComparison::test(const PlannedRun& run, Tests tests, const RunCommands& commands) const {
  if (tests == Tests::kMissing && has_results(run.folder, results(run))) return;
  const BatchOptions& batches = plan().common().batches;  // for all entries, to hide the same tokens from all
  const MaskOptions& mask = batches.mask;
  // Unless --sample-break-mode is none, a line that is longer than a block is a sample of its own.
  const int64_t longest = std::max(batches.tokens_per_sample, plan().common().max_source_positions);
  evaluate(run, kSpeedFile,
           {"--tokens-per-sample", std::to_string(batches.tokens_per_sample), "--sample-break-mode",
            batches.sample_break_mode, "--max-tokens", max_tokens(longest), "--mask-prob", text(mask.prob),
            "--leave-unmasked-prob", text(mask.leave_unmasked), "--random-token-prob", text(mask.random_token),
            "--mask-whole-words", text(mask.whole_words), "--by-sample", run.folder / kParts},
           commands);
}

std::vector<ScoredTest> MaskedLmComparison::read(const PlannedRun& run) const {
  ScoredTest test{{read_losses(plain_or_packed(run.folder / kParts))}};
  test.scores = read_scores(plain_or_packed(run.folder / kSpeedFile));
  return {test};
}

std::vector<Measure> MaskedLmComparison::measures() const {
  Measure perplexity = perplexity_measure();
  perplexity.spread = false;
  return {loss_measure("bits a hidden token"),
          {.name = "loss, nats", .best = Best::kLowest, .decimals = 3, .of = told("loss_nats"), .spread = false},
          perplexity,
          {.name = "accuracy", .best = Best::kHighest, .decimals = 4, .of = told("accuracy")},
          best_validation_measure()};
}

KindTexts MaskedLmComparison::texts() const {
  const BatchOptions& batches = plan().common().batches;
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
      .procedure =
          fmt::format("predicts the hidden tokens, {:.3g} % of all{}, of the split \"{}\" in samples of up to {} "
                      "tokens (--sample-break-mode {}); they are the same for all models",
                      100 * batches.mask.prob, batches.mask.whole_words ? ", in whole words" : "", options().gen_subset,
                      batches.tokens_per_sample, batches.sample_break_mode),
      .scoring = "",
      .loss_label = "loss (bits a hidden token)",
  };
}

void check_masked_lm_comparison(const CompareOptions& options, const TrainingOptions& /*training*/) {
  require(options.extrapolate == 0, "--extrapolate is not for masked language models; leave it out");
}

std::unique_ptr<ComparisonKind> make_masked_lm_comparison(const Plan& plan) {
  return std::make_unique<MaskedLmComparison>(plan);
}

}  // namespace rotor
