#include <gtest/gtest.h>

#include <algorithm>

#include "data/corpus_folder.h"
#include "system/command.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnglish =
    "A dog runs.\nTwo dogs run in the park.\nA man walks his dog.\nThe men see two dogs.\n";
constexpr const char* kGerman =
    "Ein Hund läuft.\nZwei Hunde laufen im Park.\nEin Mann führt seinen Hund aus.\nDie Männer sehen zwei Hunde.\n";
constexpr const char* kPreprocess =
    "rotor-preprocess --source-lang en --target-lang de --destdir corpus --vocab-size 60 ";

/// A folder with train.en and train.de.
class Preprocess : public testing::Test {
 protected:
  Preprocess() {
    folder.file("train.en", kEnglish);
    folder.file("train.de", kGerman);
  }

  /// Runs the command on the folder, expects it to refuse with one line, beside warnings, and to leave no corpus;
  /// returns the line.
  std::string refusal(const std::string& arguments, int exit_code = 1) {
    const CommandResult result = run(folder, kPreprocess + arguments);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_EQ(result.out, "");
    const int64_t warnings = result.err.starts_with("warning: ");
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1 + warnings) << result.err;
    EXPECT_FALSE(fs::exists(folder / "corpus" / "train.safetensors"));
    return result.err;
  }

  CommandResult succeed(const std::string& arguments) {
    const CommandResult result = run(folder, kPreprocess + arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, "");
    return result;
  }

  /// The names of the corpus folder's files.
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder / "corpus")) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  /// The texts of a split, decoded: "source|target" a pair.
  std::vector<std::string> decoded(const std::string& split) const {
    const Vocabularies vocabularies = read_vocabularies(folder / "corpus");
    const Corpus corpus = open_split(folder / "corpus", split, vocabularies);
    std::vector<std::string> pairs;
    for (int64_t i = 0; i < corpus.size(); ++i) {
      pairs.push_back(vocabularies.source.decode(corpus.column("source").ids(i)) + "|" +
                      vocabularies.target.decode(corpus.column("target").ids(i)));
    }
    return pairs;
  }

  ScratchFolder folder;
};

TEST_F(Preprocess, MakesACorpusThatDecodesToTheText) {
  folder.file("val.en", "Two men run.\n");
  folder.file("val.de", "Zwei Männer laufen.\n");
  folder.file("one.en", "A dog.\n");
  folder.file("one.de", "Ein Hund.\n");
  succeed("--trainpref train --validpref val --testpref val,one --joined-dictionary");
  EXPECT_EQ(files(), (std::vector<std::string>{"manifest.json", "test.safetensors", "test1.safetensors",
                                               "train.safetensors", "valid.safetensors", "vocabulary.model"}));
  EXPECT_EQ(decoded("train")[1], "Two dogs run in the park.|Zwei Hunde laufen im Park.");
  EXPECT_EQ(decoded("train").size(), 4u);
  EXPECT_EQ(decoded("valid"), std::vector<std::string>{"Two men run.|Zwei Männer laufen."});
  EXPECT_EQ(decoded("test"), decoded("valid"));
  EXPECT_EQ(decoded("test1"), std::vector<std::string>{"A dog.|Ein Hund."});
}

TEST_F(Preprocess, WritesTheSameBytesAgain) {
  succeed("--trainpref train --joined-dictionary");
  const std::string corpus = text_of(folder / "corpus" / "train.safetensors");
  const std::string model = text_of(folder / "corpus" / "vocabulary.model");
  succeed("--trainpref train --joined-dictionary");
  EXPECT_EQ(text_of(folder / "corpus" / "train.safetensors"), corpus);
  EXPECT_EQ(text_of(folder / "corpus" / "vocabulary.model"), model);
}

