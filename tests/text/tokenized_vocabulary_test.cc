#include "text/tokenized_vocabulary.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

using Ids = std::vector<int32_t>;
using Texts = std::vector<std::string>;

const std::string kPieces =
    R"(rotor-vocabulary bpe-codes 1 {"tokens":["<s>","<pad>","</s>","<unk>","do@@","n","&apos;t","rich","@-@","text",".","l&apos;","homme"]})"
    "\n#version: 0.2\nd o\n& a\n&a p\n&ap o\n&apo s\n&apos ;\n&apos; t</w>\nr i\nri c\nric h</w>\nt e\nte x\ntex "
    "t</w>\n@ -\n@- "
    "@</w>\n";

std::string serialized(const std::string& header) {
  return "rotor-vocabulary tokenized 1 " + header + "\n" + kPieces;
}

const Vocabulary& english() {
  static const Vocabulary one = Vocabulary::from_bytes(serialized(R"({"tokenizer":"moses","language":"en"})"));
  return one;
}

TEST(TokenizedVocabulary, TakesAndGivesTextThatIsNotTokenized) {
  EXPECT_EQ(english().encode("don't rich-text."), (Ids{4, 5, 6, 7, 8, 9, 10}));
  EXPECT_EQ(english().spell("don't rich-text."), (Texts{"do@@", "n", "&apos;t", "rich", "@-@", "text", "."}));
  EXPECT_EQ(english().decode(Ids{4, 5, 6, 7, 8, 9, 10, 2}), "don't rich-text.");
  EXPECT_EQ(english().decode(Ids{3, 9, 10}), "\u2047 text.");
  EXPECT_EQ(english().decode(Ids{3, 9, 3}, Texts{"&quot;", "!"}), "\"text!");
  EXPECT_EQ(english().encode(" "), Ids{});
  EXPECT_EQ(english().piece(6), "&apos;t");
  EXPECT_EQ(english().id("@-@"), 8);
  EXPECT_EQ(english().size(), 13);
  EXPECT_FALSE(english().is_lossless());
}

TEST(TokenizedVocabulary, HasTheRulesOfItsLanguage) {
  const Vocabulary french = Vocabulary::from_bytes(serialized(R"({"tokenizer":"moses","language":"fr_CA"})"));
  EXPECT_EQ(french.spell("l'x"), (Texts{"l@@", "&apos@@", ";", "x"}));
  EXPECT_EQ(french.decode(Ids{11, 12}), "l'homme");
  EXPECT_EQ(english().decode(Ids{11, 12}), "l' homme");
}

TEST(TokenizedVocabulary, SplitsDashesAndEscapesUnlessItSaysOtherwise) {
  const Vocabulary plain =
      Vocabulary::from_bytes(serialized(R"({"tokenizer":"moses","language":"en","dash_splits":false,"escape":false})"));
  EXPECT_EQ(plain.spell("x-y"), (Texts{"x@@", "-@@", "y"}));
  EXPECT_EQ(plain.spell("x'y"), (Texts{"x", "'@@", "y"}));
  EXPECT_EQ(plain.decode(Ids{6, 8, 9}), "'t-text") << "what is escaped is read all the same, as fairseq does";
}

TEST(TokenizedVocabulary, IsAVocabularyOfItsOwnKind) {
  EXPECT_EQ(Vocabulary::kind_of(english().bytes()), "BPE codes of Moses' tokens (en)");
  const Vocabulary bytes = Vocabulary::from_bytes(
      "rotor-vocabulary tokenized 1 {\"tokenizer\":\"moses\",\"language\":\"de\"}\nrotor-vocabulary bytes 1\n");
  EXPECT_EQ(bytes.decode(bytes.encode("Ja!")), "Ja!");
}

TEST(TokenizedVocabulary, RefusesOtherForms) {
  const auto refusal = [](const std::string& rest) {
    return message_of<Error>(
        [&] { Vocabulary::from_bytes("rotor-vocabulary tokenized " + rest + "\n" + kPieces, "a.model"); });
  };
  EXPECT_TRUE(says(refusal("2 {}"), "a.model", "version 1", "newer Rotor"));
  EXPECT_TRUE(says(refusal("1 {"), "a.model", "the tokenizer moses"));
  EXPECT_TRUE(says(refusal(R"(1 {"tokenizer":"nltk","language":"en"})"), "a.model", "the tokenizer moses, got nltk"));
  EXPECT_TRUE(says(refusal(R"(1 {"tokenizer":"moses"})"), "the code of a language", "got \"\""));
  EXPECT_TRUE(says(refusal(R"(1 {"tokenizer":"moses","language":"english"})"), "got \"english\"", "--source-lang"));
  EXPECT_TRUE(says(refusal(R"(1 {"tokenizer":"moses","language":"en","escape":1})"), "escape", "true or false"));
  const std::string header = R"({"tokenizer":"moses","language":"en"})";
  EXPECT_TRUE(says(refusal("1 " + header + "\nrotor-vocabulary tokenized 1 " + header), "a tokenizer after another"));
  EXPECT_TRUE(
      says(message_of<Error>([&] { Vocabulary::from_bytes("rotor-vocabulary tokenized 1 " + header, "a"); }), "a: "));
}

}  // namespace
}  // namespace rotor
