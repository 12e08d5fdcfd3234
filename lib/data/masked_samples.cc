#include "data/masked_samples.h"

#include <bit>

#include "base/check.h"
#include "base/random.h"

namespace rotor {
namespace {

void check(const Corpus& corpus, const BatchOptions& options) {
  const std::string path = corpus.path().string();
  ROTOR_CHECK(options.bpe_dropout == 0,
              "{}: expected --bpe-dropout 0 for a masked language model, whose samples are blocks of one stream of "
              "tokens, got {}; leave it out",
              path, options.bpe_dropout);
  ROTOR_CHECK(options.tokens_per_sample >= 2, "{}: expected --tokens-per-sample of at least 2, <s> and a token, got {}",
              path, options.tokens_per_sample);
  const bool bounded = break_mode(options.sample_break_mode) != BreakMode::kEos;
  ROTOR_CHECK(!bounded || options.tokens_per_sample <= options.max_source_positions,
              "{}: expected --tokens-per-sample of at most {}, the lesser of --max-source-positions and of what the "
              "position encoding serves, got {}; lower it, or raise those",
              path, options.max_source_positions, options.tokens_per_sample);
}

uint64_t digest_of(const BatchOptions& options) {
  const MaskOptions& mask = options.mask;
  uint64_t digest = derive(derive(0, options.sample_break_mode), static_cast<uint64_t>(options.tokens_per_sample));
  for (const double share : {mask.prob, mask.leave_unmasked, mask.random_token}) {
    digest = derive(digest, std::bit_cast<uint64_t>(share));
  }
  return derive(digest, mask.whole_words ? 1 : 0);
}

std::optional<Vocabulary> of_text(const std::optional<Vocabularies>& vocabularies) {
  if (!vocabularies) return std::nullopt;
  return vocabularies->of("text");
}

}  // namespace

MaskedSamples::MaskedSamples(Corpus corpus, const BatchOptions& options,
                             const std::optional<Vocabularies>& vocabularies)
    : Samples(std::move(corpus)),
      text_(this->corpus().column("text")),
      masking_(options.mask, text_.info().specials, text_.info().vocabulary_size, of_text(vocabularies),
               this->corpus().path().string()),
      seed_(derive(options.seed, "masks")),
      digest_(digest_of(options)) {
  check(this->corpus(), options);
  blocks_ = cut_blocks(this->corpus(), text_, break_mode(options.sample_break_mode), options.tokens_per_sample - 1);
  ROTOR_CHECK(std::ssize(blocks_) <= INT32_MAX,
              "{}: expected a text of at most {} blocks, got {}; raise --tokens-per-sample, or split the corpus",
              this->corpus().path().string(), INT32_MAX, blocks_.size());
}

Batch MaskedSamples::make_batch(std::span<const int32_t> numbers, int64_t epoch) const {
  const SpecialTokens& specials = text_.info().specials;
  const uint64_t key = derive(seed_, static_cast<uint64_t>(epoch));
  Batch batch;
  std::vector<std::vector<int32_t>> inputs, targets;
  for (const int32_t i : numbers) {
    std::vector<int32_t> text{specials.bos}, hidden;
    const std::vector<int32_t> block = read_block(text_, blocks_.at(i));
    text.insert(text.end(), block.begin(), block.end());
    inputs.push_back(text);
    std::vector<int32_t> places = masking_(inputs.back(), Random(derive(key, static_cast<uint64_t>(i))));
    const bool last = i == numbers.back();
    if (last && places.empty() && batch.places.empty()) places = {0};  // a batch predicts one token at least
    for (const int32_t place : places) {
      hidden.push_back(text[place]);
      batch.places.push_back(static_cast<int32_t>(batch.source_tokens) + place);
    }
    targets.push_back(std::move(hidden));
    batch.sentences.push_back(i);
    batch.source_tokens += std::ssize(text);
  }
  batch.source = TokenBatch::of(inputs, specials.pad);
  batch.target = TokenBatch::of(targets, specials.pad);
  batch.target_tokens = std::ssize(batch.places);
  return batch;
}

std::string MaskedSamples::text(int64_t i, const Vocabularies& vocabularies) const {
  return vocabularies.source.decode(read_block(text_, blocks_.at(i)));
}

std::string MaskedSamples::limits(const BatchOptions& options) const {
  return fmt::format("at most {} tokens", options.max_source_positions);
}

std::string MaskedSamples::excess(const BatchOptions& options) const {
  return fmt::format("more than {} tokens", options.max_source_positions);
}

}  // namespace rotor
