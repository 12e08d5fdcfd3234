#include "text/train_vocabulary.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

#include "base/check.h"
#include "base/scratch.h"
#include "text/unicode.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

constexpr int32_t kUnk = SpecialTokens().unk;
constexpr const char* kEnglish = "A dog runs.\nTwo dogs run in the park.\nA man walks his dog.\n";
constexpr const char* kGerman = "Ein Hund läuft.\nZwei Hunde laufen im Park.\nEin Mann führt seinen Hund aus.\n";

/// The number behind some words of a message.
int64_t number_behind(const std::string& words, const std::string& message) {
  return std::stoll(message.substr(message.find(words) + words.size()));
}

TEST(TrainVocabulary, IsDeterministic) {
  const ScratchFolder folder;
  const auto english = folder.file("en", kEnglish), german = folder.file("de", kGerman);
  EXPECT_EQ(train_vocabulary({english, german}, {.size = 60}), train_vocabulary({english, german}, {.size = 60}));
}

TEST(TrainVocabulary, CoversEveryCharacterOfEveryFile) {
  const ScratchFolder folder;
  const auto bytes = train_vocabulary({folder.file("en", kEnglish), folder.file("de", kGerman)}, {.size = 60});
  const auto ids = Vocabulary::from_bytes(bytes).encode("Two Hunde führt läuft.");
  EXPECT_EQ(std::count(ids.begin(), ids.end(), kUnk), 0);
}

TEST(TrainVocabulary, SpellsUnknownCharactersAsBytesOnlyOnRequest) {
  const ScratchFolder folder;
  const auto english = folder.file("en", kEnglish);
  const Vocabulary with = Vocabulary::from_bytes(train_vocabulary({english}, {.size = 300, .byte_fallback = true}));
  EXPECT_EQ(with.decode(with.encode("\u4e2d")), "\u4e2d");
  const Vocabulary without = Vocabulary::from_bytes(train_vocabulary({english}, {.size = 50}));
  EXPECT_EQ(without.encode("\u4e2d").back(), kUnk);
}

TEST(TrainVocabulary, NamesTheLargestPossibleSize) {
  const ScratchFolder folder;
  const auto english = folder.file("en", kEnglish);
  testing::internal::CaptureStderr();
  const std::string message = message_of<Error>([&] { train_vocabulary({english}, {.size = 5000}); });
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_TRUE(says(message, "5000", "at most "));
  const int64_t most = number_behind("at most ", message);
  EXPECT_EQ(Vocabulary::from_bytes(train_vocabulary({english}, {.size = most})).size(), most);
  EXPECT_THROW(train_vocabulary({english}, {.size = most + 1}), Error);
}

TEST(TrainVocabulary, NamesTheSmallestPossibleSize) {
  const ScratchFolder folder;
  const auto english = folder.file("en", kEnglish);
  EXPECT_TRUE(says(message_of<Error>([&] { train_vocabulary({english}, {.size = 2}); }), "got a size of 2"));
  const std::string message = message_of<Error>([&] { train_vocabulary({english}, {.size = 10}); });
  EXPECT_TRUE(says(message, "10", "at least "));
  const int64_t least = number_behind("at least ", message);
  EXPECT_EQ(Vocabulary::from_bytes(train_vocabulary({english}, {.size = least})).size(), least);
}

TEST(TrainVocabulary, RefusesTextWithoutALine) {
  const ScratchFolder folder;
  for (const std::string text : {"", "\n\n", " \n\t\n"}) {
    EXPECT_TRUE(
        says(message_of<Error>([&] { train_vocabulary({folder.file("blank", text)}, {.size = 60}); }), "blank"));
  }
}

