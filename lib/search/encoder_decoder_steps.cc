#include "search/encoder_decoder_steps.h"

namespace rotor {

int64_t EncoderDecoderSteps::begin(std::span<const SearchInput> inputs) {
  const NoGrad no_grad;
  std::vector<TokenIds> sources;
  for (const SearchInput& input : inputs) sources.push_back(input.source);
  const TokenBatch batch = TokenBatch::of(sources, specials().pad);
  begin_with(model().start(model().encode(batch), batch.lengths), 0);
  if (wants_attention()) state().keep_attention();
  if (shortlist_) {
    std::vector<TokenIds> lists;
    for (const SearchInput& input : inputs) lists.push_back(shortlist_->tokens(input));
    list(std::move(lists));
  }
  return 0;
}

void EncoderDecoderSteps::keep(std::span<const int64_t> inputs) {
  const NoGrad no_grad;
  state().select_memory(inputs);
  keep_lists(inputs);
}

}  // namespace rotor
