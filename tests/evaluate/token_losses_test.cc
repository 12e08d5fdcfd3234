#include "evaluate/token_losses.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/scratch.h"
#include "random_tensor.h"

namespace rotor {
namespace {

constexpr int64_t kWidth = 5, kVocabulary = 11;

/// The losses of samples of given targets, whose features are random but the same for the same sample and position.
class TokenLossesTest : public testing::Test {
 protected:
  /// The features of the tokens of a sample.
  static Tensor features_of(int64_t sample) { return random_tensor({8, kWidth}, 100 + sample); }

  /// The loss in bits of each token of a sample, by the plain formula.
  std::vector<double> bits_of(int64_t sample, const std::vector<int32_t>& ids) const {
    const Tensor features = features_of(sample);
    std::vector<double> bits;
    for (size_t t = 0; t < ids.size(); ++t) {
      double sum = 0, of_target = 0;
      for (int64_t v = 0; v < kVocabulary; ++v) {
        double logit = bias_.data()[v];
        for (int64_t c = 0; c < kWidth; ++c) {
          logit += static_cast<double>(features.data()[t * kWidth + c]) * weight_.data()[v * kWidth + c];
        }
        sum += std::exp(logit);
        if (v == ids[t]) of_target = logit;
      }
      bits.push_back((std::log(sum) - of_target) / std::log(2.));
    }
    return bits;
  }

  void add(TokenLosses& losses, const std::vector<int64_t>& samples, std::vector<int64_t> context = {},
           std::vector<int64_t> documents = {}) const {
    Batch batch;
    std::vector<std::vector<int32_t>> rows;
    std::vector<float> numbers;
    for (const int64_t sample : samples) {
      rows.push_back(targets_[sample]);
      const Tensor features = features_of(sample);
      numbers.insert(numbers.end(), features.data(), features.data() + std::ssize(rows.back()) * kWidth);
    }
    batch.sentences = samples;
    batch.target = TokenBatch::of(rows);
    const auto tokens = static_cast<int64_t>(numbers.size()) / kWidth;
    losses.add(batch, Variable(Tensor::of({tokens, kWidth}, numbers)), output_, context, documents);
  }

  static std::string line(int64_t number, const std::vector<double>& bits) {
    double sum = 0;
    for (const double each : bits) sum += each;
    return fmt::format("{},{},{:.6f}\n", number, bits.size(), sum / static_cast<double>(bits.size()));
  }

  /// Expects the text of a file of losses, each number to 2e-6.
  static void expect_text(const std::string& actual, const std::string& expected) {
    std::istringstream a(actual), e(expected);
    std::string x, y;
    while (std::getline(e, y)) {
      ASSERT_TRUE(std::getline(a, x)) << "missing: " << y;
      const size_t comma = y.rfind(',');
      EXPECT_EQ(x.substr(0, comma), y.substr(0, comma));
      if (y.find("loss") != y.npos) continue;
      EXPECT_NEAR(std::stod(x.substr(comma + 1)), std::stod(y.substr(comma + 1)), 2e-6);
    }
    EXPECT_FALSE(std::getline(a, x)) << "unexpected: " << x;
  }

  const std::vector<std::vector<int32_t>> targets_ = {{3, 7, 2}, {10}, {}, {0, 4, 4, 9, 2}};
  const Tensor weight_ = random_tensor({kVocabulary, kWidth}, 1), bias_ = random_tensor({kVocabulary}, 2);
  const OutputLayer output_{Variable(weight_), Variable(bias_)};
  const ScratchFolder folder_;
};

TEST_F(TokenLossesTest, AreSummedBySampleAndByPosition) {
  TokenLosses losses;
  EXPECT_EQ(losses.tokens(), 0);
  EXPECT_EQ(losses.bits(), 0);
  add(losses, {3, 0});
  add(losses, {2, 1});
  const auto a = bits_of(0, targets_[0]), b = bits_of(1, targets_[1]), c = bits_of(3, targets_[3]);
  EXPECT_EQ(losses.tokens(), 9);
  double total = 0;
  for (const auto& bits : {a, b, c}) {
    for (const double each : bits) total += each;
  }
  EXPECT_NEAR(losses.bits(), total, 1e-5);
  losses.write_by_sample(folder_ / "samples");
  expect_text(text_of(folder_ / "samples"), "sample,tokens,loss\n" + line(1, a) + line(2, b) + line(4, c));
  losses.write_by_position(folder_ / "positions");
  expect_text(text_of(folder_ / "positions"), "position,tokens,loss\n" + line(1, {a[0], b[0], c[0]}) +
                                                  line(2, {a[1], c[1]}) + line(3, {a[2], c[2]}) + line(4, {c[3]}) +
                                                  line(5, {c[4]}));
  losses.write_by_document(folder_ / "documents");
  EXPECT_EQ(text_of(folder_ / "documents"), "document,tokens,loss\n");
}

TEST_F(TokenLossesTest, LeaveOutTheContextAndCountDocuments) {
  TokenLosses losses;
  add(losses, {0, 1, 3}, {2, 1, 1}, {0, 0, 0, 2, 2});
  const auto a = bits_of(0, targets_[0]), c = bits_of(3, targets_[3]);
  EXPECT_EQ(losses.tokens(), 5);
  losses.write_by_sample(folder_ / "samples");
  expect_text(text_of(folder_ / "samples"),
              "sample,tokens,loss\n" + line(1, {a[2]}) + line(4, {c[1], c[2], c[3], c[4]}));
  losses.write_by_position(folder_ / "positions");
  expect_text(text_of(folder_ / "positions"),
              "position,tokens,loss\n" + line(2, {c[1]}) + line(3, {a[2], c[2]}) + line(4, {c[3]}) + line(5, {c[4]}));
  losses.write_by_document(folder_ / "documents");
  expect_text(text_of(folder_ / "documents"),
              "document,tokens,loss\n" + line(1, {a[2], c[1], c[2]}) + line(3, {c[3], c[4]}));
  add(losses, {1}, {1});
  EXPECT_EQ(losses.tokens(), 5) << "a batch of context alone adds nothing";
}

TEST_F(TokenLossesTest, DependNotOnHowTheSamplesWereBatched) {
  TokenLosses together, apart;
  add(together, {0, 1, 2, 3});
  for (const int64_t sample : {0, 1, 2, 3}) add(apart, {sample});
  EXPECT_EQ(together.tokens(), apart.tokens());
  EXPECT_NEAR(together.bits(), apart.bits(), 1e-6);
  together.write_by_position(folder_ / "together");
  apart.write_by_position(folder_ / "apart");
  expect_text(text_of(folder_ / "together"), text_of(folder_ / "apart"));
}

}  // namespace
}  // namespace rotor
