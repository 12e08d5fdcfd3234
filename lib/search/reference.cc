#include "search/reference.h"

#include <algorithm>

#include "tensor/rows.h"

namespace rotor {
namespace {

/// What the decoder reads to predict a target: </s> and all of it but its last token.
TokenIds shifted(const TokenIds& target) {
  TokenIds input{kEos};
  input.insert(input.end(), target.begin(), target.end() - 1);
  return input;
}

/// The log-probability of each of `targets`, whose features are `features` [N, D].
std::vector<float> token_scores(const Transformer& model, const Tensor& features, std::span<const int32_t> targets) {
  constexpr int64_t kChunk = 256;  // rows of logits at once
  const auto count = static_cast<int64_t>(targets.size());
  std::vector<float> scores(targets.size());
  for (int64_t begin = 0; begin < count; begin += kChunk) {
    const int64_t size = std::min(kChunk, count - begin);
    const Tensor logs = log_softmax(model.logits(features.narrow(0, begin, size)).value());
    for (int64_t i = 0; i < size; ++i) scores[begin + i] = logs.data()[i * logs.size(1) + targets[begin + i]];
  }
  return scores;
}

}  // namespace

std::vector<double> score_references(const Transformer& model, std::span<const TokenIds> sources,
                                     std::span<const TokenIds> targets) {
  const NoGrad no_grad;
  const TokenBatch source = TokenBatch::of({sources.begin(), sources.end()});
  std::vector<TokenIds> inputs;
  for (const TokenIds& target : targets) inputs.push_back(shifted(target));
  TokenIds words;
  for (const TokenIds& target : targets) words.insert(words.end(), target.begin(), target.end());
  const std::vector<float> scores = token_scores(model, model.features(source, TokenBatch::of(inputs)).value(), words);
  std::vector<double> sums;
  auto score = scores.begin();
  for (const TokenIds& target : targets) {
    double sum = 0;
    for (size_t i = 0; i < target.size(); ++i) sum += *score++;
    sums.push_back(sum);
  }
  return sums;
}

}  // namespace rotor
