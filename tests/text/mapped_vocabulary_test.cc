#include "text/mapped_vocabulary.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/json.h"
#include "base/scratch.h"
#include "text/train_vocabulary.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

/// A SentencePiece model of a little text, made once.
const std::string& model() {
  static const std::string bytes = [] {
    const ScratchFolder folder;
    return train_vocabulary({folder.file("text", "A dog runs.\nTwo dogs run in the park.\nA man walks.\n")},
                            {.size = 40});
  }();
  return bytes;
}

/// The list of a vocabulary: </s>, <unk>, the model's pieces in reverse, a tag, a language,
/// <pad>.
Json list() {
  const Vocabulary pieces = Vocabulary::from_bytes(model());
  Json tokens = {"</s>", "<unk>"};
  for (int32_t id = 39; id > 3; --id) tokens.push_back(pieces.piece(id));
  for (const char* more : {">>deu<<", "eng_Latn", "<pad>"}) tokens.push_back(more);
  const auto size = static_cast<int>(tokens.size());
  return {{"tokens", tokens},
          {"special_tokens", {{"eos", 0}, {"unk", 1}, {"pad", size - 1}, {"start", size - 1}}},
          {"languages", {{"eng_Latn", size - 2}}},
          {"tags", true}};
}

std::string serialized(const Json& list) {
  return "rotor-vocabulary mapped 1 " + list.dump() + '\n' + model();
}

Vocabulary make() {
  return Vocabulary::from_bytes(serialized(list()));
}

/// The pieces of a text, parted by blanks.
std::string pieces(const Vocabulary& vocabulary, std::string_view text) {
  std::string joined;
  for (const int32_t id : vocabulary.encode(text)) joined += (joined.empty() ? "" : " ") + vocabulary.piece(id);
  return joined;
}

/// The error of a list after a change.
std::string refusal(const std::function<void(Json&)>& change) {
  Json changed = list();
  change(changed);
  return message_of<Error>([&] { Vocabulary::from_bytes(serialized(changed), "v"); });
}

TEST(MappedVocabulary, HasTheIdsOfItsList) {
  const Vocabulary vocabulary = make();
  EXPECT_EQ(vocabulary.size(), 41);
  EXPECT_EQ(vocabulary.specials(), (SpecialTokens{.bos = -1, .pad = 40, .eos = 0, .unk = 1, .mask = -1, .start = 40}));
  for (int32_t id = 0; id < vocabulary.size(); ++id) EXPECT_EQ(vocabulary.id(vocabulary.piece(id)), id);
  EXPECT_EQ(vocabulary.id("no such piece"), 1);
  EXPECT_EQ(vocabulary.languages(), (std::map<std::string, int32_t>{{"eng_Latn", 39}}));
  EXPECT_EQ(Vocabulary::kind_of(vocabulary.bytes()), "SentencePiece with an id map");
  EXPECT_EQ(Vocabulary::from_bytes(vocabulary.bytes()).sha256(), vocabulary.sha256());
}

TEST(MappedVocabulary, SaysWhetherLanguagesComeLast) {
  Json changed = list();
  EXPECT_FALSE(has_language_last(serialized(changed)));
  EXPECT_FALSE(has_language_last(model()));
  changed["language_last"] = true;
  EXPECT_TRUE(has_language_last(serialized(changed)));
}

TEST(MappedVocabulary, CutsTextAsItsModelAndReadsItBack) {
  const Vocabulary vocabulary = make(), plain = Vocabulary::from_bytes(model());
  const std::string text = "Two men run.";
  const auto ids = vocabulary.encode(text);
  const auto own = plain.encode(text);
  ASSERT_EQ(ids.size(), own.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    const std::string& piece = plain.piece(own[i]);
    EXPECT_EQ(vocabulary.piece(ids[i]), vocabulary.id(piece) == 1 ? "<unk>" : piece);
  }
  EXPECT_EQ(vocabulary.decode(vocabulary.encode("A dog runs.")), "A dog runs.");
  EXPECT_TRUE(vocabulary.encode("").empty());
}

TEST(MappedVocabulary, PiecesThatTheListLacksAreUnknown) {
  Json without = list();
  const Vocabulary all = make();
  const std::string piece = all.piece(all.encode("A dog").back());
  for (Json& token : without["tokens"]) {
    if (token == piece) token = "something else";
  }
  const Vocabulary vocabulary = Vocabulary::from_bytes(serialized(without));
  EXPECT_EQ(vocabulary.encode("A dog").back(), 1);
  EXPECT_EQ(vocabulary.spell("A dog \u4e2d").back(), "\u4e2d");
  EXPECT_TRUE(says(vocabulary.decode(vocabulary.encode("A dog")), "\u2047"));
  EXPECT_EQ(vocabulary.spell("A dog").size(), vocabulary.encode("A dog").size());
}

