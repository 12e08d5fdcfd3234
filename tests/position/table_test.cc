#include "position/table.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "autograd/columns.h"
#include "autograd/gradient_check.h"
#include "autograd/layers.h"
#include "base/scratch.h"
#include "golden.h"
#include "position/formula.h"
#include "position/variants.h"
#include "random_tensor.h"
#include "test_name.h"

namespace rotor {
namespace {

TEST(PositionTable, ListsEveryEncodingOnce) {
  std::vector<std::string> names = position_encoding_names();
  EXPECT_EQ(std::vector(names.begin(), names.begin() + 4),
            (std::vector<std::string>{"none", "learned", "sinusoidal", "rope"}));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  for (const auto& row : position_encodings()) EXPECT_EQ(position_encoding(row.name).name, row.name);
}

TEST(PositionTable, NamesTheChoicesWhenThereIsNoSuchEncoding) {
  EXPECT_TRUE(
      says(message_of<Error>([] { position_encoding("ropes"); }), "'ropes'", "none, learned, sinusoidal, rope"));
}

/// An encoding as a layer of width 12 with 2 heads has it, with random parameters: of some that start at zero nothing
/// would show.
class InALayer {
 public:
  InALayer(const std::string& name, bool decoder) : stack_(make(name, {12, 2, decoder})) {
    randomise(*stack_, 5);
    q_proj_.initialise(2);
    k_proj_.initialise(3);
    layer_ = stack_->for_layer(q_proj_, k_proj_);
  }

  const PositionEncoding* operator->() const { return layer_ ? layer_.get() : stack_.get(); }

  std::vector<NamedParameter> parameters() const { return stack_->parameters(); }

  /// Moves parameters away from where functions of them have a kink, or bend much within the step of differences.
  void smooth() {
    const std::map<std::string, float> smooth{{"phases", -0.5f}, {"multiplier", 1.1f}, {"c", 1.f},
                                              {"fc1.bias", 3.f}, {"p", 1.f},           {"a", 0.5f}};
    for (const auto& parameter : parameters()) {
      const Tensor value = parameter.variable.value();
      if (smooth.contains(parameter.name)) value.fill(smooth.at(parameter.name));
      if (parameter.name == "table") straighten(value);
    }
  }

 private:
  /// Puts the rows of a table on a line, which has no kinks where positions between them are interpolated.
  static void straighten(const Tensor& table) {
    const Tensor slope = table.narrow(0, 0, 1).clone();
    for (int64_t i = 0; i < table.elements(); ++i) {
      table.data()[i] = 0.3f * static_cast<float>(i / table.size(1)) * slope.data()[i % table.size(1)];
    }
  }

  static std::unique_ptr<PositionEncoding> make(const std::string& name, const StackSizes& sizes) {
    PositionOptions o;
    o.max_positions = 12;
    o.max_relative_position = 3;
    o.rope_base = 100;  // so that all frequencies show in few positions
    set_variant(name, o);
    return position_encoding(o.encoding).make(o, sizes);
  }