TEST(TrainVocabulary, ReadsATextThatIsNoFileAsOneThatIs) {
  const ScratchFolder folder;
  const auto lines = [](const std::string& text) -> TextReader {
    return [text] {
      const auto in = std::make_shared<std::istringstream>(text);
      return [in](std::string& line) { return static_cast<bool>(std::getline(*in, line)); };
    };
  };
  for (const int64_t most : {0, 2}) {
    const VocabularyTraining options{.size = 40, .lines = most};
    EXPECT_EQ(train_vocabulary(lines(std::string("\n") + kEnglish), "text", options),
              train_vocabulary({folder.file("text", kEnglish)}, options));
  }
  EXPECT_TRUE(says(message_of<Error>([&] { train_vocabulary(lines("\n"), "t.tsv", {.size = 60}); }), "blank", "t.tsv"));
}

TEST(TrainVocabulary, SaysThatLinesAreTooLong) {
  const ScratchFolder folder;
  const auto train = [&](const std::string& text) {
    return message_of<Error>([&] { train_vocabulary({folder.file("long", text)}, {.size = 60}); });
  };
  const std::string words = "a dog ", line = [&] {
    std::string text;
    while (text.size() <= 4192) text += words;
    return text + "\n";
  }();
  EXPECT_TRUE(says(train(line + line), "at most 4192 bytes", "2 in ", "long"));
  EXPECT_TRUE(says(train("\n" + line), "at most 4192 bytes", "1 in "));
}

TEST(TrainVocabulary, LeavesOutTheRarestCharactersBelowFullCoverage) {
  const ScratchFolder folder;
  std::string text = "\u4e2d\n";
  for (int i = 0; i < 300; ++i) text += kEnglish;
  const auto file = folder.file("text", text);
  const auto knows = [&](double coverage) {
    const auto bytes = train_vocabulary({file}, {.size = 60, .character_coverage = coverage});
    return Vocabulary::from_bytes(bytes).id("\u4e2d") != kUnk;
  };
  EXPECT_TRUE(knows(1));
  EXPECT_FALSE(knows(0.9995));
  const auto message = [&](const VocabularyTraining& options) {
    return message_of<Error>([&] { train_vocabulary({file}, options); });
  };
  EXPECT_TRUE(says(message({.size = 10}), "characters of 100 %", "--character-coverage", "--byte-fallback"));
  EXPECT_TRUE(
      says(message({.size = 200, .byte_fallback = true, .character_coverage = 0.9995}), "99.95 %", "every byte"));
  EXPECT_TRUE(says(message({.size = 60, .character_coverage = 0.5}), "0.98 to 1", "0.5"));
}

TEST(TrainVocabulary, PassesOnWhatReadingTheFilesSays) {
  const ScratchFolder folder;
  const auto english = folder.file("en", kEnglish), latin1 = folder.file("latin1", "ok\nf\xfchrt\n");
  EXPECT_TRUE(says(message_of<Error>([&] {
                     train_vocabulary({english, latin1}, {.size = 60});
                   }),
                   latin1.string(), "2"));
  EXPECT_TRUE(says(message_of<Error>([&] { train_vocabulary({folder / "absent"}, {.size = 60}); }), "absent"));
}

TEST(TrainVocabulary, NormalisesAsTheRuleSays) {
  const ScratchFolder folder;
  const auto english = folder.file("en", kEnglish);
  const std::string text = "Two \uff24ogs";  // a full-width D
  const std::map<std::string, std::string> expected = {{"nmt_nfkc", "Two Dogs"},
                                                       {"nfkc", "Two Dogs"},
                                                       {"nmt_nfkc_cf", "two dogs"},
                                                       {"nfkc_cf", "two dogs"},
                                                       {"identity", text}};
  ASSERT_EQ(expected.size(), normalization_rules().size());
  for (const auto& [rule, normalised] : expected) {
    const Vocabulary vocabulary = Vocabulary::from_bytes(
        train_vocabulary({english}, {.size = 300, .byte_fallback = true, .normalization = rule}));
    EXPECT_EQ(vocabulary.decode(vocabulary.encode(text)), normalised) << rule;
  }
  EXPECT_TRUE(says(message_of<Error>([&] { train_vocabulary({english}, {.size = 60, .normalization = "nfd"}); }), "nfd",
                   "nmt_nfkc_cf"));
}