TEST(MappedVocabulary, KeepsATagAtTheBeginningWhole) {
  const Vocabulary vocabulary = make();
  EXPECT_EQ(pieces(vocabulary, ">>deu<< A dog"), ">>deu<< " + pieces(vocabulary, "A dog"));
  EXPECT_EQ(vocabulary.encode(">>xyz<< A")[0], 1);
  EXPECT_EQ(vocabulary.spell(">>xyz<< A")[0], ">>xyz<<");
  EXPECT_NE(pieces(vocabulary, "A >>deu<<").find("<unk>"), std::string::npos);
  EXPECT_EQ(pieces(vocabulary, "A >>deu<<").find(">>deu<<"), std::string::npos);
  Json without = list();
  without.erase("tags");
  EXPECT_EQ(pieces(Vocabulary::from_bytes(serialized(without)), ">>deu<<").find(">>deu<<"), std::string::npos);
}

TEST(MappedVocabulary, SkipsSpecialTokensAndLanguagesWhenItDecodes) {
  const Vocabulary vocabulary = make();
  auto ids = vocabulary.encode("A dog runs.");
  ids.insert(ids.begin(), {40, 39});
  ids.push_back(0);
  EXPECT_EQ(vocabulary.decode(ids), "A dog runs.");
  ids.push_back(1);
  EXPECT_EQ(vocabulary.decode(ids, std::vector<std::string>{"\u2581x"}), "A dog runs. x");
}

TEST(MappedVocabulary, JoinsPiecesThatItsModelLacks) {
  Json more = list();  // as of the other language, where both share a list
  more["tokens"].push_back("\u2581Hunde");
  more["tokens"].push_back("\u2581schön");
  const Vocabulary vocabulary = Vocabulary::from_bytes(serialized(more));
  EXPECT_EQ(vocabulary.decode(std::vector<int32_t>{41, 42}), "Hunde schön");
  EXPECT_EQ(vocabulary.decode(std::vector<int32_t>{1, 41}), " \u2047  Hunde");
}

TEST(MappedVocabulary, TextIsNeverASpecialToken) {
  Json changed = list();  // as if the model cut the text "dog" into a piece that the list has for something else
  const Vocabulary all = make();
  const int32_t dog = all.encode("A dog").back();
  changed["special_tokens"]["mask"] = dog;
  EXPECT_EQ(Vocabulary::from_bytes(serialized(changed)).encode("A dog").back(), 1);
  changed = list();
  changed["languages"]["d"] = dog;
  EXPECT_EQ(Vocabulary::from_bytes(serialized(changed)).encode("A dog").back(), 1);
}

TEST(MappedVocabulary, RefusesMalformedListsByName) {
  EXPECT_TRUE(says(refusal([](Json& l) { l["tokens"][5] = l["tokens"][6]; }), "each token once", "5 and 6"));
  EXPECT_TRUE(says(refusal([](Json& l) { l["tokens"][5] = 7; }), "tokens that are texts", "7"));
  EXPECT_TRUE(says(refusal([](Json& l) { l["tokens"] = "x"; }), "expected tokens among"));
  EXPECT_TRUE(says(refusal([](Json& l) { l["special_tokens"]["eos"] = 41; }), "an id below 41 as that of eos", "41"));
  EXPECT_TRUE(says(refusal([](Json& l) { l["special_tokens"].erase("pad"); }), "ids of eos, unk and pad"));
  EXPECT_TRUE(says(refusal([](Json& l) { l["languages"]["eng_Latn"] = -1; }), "eng_Latn", "-1"));
  EXPECT_TRUE(says(refusal([](Json& l) { l["languages"] = 3; }), "expected languages among"));
  EXPECT_TRUE(says(refusal([](Json& l) { l["language_last"] = 1; }), "expected language_last among"));
  const auto message = [](const std::string& bytes) {
    return message_of<Error>([&] { Vocabulary::from_bytes(bytes, "v"); });
  };
  EXPECT_TRUE(says(message("rotor-vocabulary mapped 2 {}\n"), "version 1", "use a newer Rotor"));
  EXPECT_TRUE(says(message("rotor-vocabulary mapped 1 {}"), "SentencePiece model after"));
  EXPECT_TRUE(says(message("rotor-vocabulary mapped 1 {\n" + model()), "list of tokens in JSON"));
  EXPECT_TRUE(says(message("rotor-vocabulary mapped 1 " + list().dump() + "\nabc"), "SentencePiece model", "3 bytes"));
}

}  // namespace
}  // namespace rotor