TEST_F(Preprocess, MakesSeparateVocabulariesOfTheirOwnSizes) {
  succeed("--trainpref train --joined-dictionary");
  succeed("--trainpref train --nwordssrc 45");
  EXPECT_EQ(files(), (std::vector<std::string>{"manifest.json", "source.model", "target.model", "train.safetensors"}));
  const Vocabularies vocabularies = read_vocabularies(folder / "corpus");
  EXPECT_FALSE(vocabularies.joined());
  EXPECT_EQ(vocabularies.source.size(), 45);
  EXPECT_EQ(vocabularies.target.size(), 60);
  EXPECT_EQ(decoded("train")[0], "A dog runs.|Ein Hund läuft.");
}

TEST_F(Preprocess, ReusesGivenModels) {
  succeed("--trainpref train --joined-dictionary");
  const std::string model = text_of(folder / "corpus" / "vocabulary.model");
  succeed("--testpref train --joined-dictionary --srcdict corpus/vocabulary.model");
  EXPECT_EQ(text_of(folder / "corpus" / "vocabulary.model"), model);
  EXPECT_EQ(decoded("test"), decoded("train"));
  folder.file("broken.model", model.substr(0, model.size() / 2));
  fs::remove_all(folder / "corpus");
  EXPECT_TRUE(says(refusal("--trainpref train --joined-dictionary --srcdict broken.model"), "broken.model"));
}

TEST_F(Preprocess, ReadsCompressedText) {
  const std::string arguments = "--trainpref train --joined-dictionary";
  succeed(arguments);
  const auto plain = decoded("train");
  for (const char* command : {"gzip train.en train.de", "gunzip train.*.gz && xz train.en && zstd -q --rm train.de"}) {
    ASSERT_EQ(run(folder, command).exit_code, 0) << command;
    succeed(arguments);
    EXPECT_EQ(decoded("train"), plain) << command;
  }
}

TEST_F(Preprocess, NamesCompressedTextThatIsCutOff) {
  ASSERT_EQ(run(folder, "gzip train.en && head -c 60 train.en.gz > cut && mv cut train.en.gz").exit_code, 0);
  EXPECT_TRUE(says(refusal("--trainpref train --joined-dictionary"), "train.en.gz", "truncated"));
}

TEST_F(Preprocess, CleansAndTellsWhatItDropped) {
  folder.file("train.en", std::string(kEnglish) + kEnglish + "Same.\n\nСобака.\n");
  folder.file("train.de", std::string(kGerman) + kGerman + "Same.\nLeer.\nEin Hund.\n");
  const CommandResult result = succeed(
      "--trainpref train --validpref train --joined-dictionary --train-drop-identical --train-drop-duplicates "
      "--train-min-script 0.5 --workers 2");
  EXPECT_TRUE(says(result.err, "train: 4 pairs, 7 dropped (1 blank, 1 identical, 1 script, 4 duplicate)",
                   "valid: 10 pairs, 1 dropped (1 blank)"));
}

TEST_F(Preprocess, DropsAndCountsPairsWithABlankSide) {
  folder.file("train.en", std::string(kEnglish) + "\nOne.\n \t\u00a0\nThe end.\n");
  folder.file("train.de", std::string(kGerman) + "Leer.\n\n\nDas Ende.\n");
  const CommandResult result = succeed("--trainpref train --joined-dictionary");
  EXPECT_TRUE(says(result.err, "train: 5 pairs, 3 dropped"));
  EXPECT_EQ(decoded("train").back(), "The end.|Das Ende.");
}

TEST_F(Preprocess, CountsTokensAndUnknowns) {
  folder.file("val.en", "\u4e2d\n");
  folder.file("val.de", "Hund\n");
  const CommandResult result = succeed("--trainpref train --validpref val --joined-dictionary");
  const Corpus corpus(split_path(folder / "corpus", "valid"));
  const auto ids = corpus.column("source").ids(0);
  ASSERT_EQ(std::count(ids.begin(), ids.end(), SpecialTokens().unk), 1);
  EXPECT_TRUE(says(result.err, fmt::format("val.en: {} tokens, {:.3f} % unknown", ids.size(), 100.0 / ids.size()),
                   "val.de: ", " 0.000 % unknown"));
}

