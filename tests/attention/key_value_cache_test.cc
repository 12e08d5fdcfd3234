#include "attention/key_value_cache.h"

#include <gtest/gtest.h>

#include "attention/heads.h"
#include "golden.h"
#include "kernel/cached_blocks.h"
#include "position/table.h"
#include "random_tensor.h"

namespace rotor {
namespace {

constexpr int64_t kRows = 3, kHeads = 2, kWidth = 4;

std::unique_ptr<AttentionKernel> softmax() {
  return make_kernel({}, {kHeads, kHeads, kWidth}, std::make_shared<PositionEncoding>());
}

/// Keys and values of three rows, from which blocks are taken.
struct Text {
  Tensor keys = random_tensor({kRows, kHeads, 200, kWidth}, 1), values = random_tensor({kRows, kHeads, 200, kWidth}, 2);

  void feed(AttentionState& state, int64_t begin, int64_t length) const {
    absorb(state, keys.narrow(2, begin, length), values.narrow(2, begin, length), {begin, length});
  }
};

/// What queries of each row see of the first `length` positions of the rows, by a state that has them in one block.
Tensor in_one_block(const AttentionKernel& kernel, const Text& text, const std::vector<int64_t>& rows, int64_t length,
                    const Tensor& q) {
  std::vector<Tensor> each;
  Tensor keys({std::ssize(rows), kHeads, length, kWidth}), values(keys.shape());
  for (size_t r = 0; r < rows.size(); ++r) {
    const auto row = static_cast<int64_t>(r);
    keys.narrow(0, row, 1).copy_from(text.keys.narrow(0, rows[r], 1).narrow(2, 0, length));
    values.narrow(0, row, 1).copy_from(text.values.narrow(0, rows[r], 1).narrow(2, 0, length));
  }
  const auto state = kernel.once({});
  absorb(*state, keys, values, {0, length});
  return attend(*state, q, {length - q.size(2), q.size(2)}, {{}, {}, true, length - q.size(2)}).value();
}

TEST(KeyValueCache, IsEmptyAtFirst) {
  const auto kernel = softmax();
  KeyValueCache state(dynamic_cast<const SoftmaxAttention&>(*kernel));
  EXPECT_EQ(state.rows(), 0);
  state.select(std::vector<int64_t>{0, 0});
  EXPECT_EQ(state.rows(), 0);
}

TEST(KeyValueCache, AttendsToItsBlocksAsToOneWhileItGrows) {
  const NoGrad no_grad;
  const auto kernel = softmax();
  const Text text;
  const auto state = kernel->cache();
  int64_t length = 0;
  for (int64_t size : {1, 1, 3, 10, 1, 1, 30, 1, 100, 52}) {
    text.feed(*state, length, size);
    length += size;
    const Tensor q = random_tensor({kRows, kHeads, size, kWidth}, 3);
    const Range at{length - size, size};
    golden::expect_near(attend(*state, q, at, {{}, {}, true, at.begin}).value(),
                        in_one_block(*kernel, text, {0, 1, 2}, length, q), 1e-5, fmt::format("length {}", length));
  }
}

TEST(KeyValueCache, SelectRepeatsDropsAndReordersRows) {
  const NoGrad no_grad;
  const auto kernel = softmax();
  const Text text;
  for (const std::vector<int64_t>& rows : {std::vector<int64_t>{2, 0, 1}, {1, 1, 1}, {2}, {0, 0, 1, 1, 2, 2}}) {
    const auto state = kernel->cache();
    text.feed(*state, 0, 5);
    text.feed(*state, 5, 2);
    state->select(rows);
    EXPECT_EQ(state->rows(), std::ssize(rows));
    for (const int64_t queries : {1, 2}) {  // a single query takes a path of its own
      const Tensor q = random_tensor({std::ssize(rows), kHeads, queries, kWidth}, 3);
      const Range at{7 - queries, queries};
      golden::expect_near(attend(*state, q, at, {{}, {}, true, at.begin}).value(),
                          in_one_block(*kernel, text, rows, 7, q), 1e-5, fmt::format("{} queries", queries));
    }
  }
}

TEST(KeyValueCache, SinglePositionsFollowTheirRowsFromBlockToBlock) {
  const NoGrad no_grad;
  const auto kernel = softmax();
  const Text text;
  const auto state = kernel->cache();
  std::vector<int64_t> rows = {0, 1, 2};  // the text's row of each row
  for (int64_t t = 0; t < 30; ++t) {
    const auto part = [&](const Tensor& x) { return gather_rows(x.narrow(2, t, 1).contiguous(), rows); };
    absorb(*state, part(text.keys), part(text.values), {t, 1});
    const Tensor q = random_tensor({std::ssize(rows), kHeads, 1, kWidth}, 3);
    golden::expect_near(attend(*state, q, {t, 1}, {{}, {}, true, t}).value(),
                        in_one_block(*kernel, text, rows, t + 1, q), 1e-5, fmt::format("position {}", t));
    std::vector<int64_t> selected;  // fewer rows, more rows, and others
    if (t == 4) selected = {2, 0};
    if (t == 11) selected = {1, 1, 0, 0, 1};
    if (t == 13) selected = {4, 2, 0};
    if (selected.empty()) continue;
    state->select(selected);
    for (int64_t& row : selected) row = rows[row];
    rows = selected;
  }
}

TEST(KeyValueCache, RepeatedRowsGoOnApart) {
  const NoGrad no_grad;
  const auto kernel = softmax();
  const Text text;
  const auto state = kernel->cache();
  text.feed(*state, 0, 4);
  state->select(std::vector<int64_t>{1, 1});
  const Tensor next = random_tensor({2, kHeads, 1, kWidth}, 7), q = random_tensor({1, kHeads, 1, kWidth}, 8);
  const Tensor both({2, kHeads, 1, kWidth});
  for (int64_t row = 0; row < 2; ++row) both.narrow(0, row, 1).copy_from(q);
  absorb(*state, next, next, {4, 1});
  const Tensor before = attend(*state, both, {4, 1}, {{}, {}, true, 4}).value().clone();
  state->select(std::vector<int64_t>{1, 0});
  const Tensor after = attend(*state, both, {4, 1}, {{}, {}, true, 4}).value();
  golden::expect_near(after.narrow(0, 0, 1), before.narrow(0, 1, 1), 0, "exchanged");
  golden::expect_near(after.narrow(0, 1, 1), before.narrow(0, 0, 1), 0, "exchanged");
}

/// A kernel with a window, whose encoding knows absolute positions or none.
std::unique_ptr<AttentionKernel> windowed(const std::string& encoding, int64_t window) {
  PositionOptions options;
  if (encoding == "rope") {
    options.rope_scaling.kind = "dynamic-ntk";  // which reads keys
    options.rope_scaling.factor = 2;
    options.rope_scaling.original_length = 6;
  }
  std::shared_ptr<PositionEncoding> position =
      position_encoding(encoding).make(options, {kHeads * kWidth, kHeads, true});
  position->initialise(1);
  return make_kernel({.window = window}, {kHeads, kHeads, kWidth}, position);
}

TEST(KeyValueCache, ReleasesLeadingBlocksThatNoLaterQuerySeesThroughItsWindow) {
  const NoGrad no_grad;
  constexpr int64_t kWindow = 5, kFirst = 4;
  const Text text;
  for (const char* encoding : {"none", "alibi", "fire", "rope"}) {
    const auto kernel = windowed(encoding, kWindow);
    const auto state = kernel->cache();
    const Tensor values = merge_heads(text.values.narrow(2, 0, kFirst)).value();
    ASSERT_FALSE(values.is_shared());
    state->absorb(merge_heads(text.keys.narrow(2, 0, kFirst)), values, {0, kFirst}, Packing());
    std::vector<int64_t> rows = {0, 1, 2};  // the text's row of each row
    int64_t begin = kFirst;
    for (const int64_t size : {1, 1, 1, 1, 1, 3, 1, 1, 20, 1, 2, 1, 1}) {
      const auto part = [&](const Tensor& x) { return gather_rows(x.narrow(2, begin, size).contiguous(), rows); };
      absorb(*state, part(text.keys), part(text.values), {begin, size});
      EXPECT_EQ(values.is_shared(), begin - kWindow < kFirst - 1) << encoding << ' ' << begin;
      const Tensor q = random_tensor({std::ssize(rows), kHeads, size, kWidth}, 3);
      golden::expect_near(attend(*state, q, {begin, size}, {{}, {}, true, begin}).value(),
                          in_one_block(*kernel, text, rows, begin + size, q), 2e-5,
                          fmt::format("{} {} from {}", encoding, size, begin));
      begin += size;
      if (size == 3) {
        rows = {2, 0};
        state->select(rows);
      }
    }
  }
}

/// Says whether it reads keys, and notes whether it gets them.
class KeyReader : public PositionEncoding {
 public:
  explicit KeyReader(bool reads) : reads_(reads) {}
  Touches touches() const override { return {.scores = true, .reads_keys = reads_}; }
  Variable on_scores(const Variable& scores, const Variable&, const Variable& k, Range, Range) const override {
    got = k.defined();
    return scores;
  }
  mutable bool got = false;

 private:
  bool reads_;
};

TEST(KeyValueCache, GathersKeysForASingleQueryOnlyIfTheEncodingReadsThem) {
  const NoGrad no_grad;
  const Text text;
  for (const bool reads : {false, true}) {
    const auto encoding = std::make_shared<KeyReader>(reads);
    const auto kernel = make_kernel({}, {kHeads, kHeads, kWidth}, encoding);
    const auto state = kernel->cache();
    for (int64_t t = 0; t < 3; ++t) text.feed(*state, t, 1);
    attend(*state, random_tensor({kRows, kHeads, 1, kWidth}, 3), {2, 1}, {{}, {}, true, 2});
    EXPECT_EQ(encoding->got, reads);
  }
}

TEST(KeyValueCache, IsForDecodingAlone) {
  const auto kernel = softmax();
  const Variable k(random_tensor({1, kHeads, 2, kWidth}, 1), true);
  EXPECT_THROW(absorb(*kernel->cache(), k, k, {0, 2}), Error);
}

}  // namespace
}  // namespace rotor
