// rotor-preprocess with a text of one language, for a language model.
#include <gtest/gtest.h>

#include <algorithm>

#include "data/corpus_folder.h"
#include "system/command.h"

namespace rotor {
namespace {

constexpr const char* kEnglish =
    "A dog runs.\nTwo dogs run in the park.\nA man walks his dog.\nThe men see two dogs.\n";
constexpr const char* kGerman =
    "Ein Hund läuft.\nZwei Hunde laufen im Park.\nEin Mann führt seinen Hund aus.\nDie Männer sehen zwei Hunde.\n";

TEST(PreprocessText, MakesACorpusForALanguageModel) {
  const ScratchFolder folder;
  folder.file("train.txt", std::string(kEnglish) + "\n" + kGerman);
  folder.file("more.txt", kEnglish);
  folder.file("valid.txt", "A man runs.\n\nThe dogs walk in the park.\n");
  const std::string command = "rotor-preprocess --task language_modeling --destdir lm ";
  ASSERT_EQ(run(folder, "gzip more.txt && zstd -q --rm valid.txt").exit_code, 0);
  const auto make = [&](const std::string& arguments) {
    const CommandResult result = run(folder, command + arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, "");
    return result.err;
  };
  const std::string log =
      make("--trainpref train.txt,more.txt --validpref valid.txt --model-type unigram --vocab-size 50");
  EXPECT_TRUE(says(log, "vocabulary: 50 pieces\n", "train: 13 lines, 0 dropped",
                   "train.txt …: ", "3 documents, 267 characters, 270 bytes", "valid: 3 lines"));
  const Vocabularies vocabularies = read_vocabularies(folder / "lm");
  const Corpus train = open_split(folder / "lm", "train", vocabularies);
  const Corpus valid = open_split(folder / "lm", "valid", vocabularies);
  EXPECT_EQ(vocabularies.source.decode(train.column("text").ids(1)), "Two dogs run in the park.");
  EXPECT_EQ(valid.column("text").text(2), "The dogs walk in the park.");
  make("--testpref valid.txt --vocabulary lm/vocabulary.model");
  EXPECT_EQ(open_split(folder / "lm", "test", vocabularies).size(), 3);
  EXPECT_TRUE(says(run(folder, "rotor-inspect lm").out, "task", "language_modeling", "documents"));
}

TEST(PreprocessText, RefusesInOneLineWhatATextHasNot) {
  const ScratchFolder folder;
  folder.file("train.txt", kEnglish);
  folder.file("blank.txt", "\n\n");
  const auto refusal = [&](const std::string& arguments, int exit_code) {
    const CommandResult result = run(folder, "rotor-preprocess --task language_modeling --destdir lm " + arguments);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_FALSE(std::filesystem::exists(folder / "lm"));
    return result.err;
  };
  EXPECT_TRUE(says(refusal("--trainpref train.txt --target-lang de", 2), "--target-lang de"));
  EXPECT_TRUE(says(refusal("--trainpref train.txt --joined-dictionary", 2), "one vocabulary"));
  EXPECT_TRUE(says(refusal("--trainpref train.txt --train-max-ratio 2", 2), "--train-max-ratio"));
  EXPECT_TRUE(says(refusal("--trainpref train.txt --model-type morphs", 2), "morphs", "byte"));
  EXPECT_TRUE(says(refusal("--trainpref train.txt --task chess", 2), "chess", "language_modeling"));
  EXPECT_TRUE(says(refusal("--testpref train.txt", 2), "--vocabulary"));
  EXPECT_TRUE(says(refusal("--trainpref absent.txt", 1), "absent.txt", "absent.txt.gz"));
  EXPECT_TRUE(says(refusal("--trainpref blank.txt", 1), "blank.txt", "blank lines only"));
}

TEST(PreprocessText, TakesBertsVocabTxtAndTellsSo) {
  const ScratchFolder folder;
  folder.file("train.txt", kEnglish);
  folder.file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\ndog\n##s\nrun\n.\n");
  const std::string command = "rotor-preprocess --task language_modeling --trainpref train.txt --destdir ";
  const CommandResult made = run(folder, command + "lm --vocabulary vocab.txt --model-type wordpiece");
  EXPECT_EQ(made.exit_code, 0);
  EXPECT_TRUE(says(made.err, "vocabulary: 10 pieces (WordPiece, uncased)\n"));
  EXPECT_FALSE(says(made.err, "warning"));
  EXPECT_TRUE(says(run(folder, "rotor-inspect lm").out, "WordPiece, uncased"));
  EXPECT_TRUE(says(run(folder, "rotor-inspect vocab.txt").out, "WordPiece, uncased", "[MASK]"));
  EXPECT_EQ(run(folder, command + "again --vocabulary lm/vocabulary.model").exit_code, 0);
}

TEST(PreprocessText, RefusesInOneLineWhatIsNoVocabTxt) {
  const ScratchFolder folder;
  folder.file("train.txt", kEnglish);
  const std::string specials = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n";
  const auto refusal = [&](const std::string& vocabulary, const std::string& arguments = "", int exit_code = 1) {
    folder.file("vocab.txt", vocabulary);
    const CommandResult result = run(folder,
                                     "rotor-preprocess --task language_modeling --destdir lm --trainpref "
                                     "train.txt " +
                                         (arguments.empty() ? "--vocabulary vocab.txt" : arguments));
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_FALSE(std::filesystem::exists(folder / "lm"));
    return result.err;
  };
  EXPECT_TRUE(says(refusal("[PAD]\n[CLS]\n[SEP]\n"), "vocab.txt", "no [UNK] (lines: 3)"));
  EXPECT_TRUE(says(refusal("dog\nruns\n"), "vocab.txt", "no [PAD] (lines: 2)"));
  EXPECT_TRUE(says(refusal(specials + "a\na\n"), "vocab.txt", "\"a\" in lines 5 and 6"));
  EXPECT_TRUE(says(refusal(specials + "f\xfchrt\n"), "vocab.txt", "UTF-8", "line 5"));
  EXPECT_TRUE(says(refusal(""), "vocab.txt", "got an empty file"));
  EXPECT_TRUE(says(refusal("", "--model-type wordpiece", 2), "--vocabulary", "does not train"));
  EXPECT_TRUE(says(refusal("", "--vocabulary absent.txt"), "absent.txt"));
}

}  // namespace
}  // namespace rotor
