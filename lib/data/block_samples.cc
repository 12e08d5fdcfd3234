#include "data/block_samples.h"

#include "base/random.h"

namespace rotor {

BlockSamples::BlockSamples(Corpus corpus, const BatchOptions& options,
                           const std::optional<Vocabularies>& /*vocabularies*/)
    : StreamSamples(std::move(corpus), options, Reader::kDecoder, 0),
      digest_(derive(derive(0, options.sample_break_mode), static_cast<uint64_t>(options.tokens_per_sample))) {}

Batch BlockSamples::make_batch(std::span<const int32_t> numbers, int64_t /*epoch*/) const {
  Batch batch;
  std::vector<std::vector<int32_t>> inputs, targets;
  for (const int32_t i : numbers) {
    batch.sentences.push_back(i);
    inputs.push_back(read_inputs(column(), block(i)));
    targets.push_back(read_block(column(), block(i)));
    batch.target_tokens += block(i).size();
  }
  batch.decoder_input = TokenBatch::of(inputs, column().info().specials.pad);
  batch.target = TokenBatch::of(targets, column().info().specials.pad);
  return batch;
}

}  // namespace rotor
