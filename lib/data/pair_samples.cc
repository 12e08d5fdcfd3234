#include "data/pair_samples.h"

#include "autograd/variable.h"
#include "base/check.h"
#include "base/random.h"

namespace rotor {

PairSamples::PairSamples(Corpus corpus, const BatchOptions& options, const std::optional<Vocabularies>& vocabularies)
    : Samples(std::move(corpus)),
      source_(this->corpus().column("source")),
      target_(this->corpus().column("target")),
      rate_(options.bpe_dropout),
      max_source_positions_(options.max_source_positions),
      max_target_positions_(options.max_target_positions) {
  if (rate_ > 0) dropout_ = {BpeDropout(vocabularies.value().source), BpeDropout(vocabularies.value().target)};
}

Batch PairSamples::make_batch(std::span<const int32_t> numbers, int64_t /*epoch*/) const {
  if (dropout_.empty()) return batch(numbers, std::identity(), std::identity());
  Random random(next_random_key());
  const auto reading = [&](const BpeDropout& dropout, int64_t most) -> Reading {
    return [&, most](std::vector<int32_t> ids) {
      std::vector<int32_t> others = dropout(ids, rate_, random);
      return std::ssize(others) < most ? others : ids;  // with </s> no longer than the model's positions
    };
  };
  return batch(numbers, reading(dropout_[0], max_source_positions_), reading(dropout_[1], max_target_positions_));
}

Batch PairSamples::batch(std::span<const int32_t> numbers, const Reading& source, const Reading& target) const {
  const SpecialTokens &from = source_.info().specials, &to = target_.info().specials;
  Batch batch;
  std::vector<std::vector<int32_t>> sources, inputs, targets;
  for (const int32_t i : numbers) {
    batch.sentences.push_back(i);
    sources.push_back(source(source_.ids(i)));
    sources.back().push_back(from.eos);
    targets.push_back(target(target_.ids(i)));
    targets.back().push_back(to.eos);
    inputs.push_back({to.start});
    inputs.back().insert(inputs.back().end(), targets.back().begin(), targets.back().end() - 1);
    batch.source_tokens += std::ssize(sources.back());
    batch.target_tokens += std::ssize(targets.back());
  }
  batch.source = TokenBatch::of(sources, from.pad);
  batch.decoder_input = TokenBatch::of(inputs, to.pad);
  batch.target = TokenBatch::of(targets, to.pad);
  return batch;
}

std::string PairSamples::text(int64_t i, const Vocabularies& vocabularies) const {
  return fmt::format("{}\t{}", vocabularies.source.decode(source_.ids(i)), vocabularies.target.decode(target_.ids(i)));
}

std::string PairSamples::limits(const BatchOptions& options) const {
  return fmt::format("at most {} source and {} target tokens", options.max_source_positions,
                     options.max_target_positions);
}

std::string PairSamples::excess(const BatchOptions& options) const {
  return fmt::format("more than {} source or {} target tokens", options.max_source_positions,
                     options.max_target_positions);
}

}  // namespace rotor
