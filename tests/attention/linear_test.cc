#include "attention/linear.h"

#include <gtest/gtest.h>

#include <fstream>

#include "attention/heads.h"
#include "autograd/elementwise.h"
#include "autograd/layers.h"
#include "base/progress.h"
#include "golden.h"
#include "model/options.h"
#include "position/table.h"
#include "random_tensor.h"

namespace rotor {
namespace {

constexpr int64_t kHeads = 2, kWidth = 6;
constexpr StackSizes kDecoder{kHeads * kWidth, kHeads, true};

std::shared_ptr<PositionEncoding> encoding(const std::string& name) {
  PositionOptions options;
  options.xpos_scale_base = 16;
  return position_encoding(name).make(options, kDecoder);
}

double phi(double x) {
  return x > 0 ? x + 1 : std::exp(x);
}

std::unique_ptr<AttentionKernel> linear(std::shared_ptr<PositionEncoding> position, int64_t heads = kHeads,
                                        int64_t width = kWidth) {
  return make_kernel({.kernel = "linear"}, {heads, heads, width}, std::move(position));
}

/// φ of a tensor.
Tensor features(const Tensor& x) {
  Tensor y = x.clone();
  for (float& value : y.span()) value = static_cast<float>(phi(value));
  return y;
}

class LinearAttentionWith : public testing::TestWithParam<std::string> {
 protected:
  Tensor random(uint64_t seed) const { return random_tensor({2, kHeads, kLength, kWidth}, seed); }

