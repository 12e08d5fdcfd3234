// rotor-generate as a user runs it.
#include "system/generate.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace rotor {
namespace {

TEST(Generate, TranslatesInInputOrderWhateverTheBatches) {
  std::string source, expected;
  const nlohmann::json scores = fairseq_scores();
  const Vocabulary vocabulary = golden_vocabulary();
  for (const auto& search : scores["searches"]) {
    if (search["beam"] != 5 || search["lenpen"] != 1.0 || search["max_len_b"] != 200) continue;
    for (const auto& sentence : search["sentences"]) {
      source += vocabulary.decode(sentence["source_ids"].get<std::vector<int32_t>>()) + "\n";
      expected += vocabulary.decode(sentence["hypotheses"][0]["ids"].get<std::vector<int32_t>>()) + "\n";
    }
  }
  for (const char* options : {"", "--batch-size 1", "--max-tokens 30", "--buffer-size 3"}) {
    const CommandResult result = run(kGenerate + options, source);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, expected) << options;
  }
  EXPECT_EQ(run("rotor-generate " + kModel + " --threads 2", source).out, expected);
}

TEST(Generate, BlankLinesStayBlankAndEmptyInputGivesNothing) {
  const CommandResult blank = run(kGenerate, "\nkagu tate\n\n   \n");
  EXPECT_EQ(blank.exit_code, 0) << blank.err;
  EXPECT_EQ(count_lines(blank.out), 4);
  EXPECT_EQ(blank.out.front(), '\n');
  EXPECT_TRUE(blank.out.ends_with("\n\n\n"));
  const CommandResult empty = run(kGenerate);
  EXPECT_EQ(empty.exit_code, 0);
  EXPECT_EQ(empty.out, "");
}

TEST(Generate, StripsCarriageReturnsWithOneWarning) {
  const CommandResult unix_lines = run(kGenerate, "kagu tate\ngaka\n"), dos = run(kGenerate, "kagu tate\r\ngaka\r\n");
  EXPECT_EQ(dos.exit_code, 0);
  EXPECT_EQ(dos.out, unix_lines.out);
  EXPECT_TRUE(says(dos.err, "CR LF"));
  EXPECT_EQ(dos.err.find("CR LF"), dos.err.rfind("CR LF"));
}

TEST(Generate, PrintsScoresOfReferences) {
  const ScratchFolder folder;
  std::string source, target;
  const nlohmann::json scores = fairseq_scores();
  for (const auto& pair : scores["pairs"]) {
    source += pair["source"].get<std::string>() + "\n";
    target += pair["target"].get<std::string>() + "\n";
  }
  const CommandResult result = run(kGenerate + "--score-reference " + folder.file("ref", target).string(), source);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::istringstream lines(result.out);
  for (const auto& pair : scores["pairs"]) {
    double score = 0;
    int64_t tokens = 0;
    lines >> score >> tokens;
    EXPECT_NEAR(score, pair["score"].get<double>(), 1e-4);
    EXPECT_EQ(tokens, pair["tokens"].get<int64_t>());
  }
  EXPECT_EQ(count_lines(result.out), static_cast<int64_t>(scores["pairs"].size()));
  EXPECT_TRUE(refused(run(kGenerate + "--score-reference " + (folder / "ref").string(), "kagu\n"), 1, "as many lines"));
}

TEST(Generate, PrintsNbestListsAndStatistics) {
  const ScratchFolder folder;
  const std::string stats = (folder / "stats.json").string();
  const CommandResult result = run(kGenerate + "--nbest 3 --stats " + stats, "kagu tate\n\ngaka\n");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(count_lines(result.out), 7);
  EXPECT_TRUE(says(result.out, "0\t-", "\n1\t0.000000\t\n2\t-"));
  const auto json = nlohmann::json::parse(text_of(stats));
  EXPECT_EQ(json["sentences"], 3);
  for (const char* key : {"tokens", "seconds", "tokens_per_second", "load_seconds", "total_seconds", "memory_mb"}) {
    EXPECT_GT(json[key].get<double>(), 0) << key;
  }
}

