#include "model/language_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "autograd/losses.h"
#include "base/json.h"
#include "golden.h"
#include "model/model_file.h"

namespace rotor {
namespace {

TransformerOptions options_of(const SafeTensors& file) {
  return TransformerOptions::from_config(file.metadata("config"), "golden");
}

/// Columns begin … begin + size − 1 of every row, all taken as real tokens.
TokenBatch chunk(const TokenBatch& batch, int64_t begin, int64_t size) {
  TokenBatch result{batch.rows, size, {}, std::vector<int32_t>(batch.rows, static_cast<int32_t>(size)), {}};
  for (int64_t row = 0; row < batch.rows; ++row) {
    const auto from = batch.ids.begin() + row * batch.length + begin;
    result.ids.insert(result.ids.end(), from, from + size);
  }
  return result;
}

class LanguageModelGolden : public testing::TestWithParam<std::string> {
 protected:
  LanguageModelGolden()
      : file_(golden::open("language_model_" + GetParam())),
        model_(options_of(file_)),
        input_(golden::tokens(file_, "input.tokens", "input.lengths")),
        target_(golden::tokens(file_, "input.target", "input.lengths")) {
    read_parameters(file_, model_);
  }

  Tensor logits(const TokenBatch& tokens, StackState& state) const {
    return model_.output()(model_.decode(tokens, state)).value();
  }

  Tensor logits(const TokenBatch& tokens) const {
    StackState state = model_.start();
    return logits(tokens, state);
  }

  /// Compares the real positions of a row, from `begin` of the golden on, with the golden's logits.
  void expect_logits(const Tensor& actual, int64_t row, int64_t golden_row, int64_t begin, double tolerance) const {
    const int64_t real = std::clamp<int64_t>(input_.lengths[golden_row] - begin, 0, actual.size(1));
    if (real == 0) return;
    golden::expect_near(actual.narrow(0, row, 1).narrow(1, 0, real),
                        file_.tensor("output.logits").narrow(0, golden_row, 1).narrow(1, begin, real), tolerance,
                        "logits");
  }

  SafeTensors file_;
  LanguageModel model_;
  TokenBatch input_, target_;
};

TEST_P(LanguageModelGolden, HasTheParametersOfTheReference) {
  std::vector<std::string> names, expected;
  for (const auto& parameter : model_.parameters()) names.push_back("gradient." + parameter.name);
  for (const auto& [name, tensor] : file_.tensors()) {
    if (name.starts_with("gradient.")) expected.push_back(name);
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, expected);
}

TEST_P(LanguageModelGolden, ComputesTheReferencesLogits) {
  const NoGrad no_grad;
  const Tensor actual = logits(input_);
  for (int64_t row = 0; row < input_.rows; ++row) expect_logits(actual, row, row, 0, 2e-5);
}

TEST_P(LanguageModelGolden, ComputesTheReferencesLossAndEveryGradient) {
  const Loss loss = projected_cross_entropy(model_.features(input_), model_.output().weight, target_.packed(), 0);
  EXPECT_NEAR(loss.loss.value().item() / file_.tensor("output.loss").item(), 1, 1e-5);
  backward(loss.loss);
  const auto zero = nlohmann::json::parse(file_.metadata("zero_gradients")).get<std::vector<std::string>>();
  for (const auto& [name, variable, initialiser] : model_.parameters()) {
    ASSERT_TRUE(variable.gradient().defined()) << name;
    if (std::find(zero.begin(), zero.end(), name) != zero.end()) {
      for (float value : variable.gradient().contiguous().span()) EXPECT_NEAR(value, 0, 1e-4) << name;
    } else {
      golden::expect_near(variable.gradient(), file_.tensor("gradient." + name), 1e-4, name);
    }
  }
}

TEST_P(LanguageModelGolden, DecodesInStepsAndUnevenChunksAsInOnePass) {
  const NoGrad no_grad;
  for (const std::vector<int64_t>& chunks : {std::vector<int64_t>(input_.length, 1), {3, 1, 5}, {1, 7, 1}}) {
    StackState state = model_.start();
    int64_t begin = 0;
    for (int64_t size : chunks) {
      const Tensor actual = logits(chunk(input_, begin, size), state);
      for (int64_t row = 0; row < input_.rows; ++row) expect_logits(actual, row, row, begin, 3e-5);
      begin += size;
    }
  }
}

TEST_P(LanguageModelGolden, ARowDoesNotDependOnItsNeighboursOrPadding) {
  const NoGrad no_grad;
  for (int64_t row = 0; row < input_.rows; ++row) {
    const auto ids = input_.row(row);
    expect_logits(logits(TokenBatch::of({{ids.begin(), ids.end()}})), 0, row, 0, 2e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, LanguageModelGolden,
                         testing::Values("sinusoidal", "rope", "post_norm", "learned", "untied", "window", "grouped",
                                         "multi_query", "rms", "swiglu", "smollm3", "gated_gelu", "swish", "linear",
                                         "linear_before", "performer", "performer_before", "t5", "alibi"),
                         [](const auto& info) { return info.param; });

TEST(LanguageModel, GivesTheProbabilitiesThatFairseqGives) {
  const NoGrad no_grad;
  const SafeTensors file = golden::open("fairseq_lm");
  LanguageModel model(options_of(file));
  read_parameters(file, model);
  const std::vector<int32_t> stream = golden::integers(file, "stream");
  for (const int64_t length : {32, 128}) {  // blocks of as many tokens, without context
    std::vector<float> scores;
    for (size_t begin = 0; begin < stream.size(); begin += length) {
      const std::vector<int32_t> target(stream.begin() + begin,
                                        stream.begin() + std::min(begin + length, stream.size()));
      std::vector<int32_t> input = {begin == 0 ? 2 : stream[begin - 1]};
      input.insert(input.end(), target.begin(), target.end() - 1);
      StackState state = model.start();
      const Tensor logits = model.output()(model.decode(TokenBatch::of({input}), state)).value().contiguous();
      for (size_t i = 0; i < target.size(); ++i) {
        const auto row = logits.span().subspan(i * logits.size(-1), logits.size(-1));
        double sum = 0;
        for (float x : row) sum += std::exp(static_cast<double>(x));
        scores.push_back(static_cast<float>(row[target[i]] - std::log(sum)));
      }
    }
    const Tensor expected = file.tensor(fmt::format("evaluation.none.{}.0.scores", length));
    ASSERT_EQ(std::ssize(scores), expected.elements());
    for (size_t i = 0; i < scores.size(); ++i) EXPECT_NEAR(scores[i], expected.data()[i], 1e-4) << i;
  }
}

}  // namespace
}  // namespace rotor