TEST(TrainVocabulary, MakesPiecesAsTheModelTypeSays) {
  const ScratchFolder folder;
  const auto english = folder.file("en", kEnglish);
  const auto trained = [&](const std::string& type, int64_t size) {
    const VocabularyTraining options{.model_type = type, .size = size};
    const std::string bytes = train_vocabulary({english}, options);
    EXPECT_EQ(train_vocabulary({english}, options), bytes) << type;
    return Vocabulary::from_bytes(bytes);
  };
  const Vocabulary bpe = trained("bpe", 26), unigram = trained("unigram", 26), characters = trained("char", 8000);
  const std::string text = "A dog runs in the park.";
  for (const Vocabulary& vocabulary : {bpe, unigram, characters}) {
    EXPECT_EQ(vocabulary.decode(vocabulary.encode(text)), text);
    EXPECT_EQ(vocabulary.specials(), SpecialTokens());
  }
  EXPECT_NE(bpe.sha256(), unigram.sha256());
  EXPECT_EQ(unigram.size(), 26);
  EXPECT_TRUE(says(message_of<Error>([&] { trained("morphs", 40); }), "'morphs'", "bpe, unigram, char, word"));
}

TEST(TrainVocabulary, GivesEveryCharacterAToken) {
  const ScratchFolder folder;
  const std::string text = kGerman;
  const Vocabulary vocabulary =
      Vocabulary::from_bytes(train_vocabulary({folder.file("de", text)}, {.model_type = "char"}));
  const std::set<char32_t> distinct = [&] {
    const std::u32string all = code_points(text);
    return std::set<char32_t>(all.begin(), all.end());
  }();
  EXPECT_EQ(vocabulary.size(), 4 + std::ssize(distinct) - 1) << "all but the line feed";
  const std::string line = " Ein  Hund führt ";
  EXPECT_EQ(vocabulary.encode(line).size(), code_points(line).size());
  EXPECT_EQ(vocabulary.decode(vocabulary.encode(line)), line);
}

TEST(TrainVocabulary, TakesTheMostFrequentWordsWholeAndCutsNone) {
  const ScratchFolder folder;
  const auto file = folder.file("text", "the <unk> dog N\nthe dog the\n");
  const auto trained = [&](int64_t size) {
    return Vocabulary::from_bytes(
        train_vocabulary({file}, {.model_type = "word", .size = size, .normalization = "identity"}));
  };
  const Vocabulary all = trained(8000), two = trained(6);
  EXPECT_EQ(all.size(), 4 + 3);
  EXPECT_EQ(all.decode(all.encode("N dog the")), "N dog the");
  EXPECT_EQ(all.encode("dogs"), std::vector<int32_t>{all.specials().unk});
  EXPECT_EQ(all.encode("the <unk> N"),
            (std::vector<int32_t>{all.encode("the")[0], all.specials().unk, all.encode("N")[0]}));
  EXPECT_EQ(two.size(), 6);
  EXPECT_EQ(two.decode(two.encode("dog the")), "dog the");
  EXPECT_EQ(two.encode("N"), std::vector<int32_t>{two.specials().unk});
}

