#include "search/reference.h"

#include "autograd/losses.h"
#include "search/ensemble_steps.h"

namespace rotor {
namespace {

/// The input with which the decoder predicts a target: the start token and all tokens of the target but the last.
TokenIds shifted(const TokenIds& target, int32_t start) {
  TokenIds input{start};
  input.insert(input.end(), target.begin(), target.end() - 1);
  return input;
}

/// The log-probability of each of `words`, whose features are `features` [N, D].
Tensor word_scores(const EncoderDecoder& model, const Tensor& features, std::span<const int32_t> words) {
  return Tensor::of({std::ssize(words)}, log_likelihoods(words, [&](int64_t first, int64_t count) {
                      return model.output()(features.narrow(0, first, count)).value();
                    }));
}

}  // namespace

std::vector<std::vector<float>> score_references(std::span<const std::unique_ptr<EncoderDecoder>> models,
                                                 std::span<const TokenIds> sources, std::span<const TokenIds> targets,
                                                 const SpecialTokens& specials) {
  const NoGrad no_grad;
  const TokenBatch source = TokenBatch::of({sources.begin(), sources.end()}, specials.pad);
  std::vector<TokenIds> inputs;
  TokenIds words;
  for (const TokenIds& target : targets) {
    inputs.push_back(shifted(target, specials.start));
    words.insert(words.end(), target.begin(), target.end());
  }
  const TokenBatch input = TokenBatch::of(inputs, specials.pad);
  std::vector<Tensor> each;
  for (const auto& model : models) each.push_back(word_scores(*model, model->features(source, input).value(), words));
  const Tensor scores = each.size() == 1 ? each[0] : log_mean_exp(each);

  std::vector<std::vector<float>> result;
  std::span<const float> rest = scores.span();
  for (const TokenIds& target : targets) {
    const auto own = rest.first(target.size());
    result.emplace_back(own.begin(), own.end());
    rest = rest.subspan(target.size());
  }
  return result;
}

}  // namespace rotor
