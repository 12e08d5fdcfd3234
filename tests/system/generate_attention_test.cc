// rotor-generate with what attention and constraints can do, as a user runs it.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "format/safetensors.h"
#include "system/generate.h"

namespace rotor {
namespace {

const std::string kText = "kagu tate gaka nubipi\ngaka\n\nkagu loko\nnubipi kagu tate\n";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// What a command prints on kText; an Error if it fails.
std::string printed(const std::string& arguments) {
  const CommandResult result = run("rotor-generate " + kModel + " " + arguments, kText);
  ROTOR_CHECK(result.exit_code == 0, "expected 0 from {}, got {} and: {}", arguments, result.exit_code, result.err);
  return result.out;
}

/// Other ways to translate the same.
const std::vector<std::string> kWays = {"--batch-size 1 --threads 1", "--buffer-size 1 --threads 1",
                                        "--workers 3 --threads 3 --batch-size 2"};

TEST(GenerateAttention, AlignmentsAreOneMoreColumnWhateverTheBatches) {
  const std::string plain = printed("--threads 1"), aligned = printed("--threads 1 --print-alignment");
  const auto expected = lines_of(plain), found = lines_of(aligned);
  ASSERT_EQ(found.size(), 5);
  EXPECT_EQ(found[2], "\t") << "the blank line has both columns";
  const Vocabulary vocabulary = golden_vocabulary();
  for (size_t i : {0, 1, 3, 4}) {
    const size_t tab = found[i].find('\t');
    EXPECT_EQ(found[i].substr(0, tab), expected[i]);
    const int64_t source = std::ssize(vocabulary.encode(lines_of(kText)[i]));
    std::istringstream pairs(found[i].substr(tab + 1));
    int64_t from = 0, to = 0, count = 0;
    for (char dash = 0; pairs >> from >> dash >> to; ++count) {
      EXPECT_EQ(to, count);
      EXPECT_LT(from, source);
    }
    EXPECT_GT(count, 0);
  }
  for (const std::string& way : kWays) EXPECT_EQ(printed(way + " --print-alignment"), aligned) << way;
}

TEST(GenerateAttention, AlignmentsStandInNbestListsAndFairseqsLines) {
  const std::string nbest = printed("--threads 1 --print-alignment --nbest 2 --sampling");
  EXPECT_EQ(std::count(nbest.begin(), nbest.end(), '\t'), (8 + 1) * 3);
  const std::string fairseq = printed("--threads 1 --print-alignment --fairseq-format --diverse-beam-groups 5");
  EXPECT_TRUE(says(fairseq, "\nA-0\t", "\nA-1\t", "\nA-4\t"));
}

TEST(GenerateAttention, IsWrittenForEachHypothesisWhateverTheBatches) {
  const ScratchFolder folder;
  const std::string path = (folder / "attention").string(), output = " --nbest 2 --attention-output " + path;
  printed("--threads 1" + output);
  const std::string bytes = text_of(path);
  const SafeTensors file(path);
  ASSERT_EQ(file.tensors().size(), 8);
  const Vocabulary vocabulary = golden_vocabulary();
  for (const auto& [name, stored] : file.tensors()) {
    const std::string number = name.substr(0, name.find('.'));
    const auto count = [&](const std::string& key) {
      const std::string pieces = file.metadata(key);
      return std::count(pieces.begin(), pieces.end(), ' ') + 1;
    };
    EXPECT_EQ(stored.shape, (std::vector<int64_t>{count("target." + name), count("source." + number)}));
    EXPECT_EQ(stored.shape[1], std::ssize(vocabulary.encode(lines_of(kText)[std::stoi(number)])) + 1);
    const auto weights = file.elements<float>(name);
    for (int64_t row = 0; row < stored.shape[0]; ++row) {
      double sum = 0;
      for (int64_t i = 0; i < stored.shape[1]; ++i) sum += weights[row * stored.shape[1] + i];
      EXPECT_NEAR(sum, 1, 1e-5);
    }
  }
  for (const std::string& way : kWays) {
    printed(way + output);
    EXPECT_TRUE(text_of(path) == bytes) << way;
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(GenerateAttention, OfAnEnsembleOfAModelWithItselfIsThatOfTheModel) {
  const std::string twice = "rotor-generate " + kModel + ":" + kModel + " --print-alignment --coverage-penalty 0.5";
  EXPECT_EQ(run(twice, kText).out, printed("--print-alignment --coverage-penalty 0.5"));
}

TEST(GenerateAttention, TheCoveragePenaltyLowersScoresWhateverTheBatches) {
  const auto scores = [](const std::string& out) {
    std::vector<double> all;
    for (const std::string& line : lines_of(out)) all.push_back(std::stod(line.substr(line.find('\t') + 1)));
    return all;
  };
  const std::string covered = printed("--threads 1 --beam 20 --nbest 20 --coverage-penalty 0.3");
  const auto with = scores(covered), without = scores(printed("--threads 1 --beam 20 --nbest 20"));
  ASSERT_EQ(with.size(), without.size());
  for (size_t i = 0; i < with.size(); ++i) EXPECT_LE(with[i], without[i] + 1e-6);
  EXPECT_NE(with, without);
  for (const std::string& way : kWays) {
    EXPECT_EQ(printed(way + " --beam 20 --nbest 20 --coverage-penalty 0.3"), covered) << way;
  }
}

TEST(GenerateAttention, UnknownWordsAreReplacedByWhatTheyAttendTo) {
  // Hypotheses that begin with <unk> are had by favouring it.
  const ScratchFolder folder;
  const std::string options = kGenerate + "--unkpen -100 --max-len-b 1 --print-alignment ";
  EXPECT_TRUE(says(run(options, "\u4e2d\n").out, "\u2047"));
  const CommandResult copied = run(options + "--replace-unk", "\u4e2d\n");
  ASSERT_EQ(copied.exit_code, 0) << copied.err;
  EXPECT_EQ(copied.out.find("\u2047"), std::string::npos) << copied.out;
  const bool from_word = copied.out.ends_with("\t1-0\n");  // and not from the blank before it
  EXPECT_EQ(says(copied.out, "\u4e2d"), from_word) << copied.out;
  const std::string words = folder.file("words", "\u4e2d Mitte\n").string();
  EXPECT_EQ(says(run(options + "--replace-unk --unk-dictionary " + words, "\u4e2d\n").out, "Mitte"), from_word);
  EXPECT_TRUE(refused(run(kGenerate + "--unk-dictionary " + words, "gaka\n"), 2, "--replace-unk"));
  EXPECT_TRUE(refused(run(kGenerate + "--replace-unk --corpus x"), 2, "--replace-unk"));
}

TEST(GenerateAttention, IsDrawnAsAHeatMap) {
  const ScratchFolder folder;
  if (run(folder, "python3 --version").exit_code != 0) GTEST_SKIP() << "python3 is not installed";
  printed("--nbest 2 --attention-output " + (folder / "attention").string());
  const std::string draw = ROTOR_GOLDEN "/../../recipes/tools/attention_map.py ";
  const CommandResult result = run(folder, draw + "attention 3.1 map.svg");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string map = text_of(folder / "map.svg");
  EXPECT_TRUE(says(map, "<svg", "<polygon", "&lt;/s>"));
  EXPECT_TRUE(says(map, golden_vocabulary().piece(golden_vocabulary().encode("loko")[0])));
  EXPECT_TRUE(says(run(folder, draw + "attention 2 map.svg").err, "no hypothesis '2.0'"));
}

TEST(GenerateConstraints, ArePutInAndLeftOutWhateverTheBatches) {
  const ScratchFolder folder;
  const std::string free = printed("--threads 1");
  const std::string avoided = lines_of(free)[1];  // the second line's own translation
  const std::string options =
      " --constraints " + folder.file("have", "duta\tloko kase\nduta\nloko\n\nkase\n").string() +
      " --negative-constraints " + folder.file("avoid", "\n" + avoided + "\n\nkase\tduta\n\n").string();
  const std::string bound = printed("--threads 1" + options);
  const auto lines = lines_of(bound);
  EXPECT_TRUE(says(lines[0], "duta", "loko kase"));
  EXPECT_TRUE(says(lines[1], "duta"));
  EXPECT_EQ(lines[1].find(avoided), std::string::npos);
  EXPECT_EQ(lines[2], "");
  EXPECT_EQ(lines[3].find("duta"), std::string::npos);
  EXPECT_TRUE(says(lines[4], "kase"));
  for (const std::string& way : kWays) EXPECT_EQ(printed(way + options), bound) << way;
  for (const char* more : {" --beam 1", " --no-repeat-ngram-size 3", " --coverage-penalty 1", " --nbest 5"}) {
    EXPECT_TRUE(says(printed("--threads 1" + options + more), "duta", "loko kase")) << more;
  }
}

TEST(GenerateConstraints, ThatCannotBeMetAreWarnedOf) {
  const ScratchFolder folder;
  const std::string have = " --constraints " + folder.file("have", "duta loko kase\n").string();
  const CommandResult result = run(kGenerate + have + " --max-len-b 2", "gaka\n");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(says(result.err, "1 results lack a phrase"));
}

TEST(GenerateConstraints, RefuseWhatTheyCannotGoWith) {
  const ScratchFolder folder;
  const std::string have = kGenerate + "--constraints " + folder.file("have", "duta\n").string();
  EXPECT_TRUE(refused(run(have + " --sampling", "gaka\n"), 2, "--sampling"));
  EXPECT_TRUE(refused(run(have + " --diverse-beam-groups 5", "gaka\n"), 2, "--diverse-beam-groups"));
  EXPECT_TRUE(refused(run(have + " --score-reference x", "gaka\n"), 2, "--constraints"));
  EXPECT_TRUE(refused(run(have + " --corpus x"), 2, "--constraints"));
  EXPECT_TRUE(refused(run(have, "gaka\nkagu\n"), 1, "have", "fewer"));
  EXPECT_TRUE(refused(run(kGenerate + "--constraints -", "gaka\n"), 2, "standard input"));
  const std::string unknown = folder.file("unknown", "\u4e2d\n").string();
  EXPECT_TRUE(refused(run(kGenerate + "--constraints " + unknown, "gaka\n"), 1, "line 1", "\u4e2d"));
}

TEST(GenerateVocabLimit, LeavesTheseWordsOnly) {
  const ScratchFolder folder;
  const Vocabulary vocabulary = golden_vocabulary();
  std::string pieces;
  std::set<int32_t> allowed = {kEos};
  for (const char* text : {"duta", "loko"}) {
    for (int32_t id : vocabulary.encode(text)) {
      allowed.insert(id);
      pieces += vocabulary.piece(id) + "\n";
    }
  }
  const std::string limit = " --vocab-limit " + folder.file("pieces", pieces).string();
  for (const char* more : {"", " --sampling", " --quantize int8", " --beam 1"}) {
    const std::string out = printed("--threads 1 --fairseq-format --max-len-b 20" + limit + more);
    for (const std::string& line : lines_of(out)) {
      if (!line.starts_with("H-")) continue;
      std::istringstream columns(line.substr(line.rfind('\t') + 1));
      for (std::string piece; columns >> piece;) EXPECT_TRUE(allowed.contains(vocabulary.id(piece))) << line << more;
    }
  }
  EXPECT_EQ(run("rotor-generate " + kModel + ":" + kModel + limit, kText).out, printed(limit));
  const std::string prefix = " --prefix-file " + folder.file("prefix", "kagu\n").string();
  EXPECT_TRUE(refused(run(kGenerate + limit + prefix, "gaka\n"), 1, "line 1", "--vocab-limit"));
  const std::string wrong = folder.file("wrong", "▁nopiece\n").string();
  EXPECT_TRUE(refused(run(kGenerate + "--vocab-limit " + wrong, "gaka\n"), 1, "▁nopiece", "line 1"));
  EXPECT_TRUE(refused(run(kGenerate + limit + " --score-reference x", "gaka\n"), 2, "--vocab-limit"));
}

TEST(GeneratePrompt, AsksOnATerminalOnly) {
  const ScratchFolder folder;
  const std::string expected = run(kGenerate, "gaka\n").out;
  EXPECT_EQ(run(kGenerate, "gaka\n").err.find("> "), std::string::npos);
  const CommandResult result =
      run("(sleep 1; echo gaka; sleep 1; printf '\\004') | script -qec '" + kGenerate + "' /dev/null");
  EXPECT_TRUE(says(result.out, "Type a sentence", "> ", expected.substr(0, expected.size() - 1))) << result.err;
}

}  // namespace
}  // namespace rotor