TEST_F(Preprocess, StripsCarriageReturnsWithOneWarning) {
  folder.file("train.en", "A dog runs.\r\nTwo dogs run.\r\n");
  folder.file("train.de", "Ein Hund läuft.\r\nZwei Hunde laufen.\r\n");
  const CommandResult result =
      run(folder, kPreprocess + std::string("--trainpref train --joined-dictionary --vocab-size 40"));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(says(result.err, "carriage returns", "train.en, train.de"));
  EXPECT_EQ(result.err.find("carriage"), result.err.rfind("carriage"));
  EXPECT_EQ(decoded("train")[0], "A dog runs.|Ein Hund läuft.");
}

TEST_F(Preprocess, RefusesMissingEmptyOrUnequalText) {
  EXPECT_TRUE(says(refusal("--trainpref absent --joined-dictionary"), "absent.en", "absent.en.gz"));
  folder.file("empty.en", "");
  folder.file("empty.de", "");
  EXPECT_TRUE(says(refusal("--trainpref empty --joined-dictionary"), "empty.en"));
  folder.file("blank.en", "\n\n");
  folder.file("blank.de", "\n\n");
  EXPECT_TRUE(says(refusal("--trainpref blank --joined-dictionary"), "blank.en"));
  folder.file("short.en", kEnglish);
  folder.file("short.de", "Ein Hund läuft.\n");
  EXPECT_TRUE(says(refusal("--trainpref short --joined-dictionary"), "short.en", "short.de", "4 and 1"));
  EXPECT_TRUE(says(refusal("--trainpref train --validpref short --joined-dictionary"), "short.en", "4 and 1"));
}

TEST_F(Preprocess, DropsTrainingPairsOfUnlikelyLengths) {
  std::string many = "\n", most = "\n";
  for (int i = 0; i < 6; ++i) {
    many = "A dog runs. " + many;
    most = "Ein Hund läuft. " + most;
  }
  folder.file("lengths.en", kEnglish + many + "A dog runs.\n");
  folder.file("lengths.de", kGerman + most + most);
  const auto pairs = [this](const std::string& arguments) {
    succeed("--trainpref lengths --validpref lengths --joined-dictionary " + arguments);
    EXPECT_EQ(decoded("valid").size(), 6u);
    return decoded("train").size();
  };
  EXPECT_EQ(pairs(""), 6u);
  EXPECT_EQ(pairs("--train-max-ratio 2.5"), 5u);
  folder.file("lengths.en", many + "A dog runs.\n");
  folder.file("lengths.de", most + "Ein Hund läuft.\n");
  succeed("--trainpref lengths --joined-dictionary --srcdict corpus/vocabulary.model --train-max-length 15");
  EXPECT_EQ(decoded("train"), std::vector<std::string>{"A dog runs.|Ein Hund läuft."});
  EXPECT_TRUE(says(
      run(folder,
          kPreprocess +
              std::string(
                  "--trainpref lengths --joined-dictionary --train-max-length 1 --srcdict corpus/vocabulary.model"))
          .err,
      "2 length"));
}

TEST_F(Preprocess, NamesFileAndLineOfInvalidUtf8) {
  folder.file("train.de", "Ein Hund l\xe4uft.\n");
  EXPECT_TRUE(says(refusal("--trainpref train --joined-dictionary"), "train.de", "1"));
}

