#include "data/masking.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/option_text.h"
#include "base/scratch.h"
#include "text/byte_vocabulary.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

constexpr SpecialTokens kSpecials{.mask = 4};
constexpr int64_t kSize = 50;

Masking masking(const MaskOptions& options, const std::optional<Vocabulary>& vocabulary = {}) {
  return {options, vocabulary ? vocabulary->specials() : kSpecials, vocabulary ? vocabulary->size() : kSize, vocabulary,
          "corpus"};
}

/// <s>, many tokens 10, </s>.
std::vector<int32_t> text(size_t tokens) {
  std::vector<int32_t> ids(tokens + 2, 10);
  ids.front() = kSpecials.bos;
  ids.back() = kSpecials.eos;
  return ids;
}

TEST(Masking, ChoosesAndReplacesByItsSharesAndNeverSpecialTokens) {
  constexpr size_t kTokens = 100'000;
  const std::vector<int32_t> original = text(kTokens);
  std::vector<int32_t> ids = original;
  const auto places = masking({})(ids, Random(3));
  ASSERT_TRUE(std::is_sorted(places.begin(), places.end()));
  const auto chosen = static_cast<double>(places.size());
  EXPECT_NEAR(chosen / kTokens, 0.15, 4 * std::sqrt(0.15 * 0.85 / kTokens));
  int64_t masked = 0, left = 0;
  for (const int32_t place : places) {
    ASSERT_TRUE(place > 0 && place < std::ssize(ids) - 1);
    masked += ids[place] == kSpecials.mask ? 1 : 0;
    left += ids[place] == 10 ? 1 : 0;
    EXPECT_TRUE(ids[place] == kSpecials.mask || !kSpecials.contains(ids[place]));
    EXPECT_LT(ids[place], kSize);
  }
  const double deviation = std::sqrt(0.1 * 0.9 / chosen);
  EXPECT_NEAR(static_cast<double>(masked) / chosen, 0.8, 6 * deviation);
  EXPECT_NEAR(static_cast<double>(left) / chosen, 0.1 + 0.1 / 45, 5 * deviation) << "some draw the same token";
  EXPECT_NE(std::count(ids.begin(), ids.end(), kSpecials.mask), 0);
  std::vector<int32_t> changed;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] != original[i]) changed.push_back(int32_t(i));
  }
  EXPECT_TRUE(std::includes(places.begin(), places.end(), changed.begin(), changed.end())) << "all else stays";
}

TEST(Masking, DependsOnTheStreamAlone) {
  std::vector<int32_t> a = text(200), b = text(200), c = text(200);
  const auto places = masking({})(a, Random(1));
  EXPECT_EQ(masking({})(b, Random(1)), places);
  EXPECT_EQ(a, b);
  EXPECT_NE(masking({})(c, Random(2)), places);
}

TEST(Masking, HidesAllTokensWhereAskedTo) {
  std::vector<int32_t> ids = text(5);
  EXPECT_EQ(masking({.prob = 1, .leave_unmasked = 0, .random_token = 0})(ids, Random(1)).size(), 5u);
  EXPECT_EQ(ids, (std::vector<int32_t>{0, 4, 4, 4, 4, 4, 2}));
}

TEST(Masking, OfWholeWordsTakesAllPiecesOfAWordAndGivesThemOneFate) {
  const ScratchFolder folder;
  const auto file = folder.file("text", "abcabc abcabd xyzxyz abc xyz\nabcxyz xyzabc abd xya\n");
  const Vocabulary vocabulary =
      Vocabulary::from_bytes(train_vocabulary({file}, {.model_type = "char", .size = 30, .mask = true}));
  ASSERT_GE(vocabulary.specials().mask, 0);
  const Masking mask = masking({.prob = 0.5, .leave_unmasked = 0, .random_token = 0, .whole_words = true}, vocabulary);
  const std::vector<int32_t> original = vocabulary.encode("abcabc abcabd xyzxyz abc xyz abcxyz");
  int64_t words = 0, hidden = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<int32_t> ids = original;
    mask(ids, Random(seed));
    for (size_t i = 0; i < ids.size(); ++i) {
      const bool begins = i == 0 || vocabulary.begins_word(original[i]);
      const bool is_hidden = ids[i] == vocabulary.specials().mask;
      words += begins ? 1 : 0;
      hidden += begins && is_hidden ? 1 : 0;
      if (!begins) {
        EXPECT_EQ(is_hidden, ids[i - 1] == vocabulary.specials().mask) << seed << " " << i;
      }
    }
  }
  EXPECT_NEAR(static_cast<double>(hidden) / static_cast<double>(words), 0.5, 0.15);
}

TEST(Masking, RefusesWhatCannotBeHidden) {
  EXPECT_TRUE(says(message_of<UsageError>([] { masking({.leave_unmasked = 0.6, .random_token = 0.5}); }),
                   "--leave-unmasked-prob", "0.6", "0.5"));
  EXPECT_TRUE(says(message_of<Error>([] { Masking({}, SpecialTokens{}, 50, {}, "corpus/train"); }), "corpus/train",
                   "<mask>", "--task masked_lm"));
  const Vocabulary bytes = Vocabulary::from_bytes(serialized_bytes());
  EXPECT_TRUE(says(message_of<Error>([&] { Masking({.whole_words = true}, kSpecials, 260, bytes, "corpus/train"); }),
                   "--mask-whole-words", "leave it out"));
}

}  // namespace
}  // namespace rotor
