#include "attention/performer.h"

#include <gtest/gtest.h>

#include "attention/heads.h"
#include "autograd/favor.h"
#include "autograd/layers.h"
#include "golden.h"
#include "kernel/cached_blocks.h"
#include "kernel/random_features.h"
#include "position/table.h"
#include "random_tensor.h"

namespace rotor {
namespace {

constexpr int64_t kHeads = 2, kWidth = 6, kFeatures = 10, kLength = 40;
constexpr uint64_t kSeed = 7;

/// A kernel of the attention, the encoding that serves it, and heads to attend with.
struct Performer {
  explicit Performer(const std::string& encoding, const std::string& rotary = "after", int64_t redraw = 1000)
      : options{.kernel = "performer",
                .linear_rotary = rotary,
                .performer_features = kFeatures,
                .performer_redraw_updates = redraw} {
    StackSizes sizes{kHeads * kWidth, kHeads, true};
    sizes.features = performer_turned_width(options, kWidth);
    position = position_encoding(encoding).make(PositionOptions(), sizes);
    kernel = make_performer_attention({options, {kHeads, kHeads, kWidth}, position, kSeed});
  }

  Tensor once(const AttentionMask& mask, const Tensor& queries) const {
    const auto state = kernel->once(mask);
    absorb(*state, k, v, {0, k.size(2)});
    return attend(*state, queries, {0, queries.size(2)}, mask).value().contiguous();
  }

  AttentionOptions options;
  std::shared_ptr<PositionEncoding> position;
  std::unique_ptr<AttentionKernel> kernel;
  Tensor q = random_tensor({2, kHeads, kLength, kWidth}, 1), k = random_tensor({2, kHeads, kLength, kWidth}, 2),
         v = random_tensor({2, kHeads, kLength, kWidth}, 3);
};

/// Attention by the operators, of which autograd/favor_test.cc knows that they compute the formulas.
Tensor by_operators(const Performer& performer, const AttentionMask& mask, uint64_t seed) {
  const FavorProjection projection(random_features(kFeatures, kWidth, seed));
  const Range at{0, kLength};
  const auto turned_queries = [&](const Variable& x) { return performer.position->on_queries(x, at); };
  const auto turned_keys = [&](const Variable& x) { return performer.position->on_keys(x, at); };
  const bool after = performer.options.linear_rotary == "after";
  const Variable queries = favor_queries(after ? performer.q : turned_queries(performer.q), projection, mask);
  const KeyFeatures keys = favor_keys(after ? performer.k : turned_keys(performer.k), projection, mask, {});
  return linear_attention(after ? turned_queries(queries) : queries, after ? turned_keys(keys.features) : keys.features,
                          performer.v, queries, keys.features, mask, {}, keys.log_scales)
      .value()
      .contiguous();
}

const AttentionMask kCausal{{}, {}, true};

struct Case {
  std::string encoding, rotary;
};

class PerformerWith : public testing::TestWithParam<Case> {
 protected:
  Performer performer_{GetParam().encoding, GetParam().rotary};
};

TEST_P(PerformerWith, MapsQueriesAndKeysByFavorAndTurnsThemWhereItIsAsked) {
  const std::vector<int32_t> lengths = {40, 23};
  for (const AttentionMask& mask : {AttentionMask{{}, lengths, true}, AttentionMask{lengths, lengths}}) {
    golden::expect_near(performer_.once(mask, performer_.q), by_operators(performer_, mask, kSeed), 1e-6,
                        mask.causal ? "causal" : "bidirectional");
  }
}

TEST_P(PerformerWith, DecodesInStepsAndChunksAsInOnePassAndFollowsItsRows) {
  const NoGrad no_grad;
  const Tensor expected = performer_.once(kCausal, performer_.q);
  for (const std::vector<int64_t>& chunks : {std::vector<int64_t>(kLength, 1), {3, 1, 36}, {35, 5}}) {
    const auto state = performer_.kernel->cache();
    int64_t begin = 0;
    std::vector<int64_t> order = {0, 1};
    for (const int64_t size : chunks) {
      const auto part = [&](const Tensor& x) { return gather_rows(x.narrow(2, begin, size).contiguous(), order); };
      absorb(*state, part(performer_.k), part(performer_.v), {begin, size});
      const Tensor actual = attend(*state, part(performer_.q), {begin, size}, {{}, {}, true, begin}).value();
      golden::expect_near(actual.contiguous(), part(expected), 3e-5, fmt::format("{} from {}", size, begin));
      state->select(std::vector<int64_t>{1, 0});
      std::swap(order[0], order[1]);
      begin += size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Positions, PerformerWith,
                         testing::Values(Case{"none", "after"}, Case{"rope", "after"}, Case{"rope", "before"},
                                         Case{"xpos", "before"}),
                         [](const auto& info) { return info.param.encoding + "_" + info.param.rotary; });

/// The first draw, which evaluation always has, and those of training.
TEST(Performer, DrawsAnewInTrainingAsTheSeedAndTheUpdateSayAndIsFixedOutside) {
  const auto numbers = [](const Performer& performer) {
    const Tensor y = performer.once(kCausal, performer.q);
    return std::vector<float>(y.span().begin(), y.span().end());
  };
  const auto in_training = [&](uint64_t seed, int64_t update, int64_t redraw) {
    Performer performer("none", "after", redraw);
    performer.kernel->begin_update(seed, update);
    return numbers(performer);
  };
  const auto first = in_training(1, 0, 5);
  EXPECT_EQ(in_training(2, 4, 5), first);
  EXPECT_EQ(in_training(1, 1000, 0), first);
  const auto second = in_training(1, 5, 5);
  EXPECT_NE(second, first);
  EXPECT_EQ(in_training(1, 9, 5), second);
  EXPECT_NE(in_training(2, 5, 5), second);
  EXPECT_NE(in_training(1, 10, 5), second);

  Performer performer("none", "after", 5);
  performer.kernel->begin_update(1, 5);
  const NoGrad no_grad;
  EXPECT_EQ(numbers(performer), first);
}

TEST(Performer, DrawsOtherVectorsForAnotherSeed) {
  const NoGrad no_grad;
  Performer performer("none");
  const Tensor first = performer.once(kCausal, performer.q);
  for (const uint64_t seed : {kSeed, kSeed + 1}) {
    performer.kernel =
        make_performer_attention({performer.options, {kHeads, kHeads, kWidth}, performer.position, seed});
    const Tensor again = performer.once(kCausal, performer.q);
    EXPECT_EQ(std::ranges::equal(again.span(), first.span()), seed == kSeed) << seed;
  }
}

TEST(Performer, TakesDLnDFeaturesAndAnEvenNumberWhereTheyAreTurned) {
  EXPECT_EQ(performer_features({.linear_rotary = "before"}, 32), 110);  // 32 ln 32 = 110.9
  EXPECT_EQ(performer_features({.linear_rotary = "before"}, 12), 29);
  EXPECT_EQ(performer_features({.linear_rotary = "after"}, 12), 28);
  EXPECT_EQ(performer_features({.linear_rotary = "after", .performer_features = 33}, 12), 33);
  EXPECT_EQ(performer_turned_width({.linear_rotary = "after"}, 12), 28);
  EXPECT_EQ(performer_turned_width({.linear_rotary = "before"}, 12), 12);
}

}  // namespace
}  // namespace rotor
