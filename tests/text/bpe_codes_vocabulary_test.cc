#include "text/bpe_codes_vocabulary.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

using Ids = std::vector<int32_t>;
using Texts = std::vector<std::string>;

const std::string kTokens = R"({"tokens":["<s>","<pad>","</s>","<unk>","the","lo@@","w","wer","n@@"]})";
const std::string kBytes =
    "rotor-vocabulary bpe-codes 1 " + kTokens + "\n#version: 0.2\nl o\nt h\nth e</w>\nw e\nwe r</w>\n";

const Vocabulary& vocabulary() {
  static const Vocabulary one = Vocabulary::from_bytes(kBytes);
  return one;
}

TEST(BpeCodesVocabulary, CutsWordsAndLooksUpTheirParts) {
  EXPECT_EQ(vocabulary().encode("  the lower\tlow "), (Ids{4, 5, 7, 5, 6}));
  EXPECT_EQ(vocabulary().encode("the\u00a0the\u3000n"), (Ids{4, 4, 3}));  // as Python's split(); "n" has no mark
  EXPECT_EQ(vocabulary().encode(""), Ids{});
  EXPECT_EQ(vocabulary().spell("the lower new"), (Texts{"the", "lo@@", "wer", "n@@", "e@@", "w"}));
  EXPECT_EQ(vocabulary().encode("new"), (Ids{8, 3, 6}));
}

TEST(BpeCodesVocabulary, TakesTextThatIsSpeltAsASpecialTokenForUnknown) {
  EXPECT_EQ(vocabulary().specials(), SpecialTokens());
  const Vocabulary words = Vocabulary::from_bytes("rotor-vocabulary bpe-codes 1 " + kTokens + "\n");
  EXPECT_EQ(words.encode("</s> the <pad>"), (Ids{3, 4, 3}));
  EXPECT_EQ(words.encode("low lo@@ w"), (Ids{3, 5, 6}));  // whole words without merges
}

TEST(BpeCodesVocabulary, JoinsParts) {
  EXPECT_EQ(vocabulary().decode(Ids{0, 4, 5, 7, 5, 6, 2}), "the lower low");
  EXPECT_EQ(vocabulary().decode(Ids{4, 5}), "the lo");
  EXPECT_EQ(vocabulary().decode(Ids{3, 4, 3}), "\u2047 the \u2047");
  EXPECT_EQ(vocabulary().decode(Ids{3, 4, 3}, Texts{"New", "York"}), "New the York");
  EXPECT_EQ(vocabulary().decode(Ids{}), "");
}

TEST(BpeCodesVocabulary, IsAVocabularyOfItsOwnKind) {
  EXPECT_EQ(Vocabulary::kind_of(kBytes), "BPE codes");
  EXPECT_EQ(Vocabulary::kind_of("rotor-vocabulary bpe-codes 1 " + kTokens + "\n"), "words");
  EXPECT_EQ(vocabulary().size(), 9);
  EXPECT_EQ(vocabulary().piece(5), "lo@@");
  EXPECT_EQ(vocabulary().id("lo@@"), 5);
  EXPECT_EQ(vocabulary().id("lo"), 3);
  EXPECT_FALSE(vocabulary().cuts_words());
  EXPECT_FALSE(vocabulary().is_lossless());
}

TEST(BpeCodesVocabulary, RefusesOtherForms) {
  const auto refusal = [](const std::string& rest) {
    return message_of<Error>([&] { Vocabulary::from_bytes("rotor-vocabulary bpe-codes " + rest, "a.codes"); });
  };
  EXPECT_TRUE(says(refusal("2 {}\n"), "a.codes", "version 1", "newer Rotor"));
  EXPECT_TRUE(says(refusal("1 {\"tokens\":\n"), "a.codes", "list of tokens in JSON"));
  EXPECT_TRUE(says(refusal("1 {\"tokens\":[1,2,3,4,5]}\n"), "tokens that are texts"));
  EXPECT_TRUE(says(refusal("1 {\"tokens\":[\"a\",\"b\",\"c\",\"d\",\"a\"]}\n"), "'a' as 0 and 4"));
  EXPECT_TRUE(says(refusal("1 {\"tokens\":[\"a\"]}\n"), "more tokens"));
  EXPECT_TRUE(says(refusal("1 " + kTokens + "\nno-merge\n"), "a.codes", "line 1"));
}

}  // namespace
}  // namespace rotor
