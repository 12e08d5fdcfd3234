#include "search/listed_output.h"

#include <gtest/gtest.h>

#include <cmath>

#include "random_tensor.h"

namespace rotor {
namespace {

constexpr int64_t kTokens = 50, kWidth = 12, kEach = 3;
constexpr int64_t kInputs = 19;  // more than share a product

/// Lists of different lengths, in rising order.
std::vector<TokenIds> lists() {
  std::vector<TokenIds> all(kInputs);
  for (int32_t i = 0; i < kInputs; ++i) {
    for (int32_t token = i % 3; token < kTokens; token += 1 + i % 5) all[i].push_back(token);
  }
  return all;
}

/// Expects those of hypotheses `first` … of inputs with these lists.
void expect_scores(const ListedOutput& output, const OutputLayer& whole, const Tensor& features, int64_t first,
                   const std::vector<TokenIds>& of_inputs) {
  const Tensor scores = output.scores(features, first, kEach), all = whole(features).value();
  size_t longest = 0;
  for (int64_t row = 0; row < features.size(0); ++row) {
    longest = std::max(longest, of_inputs[(first + row) / kEach].size());
  }
  ASSERT_EQ(scores.shape(), Shape({features.size(0), static_cast<int64_t>(longest)}));
  for (int64_t row = 0; row < features.size(0); ++row) {
    const TokenIds& list = of_inputs[(first + row) / kEach];
    for (size_t i = 0; i < longest; ++i) {
      const float expected = i < list.size() ? all.data()[row * kTokens + list[i]] : -INFINITY;
      EXPECT_EQ(scores.data()[row * longest + i], expected) << "row " << row << " place " << i;
    }
  }
}

TEST(ListedOutput, ScoresTheListOfEachInputWithTheBitsOfTheWholeLayer) {
  const NoGrad no_grad;
  const Tensor weight = random_tensor({kTokens, kWidth}, 1), bias = random_tensor({kTokens}, 2);
  for (const WeightType type : {WeightType::kFloat32, WeightType::kBfloat16, WeightType::kInt8}) {
    for (const Variable& added : {Variable(bias), Variable()}) {
      OutputLayer whole(weight, added);
      whole.prepare(type, weight);
      ListedOutput output(whole, lists());
      for (int64_t i = 0; i < kInputs; ++i) {
        const auto list = output.tokens(i);
        EXPECT_EQ(TokenIds(list.begin(), list.end()), lists()[i]);
      }
      const Tensor features = random_tensor({kInputs * kEach, kWidth}, 3);
      expect_scores(output, whole, features, 0, lists());
      for (const int64_t first : {1, 22, 50}) {
        expect_scores(output, whole, features.narrow(0, first, 6), first, lists());
      }
      const std::vector<int64_t> kept = {2, 7, 8, 18};
      output.keep(kept);
      std::vector<TokenIds> of_kept;
      for (const int64_t i : kept) of_kept.push_back(lists()[i]);
      expect_scores(output, whole, features.narrow(0, 0, 4 * kEach), 0, of_kept);
    }
  }
}

}  // namespace
}  // namespace rotor
