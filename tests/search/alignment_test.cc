#include "search/alignment.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "base/scratch.h"
#include "text/special_tokens.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

/// Two tokens and </s> attend to three tokens and </s>.
const std::vector<float> kAttention = {0.2f, 0.5f, 0.1f, 0.2f,  //
                                       0.1f, 0.1f, 0.1f, 0.7f,  //
                                       0.f,  0.6f, 0.f,  0.4f};
const TokenIds kTarget = {kSpecials.unk, 8, kSpecials.eos};

TEST(Coverage, AddsTheLogarithmsOfWhatTokensLack) {
  EXPECT_NEAR(coverage(kAttention, 4), std::log(0.3) + 0 + std::log(0.2), 1e-6);  // the second has more than 1
  EXPECT_EQ(coverage(std::vector<float>{1.f}, 1), 0);
  EXPECT_TRUE(std::isfinite(coverage(std::vector<float>{0.f, 1.f}, 2)));
}

TEST(HardAlignment, TakesTheMostAttendedTokenButNotTheEnd) {
  const auto alignment = hard_alignment(kAttention, kTarget, 4);
  EXPECT_EQ(alignment, (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(pharaoh(alignment), "1-0 0-1");
  EXPECT_EQ(pharaoh(hard_alignment({}, {kSpecials.eos}, 4)), "");
  EXPECT_TRUE(hard_alignment(std::vector<float>{1.f, 1.f}, {8, kSpecials.eos}, 1).empty());
}

TEST(ReplaceUnknown, CopiesWhatItIsAlignedToOrLooksItUp) {
  const std::vector<std::string> texts = {"▁a", "▁中", "文", "</s>"};
  const TokenIds target = {kSpecials.unk, 8, kSpecials.unk, kSpecials.unk, kSpecials.eos};
  const std::vector<int64_t> alignment = {1, 0, 2, 0};
  EXPECT_EQ(replace_unknown(target, alignment, texts, {}, kSpecials.unk), (std::vector<std::string>{"中", "文", "a"}));
  const UnknownWords words = {{"中", "Mitte"}, {"a", "ein"}};
  EXPECT_EQ(replace_unknown(target, alignment, texts, words, kSpecials.unk),
            (std::vector<std::string>{"Mitte", "文", "ein"}));
}

TEST(UnknownWords, AreReadFromLinesOfTwoColumns) {
  const ScratchFolder folder;
  const UnknownWords words = read_unknown_words(folder.file("words", "dog Hund\ncat\tKatze\n").string());
  EXPECT_EQ(words, (UnknownWords{{"dog", "Hund"}, {"cat", "Katze"}}));
  const std::string bad = folder.file("bad", "dog Hund\ncat die Katze\n").string();
  EXPECT_TRUE(says(message_of<Error>([&] { read_unknown_words(bad); }), "line 2", "bad", "cat die Katze"));
}

}  // namespace
}  // namespace rotor
