#include "data/stream_samples.h"

#include <cstdint>

#include "base/check.h"

namespace rotor {

StreamSamples::StreamSamples(Corpus corpus, const BatchOptions& options, Reader reader, int64_t added)
    : OneSidedSamples(std::move(corpus), reader), column_(this->corpus().column("text")), added_(added) {
  check(options);
  blocks_ =
      cut_blocks(this->corpus(), column_, break_mode(options.sample_break_mode), options.tokens_per_sample - added);
  ROTOR_CHECK(std::ssize(blocks_) <= INT32_MAX,
              "{}: expected a text of at most {} blocks, got {}; raise --tokens-per-sample, or split the corpus",
              this->corpus().path().string(), INT32_MAX, blocks_.size());
}

void StreamSamples::check(const BatchOptions& options) const {
  const std::string path = corpus().path().string();
  ROTOR_CHECK(
      options.bpe_dropout == 0,
      "{}: expected --bpe-dropout 0 for a language model, whose samples are blocks of one stream of tokens, got {}; "
      "leave it out",
      path, options.bpe_dropout);
  ROTOR_CHECK(options.tokens_per_sample > added_, "{}: expected --tokens-per-sample of at least {}, got {}", path,
              added_ + 1, options.tokens_per_sample);
  const bool bounded = break_mode(options.sample_break_mode) != BreakMode::kEos;
  ROTOR_CHECK(!bounded || options.tokens_per_sample <= most(options),
              "{}: expected --tokens-per-sample of at most {}, the lesser of {} and of what the position encoding "
              "serves, got {}; lower it, or raise those",
              path, most(options), limiting_options(), options.tokens_per_sample);
}

std::string StreamSamples::text(int64_t i, const Vocabularies& vocabularies) const {
  return vocabularies.source.decode(read_block(column_, block(i)));
}

}  // namespace rotor