TEST_F(Preprocess, NamesFilesAndLineOfLongTextThatTheVocabularyLacks) {
  std::string unknown;
  for (int i = 0; i < 70'000; ++i) unknown += "\u4e2d";
  folder.file("val.en", "A dog.\nA man.\n");
  folder.file("val.de", "Ein Hund.\n" + unknown + "\n");
  const CommandResult result =
      run(folder, kPreprocess + std::string("--trainpref train --validpref val --joined-dictionary"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(says(result.err, "line 2 of val.en and val.de: ", "200000 bytes in a row"));
}

TEST_F(Preprocess, NamesTheVocabularySizesThatAreTooLarge) {
  EXPECT_TRUE(
      says(refusal("--trainpref train --joined-dictionary --vocab-size 10000", 2), "at most", "10000", "--vocab-size"));
}

TEST_F(Preprocess, RefusesAFolderItCannotWrite) {
  folder.file("corpus", "a file");
  EXPECT_TRUE(says(refusal("--trainpref train --joined-dictionary"), "corpus"));
  EXPECT_EQ(text_of(folder / "corpus"), "a file");
}

TEST_F(Preprocess, AKilledRunLeavesAFolderThatIsSeenToBeIncomplete) {
  // The test text is so long that it is still being read after train.safetensors is made.
  const std::string arguments = kPreprocess + std::string("--trainpref train --testpref test --joined-dictionary");
  folder.file("kill.sh", "for t in en de; do yes A dog runs. | head --lines=500000 > test.$t; done\n" + arguments +
                             " & command=$!\n"
                             "while [ ! -e corpus/train.safetensors ] && kill -0 $command; do sleep 0.02; done\n"
                             "kill -KILL $command; wait $command; exit $?\n");
  EXPECT_EQ(run(folder, "sh kill.sh").exit_code, 137);
  EXPECT_TRUE(fs::exists(folder / "corpus" / "train.safetensors"));
  EXPECT_FALSE(fs::exists(folder / "corpus" / "manifest.json"));
  folder.file("val.en", "A dog.\n");
  folder.file("val.de", "Ein Hund.\n");
  const CommandResult other = succeed("--validpref val --joined-dictionary --srcdict corpus/vocabulary.model");
  EXPECT_TRUE(says(other.err, "removed corpus/train.safetensors", "not finished"));
  EXPECT_EQ(files(), (std::vector<std::string>{"manifest.json", "valid.safetensors", "vocabulary.model"}));
}

TEST_F(Preprocess, ShowsThatAVocabularyIsBeingTrained) {
  std::string english, german;
  for (int i = 0; i < 20'000; ++i) {
    english += "A dog runs " + std::to_string(i * 7919 % 104'729) + ".\n";
    german += "Ein Hund läuft " + std::to_string(i * 7907 % 104'729) + ".\n";
  }
  folder.file("large.en", english);
  folder.file("large.de", german);
  const CommandResult result = run(folder, "script -qec '" + std::string(kPreprocess) +
                                               "--trainpref large --joined-dictionary --vocab-size 2000' /dev/null");
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_TRUE(says(result.out, "training a vocabulary of 2000 pieces: 40000 lines taken"));
}

TEST_F(Preprocess, RefusesOptionsThatDoNotGoTogether) {
  EXPECT_TRUE(says(refusal("", 2), "--trainpref"));
  EXPECT_TRUE(says(refusal("--testpref train", 2), "--srcdict"));
  EXPECT_TRUE(says(refusal("--trainpref train --joined-dictionary --tgtdict x", 2), "--tgtdict"));
  EXPECT_TRUE(says(refusal("--trainpref train --joined-dictionary --nwordssrc 50", 2), "--nwordssrc"));
  EXPECT_TRUE(says(refusal("--trainpref train --target-lang en", 2), "en"));
  EXPECT_TRUE(says(refusal("--trainprefix train", 2), "trainpref"));
  EXPECT_TRUE(says(refusal("--trainpref train --normalization nfc", 2), "nfc", "nmt_nfkc_cf"));
  EXPECT_TRUE(says(refusal("--trainpref train --train-min-script 2", 2), "--train-min-script"));
  EXPECT_TRUE(says(refusal("--trainpref train --workers -1", 2), "--workers"));
}

}  // namespace
}  // namespace rotor
