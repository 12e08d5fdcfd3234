#include "data/block_samples.h"

#include "base/check.h"
#include "base/random.h"

namespace rotor {

namespace {

void check(const Corpus& corpus, const BatchOptions& options) {
  const std::string path = corpus.path().string();
  ROTOR_CHECK(
      options.bpe_dropout == 0,
      "{}: expected --bpe-dropout 0 for a language model, whose samples are blocks of one stream of tokens, got "
      "{}; leave it out",
      path, options.bpe_dropout);
  const bool bounded = break_mode(options.sample_break_mode) != BreakMode::kEos;
  ROTOR_CHECK(!bounded || options.tokens_per_sample <= options.max_target_positions,
              "{}: expected --tokens-per-sample of at most {}, the lesser of --max-target-positions and of what the "
              "position encoding serves, got {}; lower it, or raise those",
              path, options.max_target_positions, options.tokens_per_sample);
}

}  // namespace

BlockSamples::BlockSamples(Corpus corpus, const BatchOptions& options,
                           const std::optional<Vocabularies>& /*vocabularies*/)
    : Samples(std::move(corpus)), text_(this->corpus().column("text")) {
  check(this->corpus(), options);
  blocks_ = cut_blocks(this->corpus(), text_, break_mode(options.sample_break_mode), options.tokens_per_sample);
  ROTOR_CHECK(std::ssize(blocks_) <= INT32_MAX,
              "{}: expected a text of at most {} blocks, got {}; raise --tokens-per-sample, or split the corpus",
              this->corpus().path().string(), INT32_MAX, blocks_.size());
  digest_ = derive(derive(0, options.sample_break_mode), static_cast<uint64_t>(options.tokens_per_sample));
}

Batch BlockSamples::make_batch(std::span<const int32_t> numbers, int64_t /*epoch*/) const {
  Batch batch;
  std::vector<std::vector<int32_t>> inputs, targets;
  for (const int32_t i : numbers) {
    batch.sentences.push_back(i);
    inputs.push_back(read_inputs(text_, blocks_.at(i)));
    targets.push_back(read_block(text_, blocks_.at(i)));
    batch.target_tokens += blocks_[i].size();
  }
  batch.decoder_input = TokenBatch::of(inputs, text_.info().specials.pad);
  batch.target = TokenBatch::of(targets, text_.info().specials.pad);
  return batch;
}

std::string BlockSamples::text(int64_t i, const Vocabularies& vocabularies) const {
  return vocabularies.source.decode(read_block(text_, blocks_.at(i)));
}

std::string BlockSamples::limits(const BatchOptions& options) const {
  return fmt::format("at most {} tokens", options.max_target_positions);
}

std::string BlockSamples::excess(const BatchOptions& options) const {
  return fmt::format("more than {} tokens", options.max_target_positions);
}

}  // namespace rotor
