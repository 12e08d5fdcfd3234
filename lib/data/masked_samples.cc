#include "data/masked_samples.h"

#include <bit>

#include "base/random.h"

namespace rotor {
namespace {

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
    : StreamSamples(std::move(corpus), options, Reader::kEncoder, 1),
      masking_(options.mask, column().info().specials, column().info().vocabulary_size, of_text(vocabularies),
               this->corpus().path().string()),
      seed_(derive(options.seed, "masks")),
      digest_(digest_of(options)) {}

Batch MaskedSamples::make_batch(std::span<const int32_t> numbers, int64_t epoch) const {
  const SpecialTokens& specials = column().info().specials;
  const uint64_t key = derive(seed_, static_cast<uint64_t>(epoch));
  Batch batch;
  std::vector<std::vector<int32_t>> inputs, targets;
  for (const int32_t i : numbers) {
    std::vector<int32_t> text = read_block(column(), block(i)), hidden;
    text.insert(text.begin(), specials.bos);
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

}  // namespace rotor
