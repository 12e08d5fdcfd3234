#include "train/translation_validator.h"

#include "base/json.h"
#include "base/option_text.h"
#include "score/bleu.h"
#include "search/beam_search.h"
#include "search/transformer_steps.h"
#include "train/criterion.h"
#include "train/reports.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

/// fairseq's --eval-bleu-args: search options as a JSON object, {"beam": 4, "lenpen": 0.6}.
SearchOptions search_options(const std::string& text, const Transformer& model) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  require(json.is_object(), "--eval-bleu-args expects a JSON object such as {{\"beam\": 4}}, got '{}'", text);
  SearchOptions search;
  Options options;
  search.describe(options);
  try {
    options.from_json(json, "--eval-bleu-args");
  } catch (const Error& error) {
    refuse("{}", error.what());
  }
  search.check();
  search.nbest = 1;
  search.max_target_positions = std::min(search.max_target_positions, model.max_target_positions());
  return search;
}

BatchOptions without_dropout(BatchOptions batches) {
  batches.bpe_dropout = 0;
  return batches;
}

}  // namespace

TranslationValidator::TranslationValidator(const Transformer& model, const Corpus& corpus, const BatchOptions& batches,
                                           const TrainerOptions& options, const std::optional<Vocabularies>& translated)
    : model_(model),
      samples_(make_samples(corpus, without_dropout(batches))),
      batches_(*samples_, batches),
      label_smoothing_(options.optimization.label_smoothing),
      vocabularies_(translated) {
  if (!vocabularies_) return;
  search_ = search_options(options.checkpoints.eval_bleu_args, model);
  warn_of_decoded_references(corpus);
}

Scores TranslationValidator::operator()(Workers& workers) const {
  const NoGrad no_grad;
  Scores scores = loss(workers);
  if (vocabularies_) scores.push_back({"bleu", bleu(workers)});
  return scores;
}

Scores TranslationValidator::loss(Workers& workers) const {
  LossSums sums;
  for (int64_t k = workers.rank(); k < batches_.size(); k += workers.size()) {
    const Batch batch = samples_->batch(batches_[k]);
    const Loss loss = label_smoothed_cross_entropy(features_of(model_), model_.output(), batch, label_smoothing_);
    sums.add(loss.loss.value().item(), loss.nll, batch.target_tokens, batch.target_tokens);
  }
  return sums.over(workers).scores();
}

double TranslationValidator::bleu(Workers& workers) const {
  constexpr size_t kSentences = 64;  // at a time: `beam` hypotheses of each need memory
  const Bleu metric;
  std::vector<double> sums(metric.width()), counts(metric.width());
  const CorpusColumn &source = samples_->corpus().column("source"), &target = samples_->corpus().column("target");
  TransformerSteps steps(model_, vocabularies_->target.specials());
  for (int64_t k = workers.rank(); k < batches_.size(); k += workers.size()) {
    for (std::span<const int32_t> left = batches_[k]; !left.empty();) {
      const auto pairs = left.first(std::min(kSentences, left.size()));
      left = left.subspan(pairs.size());
      std::vector<TokenIds> sources;
      for (const int32_t pair : pairs) {
        sources.push_back(source.ids(pair));
        sources.back().push_back(source.info().specials.eos);
      }
      const auto found = beam_search(steps, sources, search_);
      for (size_t i = 0; i < pairs.size(); ++i) {
        const std::string hypothesis = vocabularies_->target.decode(found[i].at(0).tokens);
        const std::string reference = target.line(pairs[i], vocabularies_->target);
        metric.count(hypothesis, std::vector<std::string_view>{reference}, counts);
        for (size_t j = 0; j < sums.size(); ++j) sums[j] += counts[j];
      }
    }
  }
  workers.sum(sums);
  return metric.score(sums);
}

}  // namespace rotor