  Linear q_proj_{12, 12, normal(1), normal(1)}, k_proj_{12, 12, normal(1), normal(1)};
  std::unique_ptr<PositionEncoding> stack_;
  std::shared_ptr<const PositionEncoding> layer_;
};

class EveryEncoding : public testing::TestWithParam<std::string> {};

TEST_P(EveryEncoding, KeepsShapesAndIsMadeForBothStacks) {
  for (bool decoder : {false, true}) {
    const InALayer encoding(GetParam(), decoder);
    const Tensor x = random_tensor({2, 5, 12}, 1), q = random_tensor({2, 2, 5, 6}, 2),
                 scores = random_tensor({2, 2, 5, 8}, 3);
    EXPECT_EQ(encoding->on_input(x, {3, 5}).shape(), x.shape());
    const Shape turned = encoding->on_queries(q, {3, 5}).shape();
    EXPECT_EQ(turned, (Shape{2, 2, 5, turned[3]}));
    EXPECT_EQ(turned[3], GetParam() == "pope" ? 12 : 6);
    EXPECT_EQ(encoding->on_keys(q, {3, 5}).shape(), turned);
    EXPECT_EQ(encoding->on_values(q, {3, 5}).shape(), q.shape());
    const Tensor k = random_tensor({2, 2, 8, 6}, 4);
    EXPECT_EQ(encoding->on_scores(scores, q, k, {3, 5}, {0, 8}).shape(), scores.shape());
    EXPECT_EQ(encoding->on_context(q, scores, {3, 5}, {0, 8}).shape(), q.shape());
  }
}

bool same(const Variable& x, const Variable& y) {
  if (x.shape() != y.shape()) return false;
  const Tensor a = x.value().contiguous(), b = y.value().contiguous();
  return std::equal(a.span().begin(), a.span().end(), b.span().begin());
}

/// An encoding must leave alone what it does not say it touches: attention does not call those hooks then.
TEST_P(EveryEncoding, SaysTrulyWhatItTouches) {
  const InALayer encoding(GetParam(), true);
  const Tensor x = random_tensor({1, 5, 12}, 4), q = random_tensor({1, 2, 5, 6}, 1), k = random_tensor({1, 2, 8, 6}, 2),
               scores = random_tensor({1, 2, 5, 8}, 3);
  const Touches touches = encoding->touches();
  EXPECT_EQ(touches.input, !same(encoding->on_input(x, {3, 5}), x));
  const Variable turned_q = encoding->on_queries(q, {3, 5}), turned_k = encoding->on_keys(k, {0, 8});
  EXPECT_EQ(touches.heads, !same(turned_q, q) || !same(turned_k, k) || !same(encoding->on_values(k, {0, 8}), k));
  const bool widens = turned_q.size(3) != q.size(3);  // which fused attention does not take
  EXPECT_EQ(touches.scores, widens || !same(encoding->on_scores(scores, q, k, {3, 5}, {0, 8}), scores) ||
                                !same(encoding->on_context(q, scores, {3, 5}, {0, 8}), q));
  if (GetParam().find('.') == std::string::npos) {
    EXPECT_EQ(position_encoding(GetParam()).touches().scores, touches.scores);
  }
  const Variable columns = encoding->key_columns(x);
  EXPECT_EQ(touches.key_columns, columns.defined() ? columns.size(2) / 2 : 0);
}

/// Encodings of absolute positions; the scores of all others, those that come after too, depend on distance alone.
bool absolute(const std::string& name) {
  static const std::set<std::string> kNames{"learned",          "sinusoidal",    "tupe",        "shape",    "cape",
                                            "rope.dynamic-ntk", "rope.longrope", "rope.values", "fire.near"};
  return kNames.contains(name);
}

/// Inputs, queries, keys and weights of a sentence of 5 that begins at `begin`, through every hook.
Variable through_all_hooks(const InALayer& encoding, const std::vector<Variable>& inputs, int64_t begin) {
  const Range at{begin, 5};
  seed_random_operators(7);
  const Variable x = encoding->on_input(inputs[0], at);
  const Variable q = encoding->on_queries(add(inputs[1], split_heads(x, 2)), at);
  const Variable k = encoding->on_keys(add(inputs[2], split_heads(x, 2)), at);
  const Variable columns = encoding->key_columns(x);
  const Variable with_columns = columns.defined() ? join_columns(k, split_heads(columns, 2)) : k;
  const Variable scores = encoding->on_scores(matmul(q, transpose(k, 2, 3)), q, with_columns, at, at);
  return encoding->on_context(matmul(scores, encoding->on_values(inputs[3], at)), scores, at, at);
}

std::vector<Tensor> random_inputs() {
  return {random_tensor({1, 5, 12}, 1), random_tensor({1, 2, 5, 6}, 2), random_tensor({1, 2, 5, 6}, 3),
          random_tensor({1, 2, 5, 6}, 4)};
}

TEST_P(EveryEncoding, DependsOnDistanceAloneUnlessItIsAbsolute) {
  const NoGrad no_grad;
  for (bool decoder : {false, true}) {
    const InALayer encoding(GetParam(), decoder);
    const std::vector<Tensor> tensors = random_inputs();
    const std::vector<Variable> inputs(tensors.begin(), tensors.end());
    const Tensor here = through_all_hooks(encoding, inputs, 0).value(),
                 there = through_all_hooks(encoding, inputs, 7).value();
    double largest = 0;
    for (int64_t i = 0; i < here.elements(); ++i) {
      largest = std::max<double>(largest, std::abs(here.contiguous().data()[i] - there.contiguous().data()[i]));
    }
    EXPECT_EQ(largest < 1e-4, !absolute(GetParam())) << largest;
  }
}

TEST_P(EveryEncoding, GivesItsInputsTheGradientsThatDifferencesShow) {
  for (bool decoder : {false, true}) {
    InALayer encoding(GetParam(), decoder);
    encoding.smooth();
    expect_gradients([&](const Inputs& inputs) { return through_all_hooks(encoding, inputs, 2); }, random_inputs(),
                     2e-3);
  }
}

TEST_P(EveryEncoding, GivesItsParametersTheGradientsThatDifferencesShow) {
  constexpr float kStep = 1e-2f;
  for (bool decoder : {false, true}) {
    InALayer encoding(GetParam(), decoder);
    encoding.smooth();
    const std::vector<Tensor> tensors = random_inputs();
    const std::vector<Variable> inputs(tensors.begin(), tensors.end());
    const Tensor weights = random_tensor({1, 2, 5, 6}, 9);
    auto loss = [&] { return sum(mul(reshape(through_all_hooks(encoding, inputs, 2), {1, 2, 5, 6}), weights)); };
    backward(loss());
    for (const auto& parameter : encoding.parameters()) {
      const Tensor value = parameter.variable.value(), gradient = parameter.variable.gradient().contiguous();
      double largest = 1;
      for (float g : gradient.span()) largest = std::max<double>(largest, std::abs(g));
      for (int64_t i = 0; i < value.elements(); ++i) {
        const float kept = value.data()[i];
        auto loss_at = [&](float x) {
          value.data()[i] = x;
          return static_cast<double>(loss().value().data()[0]);
        };
        const double difference = (loss_at(kept + kStep) - loss_at(kept - kStep)) / (2 * kStep);
        value.data()[i] = kept;
        EXPECT_NEAR(gradient.data()[i], difference, 5e-3 * largest) << parameter.name << " " << i;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, EveryEncoding, testing::ValuesIn(variant_names()), test_name);

}  // namespace
}  // namespace rotor