TEST(TrainVocabulary, CountsCharactersInLinesOfAnyLength) {
  const ScratchFolder folder;
  std::string line;
  while (line.size() < 10'000) line += "one long line ";
  const auto file = folder.file("text", line + "\n");
  EXPECT_EQ(Vocabulary::from_bytes(train_vocabulary({file}, {.model_type = "char"})).size(), 4 + 7);
}

TEST(TrainVocabulary, NamesTheSizesThatAUnigramModelAllows) {
  const ScratchFolder folder;
  const auto english = folder.file("en", kEnglish);
  const auto train = [&](int64_t size) { return train_vocabulary({english}, {.model_type = "unigram", .size = size}); };
  const auto refusal = [&](int64_t size) { return message_of<Error>([&] { train(size); }); };
  const std::string high = refusal(5000), low = refusal(10);
  ASSERT_TRUE(says(high, "5000", "at most "));
  ASSERT_TRUE(says(low, "10", "at least "));
  const int64_t most = number_behind("at most ", high), least = number_behind("at least ", low);
  EXPECT_EQ(Vocabulary::from_bytes(train(most)).size(), most);
  EXPECT_EQ(Vocabulary::from_bytes(train(least)).size(), least);
  EXPECT_TRUE(says(refusal(most + 1), fmt::format("at most {} pieces", most)));
  EXPECT_TRUE(says(refusal(least - 1), fmt::format("at least {} pieces", least)));
}

TEST(TrainVocabulary, NeverCutsUserDefinedSymbols) {
  const ScratchFolder folder;
  const auto english = folder.file("en", kEnglish);
  const Vocabulary vocabulary =
      Vocabulary::from_bytes(train_vocabulary({english}, {.size = 60, .user_defined_symbols = "<url>,the"}));
  EXPECT_EQ(vocabulary.piece(kUnk + 1), "<url>");
  EXPECT_EQ(vocabulary.piece(kUnk + 2), "the");
  const auto ids = vocabulary.encode("dog<url>dog");
  EXPECT_EQ(std::count(ids.begin(), ids.end(), kUnk + 1), 1);
  EXPECT_EQ(vocabulary.decode(ids), "dog<url>dog");
  EXPECT_TRUE(
      says(message_of<UsageError>([&] { train_vocabulary({english}, {.size = 60, .user_defined_symbols = "<s>"}); }),
           "<s>"));
}

TEST(TrainVocabulary, LeavesOutLinesThatAreNotWanted) {
  const ScratchFolder folder;
  const auto first = folder.file("first", "ab ab\ncd cd\n"), second = folder.file("second", "ef ef\ngh gh\n");
  const auto wanted = [](size_t file, int64_t line) { return static_cast<int64_t>(file) == line; };
  for (int64_t lines : {0, 2, 100}) {
    const Vocabulary vocabulary =
        Vocabulary::from_bytes(train_vocabulary({first, second}, {.size = 11, .lines = lines, .wanted = wanted}));
    for (const char* piece : {"a", "b", "g", "h"}) EXPECT_NE(vocabulary.id(piece), kUnk) << piece;
    for (const char* piece : {"c", "d", "e", "f"}) EXPECT_EQ(vocabulary.id(piece), kUnk) << piece;
  }
}

TEST(TrainVocabulary, DrawsLinesFromAllOfTheText) {
  const ScratchFolder folder;
  std::string text;
  for (char c = 'a'; c <= 'z'; ++c) text += std::string(3, c) + "\n";
  const auto letters = folder.file("letters", text);
  const Vocabulary vocabulary = Vocabulary::from_bytes(train_vocabulary({letters}, {.size = 15, .lines = 6}));
  std::string known;
  for (char c = 'a'; c <= 'z'; ++c) {
    if (vocabulary.id(std::string(1, c)) != kUnk) known += c;
  }
  EXPECT_EQ(known.size(), 6u) << known;
  EXPECT_GT(known.back(), 'f');
}

TEST(TrainVocabulary, DrawsAsManyLinesWhereOthersAreTooLong) {
  const ScratchFolder folder;
  std::string text;
  for (char c = 'a'; c <= 'z'; ++c) text += std::string(3, c) + "\n" + std::string(4193, '1') + "\n";
  const auto letters = folder.file("letters", text);
  for (const int64_t wanted : {0, 52}) {
    for (const int64_t lines : {6, 40, 52}) {
      const Vocabulary vocabulary = Vocabulary::from_bytes(
          train_vocabulary({letters}, {.model_type = "word", .size = 100, .lines = lines, .wanted_lines = wanted}));
      EXPECT_EQ(vocabulary.size(), 4 + std::min<int64_t>(lines, 26)) << lines << " of " << wanted;
    }
  }
}

}  // namespace
}  // namespace rotor
