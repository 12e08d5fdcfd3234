#include "text/wordpiece_vocabulary.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/json.h"
#include "base/scratch.h"
#include "text/vocab_txt.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

const char* const kTokens =
    "[PAD]\nthe\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\nrun\n##ning\n##n\n'\nt\n.\n,\nmask\n[\n]\na\n##a\nu\n"
    "\xc3\xbc\n##\xc3\x9f\nRun\n\n";

Vocabulary make(const BertWordOptions& options = {}) {
  return Vocabulary::from_bytes(serialized_wordpiece(kTokens, options));
}

/// The pieces of a text, parted by blanks.
std::string pieces(const Vocabulary& vocabulary, std::string_view text) {
  std::string joined;
  for (const int32_t id : vocabulary.encode(text)) joined += (joined.empty() ? "" : " ") + vocabulary.piece(id);
  return joined;
}

TEST(WordPieceVocabulary, HasTheIdsOfItsLines) {
  const Vocabulary vocabulary = make();
  EXPECT_EQ(vocabulary.size(), 26);
  EXPECT_EQ(vocabulary.specials(), (SpecialTokens{.bos = 3, .pad = 0, .eos = 4, .unk = 2, .mask = 5, .start = 3}));
  for (int32_t id = 0; id < vocabulary.size(); ++id) EXPECT_EQ(vocabulary.id(vocabulary.piece(id)), id);
  EXPECT_EQ(vocabulary.id("no such piece"), 2);
  EXPECT_FALSE(vocabulary.is_lossless());
  const auto without = Vocabulary::from_bytes(serialized_wordpiece("[PAD]\n[UNK]\n[CLS]\n[SEP]\n", {}));
  EXPECT_EQ(without.specials().mask, -1);
}

TEST(WordPieceVocabulary, TakesTheLongestPiecesThereAre) {
  const Vocabulary vocabulary = make();
  EXPECT_EQ(pieces(vocabulary, "The unaffable, running."), "the un ##aff ##able , run ##ning .");
  EXPECT_EQ(pieces(vocabulary, "runn able affable una"), "run ##n [UNK] [UNK] un ##a");
  EXPECT_EQ(pieces(vocabulary, "U\u0308\u00df"), "u ##\u00df");
  EXPECT_EQ(pieces(vocabulary, ""), "");
}

TEST(WordPieceVocabulary, TellsWhereWordsBegin) {
  const Vocabulary vocabulary = make();
  EXPECT_TRUE(vocabulary.cuts_words());
  std::string begins;
  for (const int32_t id : vocabulary.encode("unaffable, running")) begins += vocabulary.begins_word(id) ? "b" : ".";
  EXPECT_EQ(begins, "b..bb.");
}

TEST(WordPieceVocabulary, ReadsCaseAndAccentsAsItsFirstLineSays) {
  const Vocabulary cased = make({.lower_case = false, .strip_accents = false});
  EXPECT_EQ(pieces(cased, "Run run RUN \u00fc\u00df"), "Run run [UNK] \u00fc ##\u00df");
  EXPECT_NE(cased.sha256(), make().sha256());
}

TEST(WordPieceVocabulary, KnowsNoWordOfMoreThanAHundredCharacters) {
  const Vocabulary vocabulary = make();
  EXPECT_EQ(vocabulary.encode(std::string(100, 'a')).size(), 100u);
  EXPECT_EQ(pieces(vocabulary, std::string(101, 'a') + " a"), "[UNK] a");
  std::string accented;
  for (int i = 0; i < 100; ++i) accented += "a\u0301";
  EXPECT_EQ(vocabulary.encode(accented).size(), 100u) << "accents are stripped first";
}

TEST(WordPieceVocabulary, TakesNamesOfSpecialTokensForText) {
  const Vocabulary vocabulary = make();
  EXPECT_EQ(pieces(vocabulary, "[MASK]"), "[ mask ]");
  for (const int32_t id : vocabulary.encode("[CLS] [PAD] a[SEP]a [MASK] [UNK]")) {
    EXPECT_TRUE(id == vocabulary.specials().unk || !vocabulary.specials().contains(id));
  }
}

TEST(WordPieceVocabulary, DecodesAsHuggingFaceWithoutNeedlessSpaces) {
  const Vocabulary vocabulary = make();
  const auto ids = vocabulary.encode("The running un, t't.");
  EXPECT_EQ(vocabulary.decode(ids), "the running un, t't.");
  EXPECT_EQ(vocabulary.decode(std::vector<int32_t>{3, 10, 10, 4}), "##ningning") << "nothing is there to continue";
  EXPECT_EQ(vocabulary.decode(std::vector<int32_t>{}), "");
}

TEST(WordPieceVocabulary, DecodesUnknownsAsItIsTold) {
  const Vocabulary vocabulary = make();
  const std::string text = "the Zebra runs.";
  const auto ids = vocabulary.encode(text);
  EXPECT_EQ(vocabulary.decode(ids), "the \u2047 \u2047.");
  EXPECT_EQ(vocabulary.decode(ids, std::vector<std::string>{"Zebra", "walks"}), "the Zebra walks.");
  EXPECT_EQ(vocabulary.spell(text), (std::vector<std::string>{"the", "zebra", "runs", "."}));
}

/// The golden's vocabulary, with the case of `name`.
Vocabulary golden_vocabulary(const nlohmann::ordered_json& golden, const std::string& name) {
  std::string text;
  for (const auto& token : golden["vocabulary"]) text += token.get<std::string>() + "\n";
  const bool uncased = name == "uncased";
  return Vocabulary::from_bytes(serialized_wordpiece(text, {.lower_case = uncased, .strip_accents = uncased}));
}

TEST(WordPieceVocabulary, AgreesWithTransformers) {
  const auto golden = nlohmann::ordered_json::parse(text_of(ROTOR_GOLDEN "/wordpiece.json"));
  for (const std::string name : {"uncased", "cased"}) {
    const Vocabulary vocabulary = golden_vocabulary(golden, name);
    int compared = 0;
    for (size_t i = 0; i < golden["texts"].size(); ++i) {
      const auto &expected = golden[name]["tokens"][i], &decoded = golden[name]["decoded"][i];
      if (expected.is_null()) continue;  // transformers' own two differ
      ++compared;
      const auto text = golden["texts"][i].get<std::string>();
      EXPECT_EQ(pieces(vocabulary, text), expected.get<std::string>()) << name << " " << i << ": " << text;
      EXPECT_EQ(vocabulary.decode(vocabulary.encode(text)), decoded.get<std::string>()) << name << " " << i;
    }
    EXPECT_GT(compared, 300) << name;
  }
}

}  // namespace
}  // namespace rotor
