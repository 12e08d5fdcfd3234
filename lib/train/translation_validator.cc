#include "train/translation_validator.h"

#include "base/json.h"
#include "base/log.h"
#include "base/option_text.h"
#include "score/bleu.h"
#include "search/beam_search.h"
#include "search/encoder_decoder_steps.h"
#include "train/criterion.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

/// fairseq's --eval-bleu-args: search options as a JSON object, {"beam": 4, "lenpen": 0.6}.
SearchOptions search_options(const std::string& text, const EncoderDecoder& model) {
  const Json json = parse_json(text);
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
  require(search.nbest == 1, "--eval-bleu-args: expected nbest 1, as the best translation alone is scored, got {}",
          search.nbest);
  for (const std::string& sentence : options.ignored()) log::warn("--eval-bleu-args: {}", sentence);
  search.max_target_positions = std::min(search.max_target_positions, model.max_target_positions());
  return search;
}

}  // namespace

TranslationValidator::TranslationValidator(const EncoderDecoder& model, const Corpus& corpus,
                                           const BatchOptions& batches, const TrainerOptions& options,
                                           Vocabularies vocabularies)
    : TokenValidator(features_of(model), model.output(), corpus, batches, options.optimization.label_smoothing),
      model_(model),
      vocabularies_(std::move(vocabularies)),
      search_(search_options(options.checkpoints.eval_bleu_args, model)) {
  warn_of_decoded_references(corpus);
}

Scores TranslationValidator::operator()(Workers& workers) const {
  Scores scores = TokenValidator::operator()(workers);
  scores.push_back({"bleu", bleu(workers)});
  return scores;
}

double TranslationValidator::bleu(Workers& workers) const {
  const NoGrad no_grad;
  constexpr size_t kSentences = 64;  // at a time: `beam` hypotheses of each need memory
  const Bleu metric;
  std::vector<double> sums(metric.width()), counts(metric.width());
  const CorpusColumn &source = samples().corpus().column("source"), &target = samples().corpus().column("target");
  EncoderDecoderSteps steps(model_, vocabularies_.target.specials());
  for (int64_t k = workers.rank(); k < batches(); k += workers.size()) {
    for (std::span<const int32_t> left = batch(k); !left.empty();) {
      const auto pairs = left.first(std::min(kSentences, left.size()));
      left = left.subspan(pairs.size());
      std::vector<TokenIds> sources;
      for (const int32_t pair : pairs) {
        sources.push_back(source.ids(pair));
        sources.back().push_back(source.info().specials.eos);
      }
      const auto found = beam_search(steps, sources, search_);
      for (size_t i = 0; i < pairs.size(); ++i) {
        const std::string hypothesis = vocabularies_.target.decode(found[i].at(0).tokens);
        const std::string reference = target.line(pairs[i], vocabularies_.target);
        metric.count(hypothesis, std::vector<std::string_view>{reference}, counts);
        for (size_t j = 0; j < sums.size(); ++j) sums[j] += counts[j];
      }
    }
  }
  workers.sum(sums);
  return metric.score(sums);
}

}  // namespace rotor