TEST(Generate, PrintsFairseqsLinesOfACorpus) {
  const ScratchFolder folder;
  write_corpus(folder / "corpus", {{"kagu tate gaka nubipi", "kase loko"}, {"gaka", "duta"}});
  const std::string corpus = "--corpus " + (folder / "corpus").string();
  const CommandResult result = run(kGenerate + corpus + " --gen-subset test --fairseq-format");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(count_lines(result.out), 10);
  EXPECT_TRUE(says(result.out, "S-0\tkagu tate gaka nubipi\nT-0\tkase loko\nH-0\t-", "\nD-0\t-", "\nP-0\t-",
                   "\nS-1\tgaka\nT-1\tduta\nH-1\t-"));
  EXPECT_TRUE(refused(run(kGenerate + corpus + " --gen-subset valid"), 1, "valid", "test"));
  EXPECT_TRUE(refused(run(kGenerate + corpus + " --input x"), 2, "--input"));
}

TEST(Generate, TakesReferencesFromTheTextOfACorpus) {
  const ScratchFolder folder;
  folder.file("test.xx", "kagu \u4e2d\n");
  folder.file("test.yy", "kase \uff4coko\n");
  folder.file("model", golden_vocabulary().bytes());
  ASSERT_EQ(run(folder,
                "rotor-preprocess --source-lang xx --target-lang yy --testpref test --joined-dictionary --srcdict "
                "model --destdir corpus")
                .exit_code,
            0);
  const CommandResult result = run(folder, kGenerate + "--corpus corpus --fairseq-format");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(says(result.out, "S-0\tkagu \u4e2d\nT-0\tkase \uff4coko\n"));
  EXPECT_EQ(result.err.find("decoded"), std::string::npos) << result.err;
  write_corpus(folder / "old", {{"kagu", "kase"}});
  EXPECT_TRUE(says(run(folder, kGenerate + "--corpus old --fairseq-format").err, "references are decoded from ids"));
}

TEST(Generate, BlankLinesHaveEveryColumn) {
  const auto line = [](const std::string& options) {
    const std::string out = run(kGenerate + options, "kagu\n\n").out;
    return out.substr(out.find('\n') + 1);
  };
  EXPECT_EQ(line("--print-alignment"), "\t\n");
  EXPECT_EQ(line("--nbest 1 --beam 1"), "\n");
  EXPECT_TRUE(line("--nbest 2 --beam 2").ends_with("\n1\t0.000000\t\n"));
  EXPECT_TRUE(line("--nbest 2 --beam 2 --print-alignment").ends_with("\n1\t0.000000\t\t\n"));
  EXPECT_TRUE(
      line("--fairseq-format --print-alignment").ends_with("\nS-1\t\nH-1\t0\t\nD-1\t0\t\nP-1\t0.0000\nA-1\t\n"));
}

TEST(Generate, TranslatesTheSentencesOfALineOneByOneIfAsked) {
  const auto translated = [](const std::string& text) {
    std::string out = run(kGenerate, text + "\n").out;
    out.pop_back();
    return out;
  };
  const std::string text = " Kagu tate. Gaka nubipi!  Kagu\n\nGaka nubipi!\n";
  const std::string expected = translated("Kagu tate.") + " " + translated("Gaka nubipi!") + " " + translated("Kagu") +
                               "\n\n" + translated("Gaka nubipi!") + "\n";
  for (const char* options : {"--split-sentences", "--split-sentences --buffer-size 1",
                              "--split-sentences --sentence-language de --batch-size 1"}) {
    EXPECT_EQ(run(kGenerate + options, text).out, expected) << options;
  }
  EXPECT_TRUE(refused(run(kGenerate + "--split-sentences --nbest 2", "kagu\n"), 2, "--nbest"));
  EXPECT_TRUE(refused(run(kGenerate + "--split-sentences --prefix-file x", "kagu\n"), 2, "--prefix-file"));
  EXPECT_TRUE(refused(run(kGenerate + "--split-sentences --print-alignment", "kagu\n"), 2, "--print-alignment"));
  EXPECT_TRUE(refused(run(kGenerate + "--sentence-language de", "kagu\n"), 2, "--split-sentences"));
}

TEST(Generate, WarnsOfTextThatItsVocabularyDoesNotKnow) {
  const CommandResult result = run(kGenerate, "kagu\n\u4f60\u597d\u4e16\u754c\n");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(says(result.err, "line 2", "unknown to the model's vocabulary"));
  EXPECT_EQ(run(kGenerate, "kagu\n").err.find("unknown"), std::string::npos);
}

