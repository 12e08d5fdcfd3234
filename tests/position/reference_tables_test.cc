// Buckets and slopes against the tables of positions.safetensors.
#include "base/check.h"
#include "golden.h"
#include "position/alibi.h"
#include "position/buckets.h"

namespace rotor {
namespace {

TEST(Buckets, AreTheReferencesAtEveryDistance) {
  const SafeTensors file = golden::open("positions");
  for (const std::string stack : {"encoder", "decoder"}) {
    for (auto [count, max_distance] : {std::pair<int64_t, int64_t>{32, 128}, {8, 10}, {20, 50}, {64, 256}}) {
      const auto expected = golden::integers(file, fmt::format("t5.buckets.{}.{}_{}", stack, count, max_distance));
      const Buckets buckets(count, max_distance, stack == "decoder");
      ASSERT_EQ(expected.size(), 401);
      for (int64_t i = 0; i < 401; ++i) EXPECT_EQ(buckets(i - 200), expected[i]) << stack << ' ' << count << ' ' << i;
    }
  }
}

TEST(Alibi, HasTheReferencesSlopes) {
  const SafeTensors file = golden::open("positions");
  for (int64_t heads : {1, 2, 3, 4, 5, 6, 8, 12, 16}) {
    const auto encoding = make_alibi({}, {2 * heads, heads, true});
    const Tensor none = Tensor::zeros({1, heads, 1, 2});
    Tensor slopes = encoding->on_scores(none, Variable(), Variable(), {1, 1}, {0, 2}).value().narrow(3, 0, 1).clone();
    for (float& slope : slopes.span()) slope = -slope;
    golden::expect_near(slopes.reshape({heads}), file.tensor(fmt::format("alibi.slopes.{}", heads)), 1e-6, "slopes");
  }
}

}  // namespace
}  // namespace rotor
