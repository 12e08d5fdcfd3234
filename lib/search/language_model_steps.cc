#include "search/language_model_steps.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace rotor {

int64_t LanguageModelSteps::begin(std::span<const SearchInput> inputs) {
  const NoGrad no_grad;
  int64_t read = std::numeric_limits<int64_t>::max();
  for (const SearchInput& input : inputs) {
    read = std::min(read, std::ssize(input.prompt) / kPromptBlock * kPromptBlock);
  }
  StackState state = model().start();
  if (read == 0) {
    begin_with(std::move(state), 0);
    return 0;
  }
  std::vector<TokenIds> beginnings;
  for (const SearchInput& input : inputs) {
    beginnings.push_back({specials().start});
    beginnings.back().insert(beginnings.back().end(), input.prompt.begin(), input.prompt.begin() + (read - 1));
  }
  model().decode(TokenBatch::of(beginnings, specials().pad), state);
  begin_with(std::move(state), std::ssize(inputs));
  return read;
}

Tensor LanguageModelSteps::attention() const {
  fail("expected a model with a source to attend to, got a language model; ask for no attention");
}

}  // namespace rotor