  static constexpr int64_t kLength = 40;
  std::shared_ptr<PositionEncoding> position_ = encoding(GetParam());
  std::unique_ptr<AttentionKernel> attention_ = linear(position_);
  Tensor q_ = random(1), k_ = random(2), v_ = random(3);
};

TEST_P(LinearAttentionWith, TurnsTheFeaturesInTheNumeratorOnly) {
  const Range at{0, kLength};
  const auto state = attention_->once({});
  absorb(*state, k_, v_, at);
  const Tensor actual = attend(*state, q_, at, {{}, {}, true}).value().contiguous();

  const Tensor q = features(q_), k = features(k_);
  const Tensor turned_q = position_->on_queries(q, at).value(), turned_k = position_->on_keys(k, at).value();
  Tensor expected({2, kHeads, kLength, kWidth});
  for (int64_t bh = 0; bh < 2 * kHeads; ++bh) {
    for (int64_t m = 0; m < kLength; ++m) {
      double numerators[kWidth] = {}, denominator = 0;
      for (int64_t n = 0; n <= m; ++n) {
        double turned = 0;
        for (int64_t c = 0; c < kWidth; ++c) {
          const int64_t i = (bh * kLength + m) * kWidth + c, j = (bh * kLength + n) * kWidth + c;
          turned += static_cast<double>(turned_q.data()[i]) * turned_k.data()[j];
          denominator += static_cast<double>(q.data()[i]) * k.data()[j];
        }
        for (int64_t c = 0; c < kWidth; ++c) numerators[c] += turned * v_.data()[(bh * kLength + n) * kWidth + c];
      }
      for (int64_t c = 0; c < kWidth; ++c) {
        expected.data()[(bh * kLength + m) * kWidth + c] = static_cast<float>(numerators[c] / denominator);
      }
    }
  }
  golden::expect_near(actual, expected, 2e-5, GetParam());
}

TEST_P(LinearAttentionWith, DecodesInStepsAndChunksAsInOnePassAndFollowsItsRows) {
  const NoGrad no_grad;
  const auto whole = attention_->once({});
  absorb(*whole, k_, v_, {0, kLength});
  const Tensor expected = attend(*whole, q_, {0, kLength}, {{}, {}, true}).value();
  for (const std::vector<int64_t>& chunks : {std::vector<int64_t>(kLength, 1), {3, 1, 36}, {35, 5}}) {
    const auto state = attention_->cache();
    EXPECT_EQ(state->rows(), 0);
    int64_t begin = 0;
    bool swapped = false;
    for (int64_t size : chunks) {
      auto chunk = [&](const Tensor& x) {
        const Tensor part = x.narrow(2, begin, size);
        if (!swapped) return part;
        Tensor rows(part.shape());
        rows.narrow(0, 0, 1).copy_from(part.narrow(0, 1, 1));
        rows.narrow(0, 1, 1).copy_from(part.narrow(0, 0, 1));
        return rows;
      };
      const Range at{begin, size};
      absorb(*state, chunk(k_), chunk(v_), at);
      const Tensor actual = attend(*state, chunk(q_), at, {{}, {}, true, begin}).value().contiguous();
      golden::expect_near(actual, chunk(expected), 2e-5, fmt::format("{} from {}", size, begin));
      state->select(std::vector<int64_t>{1, 0});
      swapped = !swapped;
      begin += size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Positions, LinearAttentionWith, testing::Values("none", "rope", "xpos"),
                         [](const auto& info) { return info.param; });

TEST(LinearAttention, RotatesQueriesAndKeysBeforeTheirFeaturesIfAsked) {
  const auto rope = encoding("rope");
  const Range at{0, 7};
  const Tensor q = random_tensor({1, kHeads, 7, kWidth}, 1), k = random_tensor({1, kHeads, 7, kWidth}, 2);
  const auto before = make_kernel({.kernel = "linear", .linear_rotary = "before"}, {kHeads, kHeads, kWidth}, rope);
  const auto none = linear(encoding("none"));
  const auto turned = before->once({}), plain = none->once({});
  absorb(*turned, k, k, at);
  absorb(*plain, rope->on_keys(k, at), k, at);
  golden::expect_near(attend(*turned, q, at, {{}, {}, true}).value(),
                      attend(*plain, rope->on_queries(q, at), at, {{}, {}, true}).value(), 1e-6, "before");
}

TEST(LinearAttention, PaddedKeysAddNothing) {
  const auto attention = linear(encoding("none"));
  Tensor k = random_tensor({1, kHeads, 7, kWidth}, 1), v = random_tensor({1, kHeads, 7, kWidth}, 2);
  const Tensor q = random_tensor({1, kHeads, 5, kWidth}, 3);
  auto contexts = [&](const Tensor& keys, const Tensor& values, const AttentionMask& mask) {
    const auto state = attention->once({});
    absorb(*state, keys, values, {0, keys.size(2)});
    return attend(*state, q, {0, 5}, mask).value();
  };
  golden::expect_near(contexts(k, v, {{4}, {}}), contexts(k.narrow(2, 0, 4).clone(), v.narrow(2, 0, 4).clone(), {}),
                      1e-6, "4 keys of 7");
}

/// Twice the length takes twice the memory: no [T,T] matrix exists, neither in the forward nor the backward pass, be it
/// a tensor or scratch memory of a kernel.
TEST(LinearAttention, TrainsInMemoryThatGrowsAsTheLength) {
  const auto attention = linear(encoding("none"), 1, 4);
  const int64_t length = 1 << 15;               // one [T,T] matrix would take 4 GiB
  std::ofstream("/proc/self/clear_refs") << 5;  // the peak begins anew; where it may not, only a higher one is seen
  const int64_t before = peak_memory_mb();
  const Variable q(random_tensor({1, 1, length, 4}, 1), true), k(random_tensor({1, 1, length, 4}, 2), true);
  const auto state = attention->once({});
  absorb(*state, k, k, {0, length});
  backward(sum(merge_heads(attend(*state, q, {0, length}, {{}, {}, true}))));
  EXPECT_GT(before, 0);
  EXPECT_LT(peak_memory_mb() - before, 256);
}

TEST(LinearAttention, KeepsItsFirstBlockForTrainingAndOthersForDecoding) {
  const auto attention = linear(encoding("none"));
  const Variable k(random_tensor({1, kHeads, 3, kWidth}, 1), true);
  const auto state = attention->cache();
  absorb(*state, k, k, {0, 3});
  EXPECT_THROW(absorb(*state, k, k, {3, 3}), Error);
}

TEST(LinearAttention, RefusesEncodingsThatActOnScoresAndNamesTheOthers) {
  for (const auto& row : position_encodings()) {
    TransformerOptions options;
    options.source_vocabulary = options.target_vocabulary = 30;
    options.attention.kernel = "linear";
    options.decoder.position_encoding = row.name;
    if (!row.touches().scores) {
      EXPECT_NO_THROW(options.check()) << row.name;
      continue;
    }
    try {
      options.check();
      ADD_FAILURE() << row.name;
    } catch (const Error& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find("'" + row.name + "'"), std::string::npos) << text;
      EXPECT_NE(text.find("none, learned, sinusoidal, rope, xpos, shape, cape"), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace rotor