TEST(Generate, PrefixesBeginTheTranslations) {
  const ScratchFolder folder;
  const std::string prefixes = " --prefix-file " + folder.file("prefixes", "duta\n\nloko loko\n").string();
  for (const char* more : {"", " --batch-size 1", " --beam 1", " --sampling", " --diverse-beam-groups 5"}) {
    const CommandResult result = run(kGenerate + prefixes + more, "kagu\nkagu tate\ngaka\n");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_TRUE(result.out.starts_with("duta")) << result.out;
    EXPECT_TRUE(says(result.out, "\nloko loko")) << more;
  }
  EXPECT_TRUE(refused(run(kGenerate + prefixes, "kagu\n"), 1, "prefixes", "as many lines"));
  EXPECT_TRUE(refused(run(kGenerate + prefixes + " --score-reference x", "kagu\n"), 2, "--prefix-file"));
}

TEST(Generate, SamplesAreTheSameForASeedWhateverTheBatches) {
  const std::string text = "kagu tate gaka\ngaka\nkagu tate gaka\nnubipi kagu\n";
  const std::string sampling = kGenerate + "--sampling --nbest 5 --seed ";
  const std::string out = run(sampling + "7", text).out;
  EXPECT_EQ(count_lines(out), 20);
  EXPECT_EQ(run(sampling + "7 --batch-size 1", text).out, out);
  EXPECT_EQ(run(sampling + "7 --buffer-size 1", text).out, out);
  EXPECT_NE(run(sampling + "8", text).out, out);
  EXPECT_NE(run(sampling + "7 --sampling-topk 2", text).out, out);
}

TEST(Generate, AnEnsembleOfAModelWithItselfTranslatesAlike) {
  const std::string text = "kagu tate gaka nubipi\ngaka\n", twice = "rotor-generate " + kModel + ":" + kModel;
  EXPECT_EQ(run(twice, text).out, run(kGenerate, text).out);
  const ScratchFolder folder;
  const std::string score = " --score-reference " + folder.file("reference", "loko kase\nduta\n").string();
  std::istringstream together(run(twice + score, text).out), alone(run(kGenerate + score, text).out);
  for (double a = 0, b = 0; alone >> b;) {
    ASSERT_TRUE(together >> a);
    EXPECT_NEAR(a, b, 1e-4);
  }
  EXPECT_TRUE(refused(run("rotor-generate " + kModel + ":/nowhere/b", text), 1, "/nowhere/b"));
}

TEST(Generate, PrintsTheScoreOfEachTokenAndPerplexities) {
  const ScratchFolder folder;
  const std::string reference = folder.file("reference", "loko kase\nduta\n").string();
  const std::string stats = (folder / "stats.json").string();
  const CommandResult result =
      run(kGenerate + "--token-scores --stats " + stats + " --score-reference " + reference, "kagu tate\ngaka\n");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::istringstream lines(result.out);
  double all = 0;
  int64_t words = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream numbers(line);
    double total = 0, score = 0, sum = 0;
    int64_t tokens = 0, count = 0;
    for (numbers >> total >> tokens; numbers >> score; ++count) sum += score;
    EXPECT_EQ(count, tokens);
    EXPECT_NEAR(sum, total, 1e-3);
    all += total;
    words += tokens;
  }
  const auto json = nlohmann::json::parse(text_of(stats));
  EXPECT_NEAR(json["perplexity"].get<double>(), std::exp(-all / static_cast<double>(words)), 1e-3);
  EXPECT_GT(json["perplexity_by_position"].size(), 1);
  EXPECT_TRUE(refused(run(kGenerate + "--token-scores", "kagu\n"), 2, "--token-scores"));
}

TEST(Generate, WorkersAndThreadsChangeNoTranslation) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += i % 3 ? "kagu tate gaka nubipi\n" : "gaka kagu\n";
  const std::string out = run(kGenerate, text).out;
  for (const char* options : {" --workers 1 --threads 2", " --workers 3 --threads 3 --batch-size 4", " --threads 4"}) {
    const CommandResult result = run("rotor-generate " + kModel + options, text);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, out) << options;
  }
}

TEST(Generate, AnswersEachLineOfAWriterWhoWaitsForIt) {
  const ScratchFolder folder;
  folder.file("talk.sh",
              "mkfifo in out\n"
              "rotor-generate " +
                  kModel +
                  " < in > out & exec 3> in 4< out\n"
                  "echo gaka >&3; read -r first <&4\n"
                  "echo kagu >&3; read -r second <&4\n"
                  "exec 3>&-; wait; echo \"$first|$second\"\n");
  const CommandResult result = run(folder, "timeout 60 sh talk.sh");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  std::string expected = run(kGenerate, "gaka\nkagu\n").out;
  expected[expected.find('\n')] = '|';
  EXPECT_EQ(result.out, expected);
}

}  // namespace
}  // namespace rotor
