#include "search/ensemble_steps.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "kernel/rows.h"
#include "search/prefix_model.h"
#include "search/streaming.h"

namespace rotor {
namespace {

/// A model whose sources begin with another token, so that it says something else.
class OtherModel : public PrefixModel {
 public:
  using PrefixModel::PrefixModel;
  int64_t begin(std::span<const SearchInput> inputs) override {
    std::vector<SearchInput> others(inputs.begin(), inputs.end());
    for (SearchInput& input : others) input.source.front() = 99;
    return PrefixModel::begin(others);
  }
};

std::vector<SearchInput> inputs_of(const std::vector<TokenIds>& sources) {
  std::vector<SearchInput> inputs;
  for (const TokenIds& source : sources) inputs.push_back({.source = source});
  return inputs;
}

std::unique_ptr<EnsembleSteps> ensemble() {
  std::vector<std::unique_ptr<StepModel>> models;
  models.push_back(std::make_unique<PrefixModel>(20));
  models.push_back(std::make_unique<OtherModel>(20));
  return std::make_unique<EnsembleSteps>(std::move(models));
}

TEST(EnsembleSteps, AverageProbabilities) {
  const std::vector<TokenIds> sources = {{5, 2}, {6, 7, 2}};
  const auto steps = ensemble();
  EXPECT_EQ(steps->begin(inputs_of(sources)), 0);
  steps->step(std::vector<int32_t>{2, 2}, std::vector<int64_t>{0, 1});
  const Tensor first = steps->scores(0, 2);
  const PrefixModel model(20);
  for (size_t s = 0; s < sources.size(); ++s) {
    TokenIds other = sources[s];
    other.front() = 99;
    const Tensor a = log_softmax(Tensor::of({1, 20}, model.logits_of(sources[s], {2})));
    const Tensor b = log_softmax(Tensor::of({1, 20}, model.logits_of(other, {2})));
    for (int64_t v = 0; v < 20; ++v) {
      EXPECT_NEAR(std::exp(first.data()[s * 20 + v]), (std::exp(a.data()[v]) + std::exp(b.data()[v])) / 2, 1e-6);
    }
  }
}

TEST(EnsembleSteps, AverageAttention) {
  const std::vector<TokenIds> sources = {{5, 2}, {6, 7, 2}};
  const auto steps = ensemble();
  steps->want_attention(true);
  steps->begin(inputs_of(sources));
  steps->step(std::vector<int32_t>{2, 2}, std::vector<int64_t>{0, 1});
  const Tensor attention = steps->attention();
  const PrefixModel model(20);
  for (size_t s = 0; s < sources.size(); ++s) {
    TokenIds other = sources[s];
    other.front() = 99;
    const auto a = model.attention_of(sources[s], {2}), b = model.attention_of(other, {2});
    for (size_t i = 0; i < sources[s].size(); ++i) {
      EXPECT_NEAR(attention.data()[s * attention.size(1) + i], (a[i] + b[i]) / 2, 1e-6);
    }
  }
}

TEST(EnsembleSteps, ReadPromptsTogetherOrRefuse) {
  std::vector<std::unique_ptr<StepModel>> models;
  for (const int64_t most : {2, 3}) {
    models.push_back(std::make_unique<PrefixModel>(20));
    static_cast<PrefixModel&>(*models.back()).read_at_most(most);
  }
  EnsembleSteps steps(std::move(models));
  EXPECT_EQ(steps.begin(std::vector<SearchInput>{{.prompt = {5, 6}}}), 2);
  EXPECT_TRUE(says(message_of<Error>([&] {
                     steps.begin(std::vector<SearchInput>{{.prompt = {5, 6, 7}}});
                   }),
                   "read 2 tokens of prompts, got one of 3"));
}

/// Expects the scores of what an ensemble finds with a temperature: log ½ (softmax(a / T) + softmax(b / T)).
void expect_scores_at(double temperature, StepModel& steps, const std::vector<TokenIds>& sources, int64_t beam) {
  SearchOptions options;
  options.temperature = temperature;
  options.max_len_b = 4;
  options.beam = beam;
  const PrefixModel model(20);
  const auto found = beam_search(steps, sources, options);
  for (size_t s = 0; s < sources.size(); ++s) {
    ASSERT_FALSE(found[s].empty());
    TokenIds other = sources[s], prefix = model.started({});
    other.front() = 99;
    for (size_t i = 0; i < found[s][0].tokens.size(); ++i) {
      const int32_t token = found[s][0].tokens[i];
      double mean = 0;
      for (const TokenIds& source : {sources[s], other}) {
        const std::vector<float> logits = model.logits_of(source, prefix);
        double sum = 0;
        for (const float x : logits) sum += std::exp(x / temperature);
        mean += std::exp(logits[token] / temperature) / sum / 2;
      }
      EXPECT_NEAR(found[s][0].token_scores[i], std::log(mean), 1e-5) << temperature;
      prefix.push_back(token);
    }
  }
}

TEST(EnsembleSteps, DivideTheScoresOfEachModelByTheTemperature) {
  const auto steps = ensemble();
  ToldSteps told(*steps, [](int32_t) {});
  for (const double temperature : {2.0, 0.5, 1.0}) {
    expect_scores_at(temperature, *steps, {{5, 2}, {6, 7, 2}}, 5);
    expect_scores_at(temperature, told, {{6, 7, 2}}, 1);
  }
}

TEST(EnsembleSteps, LeaveOutWordsThatNoModelProduces) {
  const float none = -INFINITY;
  const Tensor mean = log_mean_exp({Tensor::of({2}, {0.f, none}), Tensor::of({2}, {none, none})});
  EXPECT_FLOAT_EQ(mean.data()[0], std::log(0.5f));
  EXPECT_EQ(mean.data()[1], none);
}

TEST(EnsembleSteps, OfAModelWithItselfSearchAsTheModel) {
  std::vector<std::unique_ptr<StepModel>> twice;
  for (int i = 0; i < 2; ++i) twice.push_back(std::make_unique<PrefixModel>(20));
  EnsembleSteps steps(std::move(twice));
  PrefixModel model(20);
  SearchOptions options;
  options.max_len_b = 8;
  const std::vector<TokenIds> sources = {{5, 2}, {6, 7, 2}, {9, 2}};
  const auto expected = beam_search(model, sources, options), found = beam_search(steps, sources, options);
  for (size_t s = 0; s < sources.size(); ++s) {
    ASSERT_EQ(found[s].size(), expected[s].size());
    for (size_t i = 0; i < found[s].size(); ++i) EXPECT_EQ(found[s][i].tokens, expected[s][i].tokens);
  }
}

}  // namespace
}  // namespace rotor
