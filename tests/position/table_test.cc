#include "position/table.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "golden.h"
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

/// An encoding as a layer of width 12 with 2 heads has it.
class InALayer {
 public:
  InALayer(const std::string& name, bool decoder) : stack_(position_encoding(name).make({}, {12, 2, decoder})) {
    stack_->initialise(1);
    q_proj_.initialise(2);
    k_proj_.initialise(3);
    layer_ = stack_->for_layer(q_proj_, k_proj_);
  }

  const PositionEncoding* operator->() const { return layer_ ? layer_.get() : stack_.get(); }

 private:
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
    EXPECT_EQ(encoding->on_queries(q, {3, 5}).shape(), q.shape());
    EXPECT_EQ(encoding->on_keys(q, {3, 5}).shape(), q.shape());
    const Tensor k = random_tensor({2, 2, 8, 6}, 4);
    EXPECT_EQ(encoding->on_scores(scores, q, k, {3, 5}, {0, 8}).shape(), scores.shape());
    EXPECT_EQ(encoding->on_context(q, scores, {3, 5}, {0, 8}).shape(), q.shape());
  }
}

/// An encoding without needs_scores() must leave scores and context alone: attention does not call those hooks then.
TEST_P(EveryEncoding, SaysTrulyWhetherItNeedsScores) {
  const InALayer encoding(GetParam(), true);
  const Tensor q = random_tensor({1, 2, 5, 6}, 1), k = random_tensor({1, 2, 8, 6}, 2),
               scores = random_tensor({1, 2, 5, 8}, 3);
  const Tensor after = encoding->on_scores(scores, q, k, {3, 5}, {0, 8}).value();
  const Tensor context = encoding->on_context(q, scores, {3, 5}, {0, 8}).value();
  auto same = [](const Tensor& a, const Tensor& b) {
    return std::equal(a.span().begin(), a.span().end(), b.span().begin());
  };
  EXPECT_EQ(encoding->needs_scores(), !same(after, scores) || !same(context, q));
  EXPECT_EQ(position_encoding(GetParam()).needs_scores(), encoding->needs_scores());
}

INSTANTIATE_TEST_SUITE_P(Table, EveryEncoding, testing::ValuesIn(position_encoding_names()),
                         test_name);

}  // namespace
}  // namespace rotor
