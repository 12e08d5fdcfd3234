// rotor-generate and rotor-average as a user runs them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "data/corpus_folder.h"
#include "data/corpus_writer.h"
#include "model/model_file.h"
#include "search/fairseq.h"
#include "system/command.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

const std::string kModel = fairseq_model_path().string();
const std::string kGenerate = "rotor-generate " + kModel + " --threads 1 ";

/// Runs a command with `input` as its standard input.
CommandResult run(const std::string& command, const std::string& input = "") {
  const ScratchFolder folder;
  folder.file("input", input);
  return run(folder, "{ " + command + "\n} < input");
}

int64_t count_lines(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

/// One line of message that says all parts.
template <typename... Parts>
testing::AssertionResult refused(const CommandResult& result, int code, const Parts&... parts) {
  if (result.exit_code != code)
    return testing::AssertionFailure() << "exit code " << result.exit_code << ": " << result.err;
  if (count_lines(result.err) != 1) return testing::AssertionFailure() << "expected one line, got: " << result.err;
  return says(result.err, parts...);
}

/// A corpus folder in the vocabulary of the golden's model.
void write_corpus(const std::filesystem::path& folder, const std::vector<std::pair<std::string, std::string>>& pairs) {
  const Vocabulary vocabulary = Vocabulary::from_bytes(read_vocabulary(SafeTensors(kModel)).source);
  std::filesystem::create_directories(folder);
  write_vocabularies(folder, {vocabulary, vocabulary});
  const CorpusSide side{"xx", vocabulary.sha256(), vocabulary.size()};
  CorpusWriter writer(split_path(folder, "test"), side, side);
  for (const auto& [source, target] : pairs) writer.add(vocabulary.encode(source), vocabulary.encode(target));
  writer.finish();
}

TEST(Generate, TranslatesInInputOrderWhateverTheBatches) {
  std::string source, expected;
  const nlohmann::json scores = fairseq_scores();
  const Vocabulary vocabulary = Vocabulary::from_bytes(read_vocabulary(SafeTensors(kModel)).source);
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
  EXPECT_TRUE(says(result.out, "0\t-", "\n1\t0\t\n2\t-"));
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

TEST(Generate, RefusesTheCorpusOfAnotherVocabulary) {
  const ScratchFolder folder;
  write_corpus(folder / "corpus", {{"kagu", "kase"}});
  const Vocabulary vocabulary = Vocabulary::from_bytes(read_vocabulary(SafeTensors(kModel)).source);
  const CorpusSide other{"xx", sha256("another"), vocabulary.size()};
  CorpusWriter writer(folder / "corpus" / "test.safetensors", other, other);
  writer.add(vocabulary.encode("kagu"), vocabulary.encode("kase"));
  writer.finish();
  EXPECT_TRUE(
      refused(run(kGenerate + "--corpus " + (folder / "corpus").string()), 1, "test.safetensors", "vocabulary"));
}

TEST(Generate, RefusesWhatIsNoModel) {
  const ScratchFolder folder;
  const std::string bytes = text_of(kModel);
  EXPECT_TRUE(refused(run("rotor-generate /nowhere/model", "kagu\n"), 1, "/nowhere/model"));
  const auto truncated = folder.file("truncated", bytes.substr(0, bytes.size() / 2));
  EXPECT_TRUE(refused(run("rotor-generate " + truncated.string(), "kagu\n"), 1, "truncated"));
  const auto text = folder.file("text", "This is a text, and no model.\n");
  EXPECT_TRUE(refused(run("rotor-generate " + text.string(), "kagu\n"), 1, "text", "safetensors"));
  SafeTensorsWriter foreign;
  foreign.add("weight", Tensor::zeros({2}));
  foreign.write(folder / "foreign");
  EXPECT_TRUE(refused(run("rotor-generate " + (folder / "foreign").string(), "kagu\n"), 1, "expected a Rotor model"));
}

TEST(Generate, RefusesAVocabularyThatDoesNotFitTheModel) {
  const ScratchFolder folder;
  const SafeTensors file(kModel);
  auto config = nlohmann::json::parse(file.metadata("config"));
  config["source_vocabulary"] = config["target_vocabulary"] = 90;
  SafeTensorsWriter writer;
  for (const auto& [name, stored] : file.tensors()) {
    if (name != "encoder.embed_tokens.weight") writer.add(name, stored.type, stored.shape, stored.bytes);
  }
  writer.add("encoder.embed_tokens.weight", file.tensor("encoder.embed_tokens.weight").narrow(0, 0, 90));
  writer.set("format", "rotor");
  writer.set("version", "1");
  writer.set("config", config.dump());
  writer.write(folder / "model");
  EXPECT_TRUE(refused(run("rotor-generate " + (folder / "model").string(), "kagu\n"), 1, "vocabulary", "90", "100"));
}

TEST(Generate, RefusesTextThatIsNotUtf8ByItsLine) {
  EXPECT_TRUE(refused(run(kGenerate, "kagu\nga\xff\n"), 1, "line 2", "UTF-8"));
}

TEST(Generate, WrongUsageEndsWithTwo) {
  EXPECT_TRUE(refused(run(kGenerate + "--beem 4"), 2, "beem", "beam"));
  EXPECT_TRUE(refused(run(kGenerate + "--lenpen-kind gnm"), 2, "gnmt"));
  EXPECT_TRUE(refused(run(kGenerate + "--nbest 6"), 2, "--nbest"));
  EXPECT_TRUE(refused(run(kGenerate + "--beam 0"), 2, "--beam"));
  EXPECT_TRUE(refused(run("rotor-generate"), 2, "model"));
}

TEST(Generate, LongSentencesAreCutWithAWarningOrRefusedByLine) {
  const std::string text = "gaka\nkagu tate gaka nubipi kagu tate gaka nubipi\n";
  const CommandResult cut = run(kGenerate + "--max-source-positions 8", text);
  EXPECT_EQ(cut.exit_code, 0);
  EXPECT_EQ(count_lines(cut.out), 2);
  EXPECT_TRUE(says(cut.err, "line 2", "cut off"));
  EXPECT_TRUE(refused(run(kGenerate + "--max-source-positions 8 --long-sentences refuse", text), 1, "line 2"));
}

TEST(Generate, LeavesNoHalfWrittenFile) {
  const ScratchFolder folder;
  const std::string out = (folder / "out").string();
  EXPECT_EQ(run(kGenerate + "--buffer-size 1 --output " + out, "kagu\nga\xff\n").exit_code, 1);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  const CommandResult result = run(kGenerate + "--output " + out, "kagu\n");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(text_of(out), run(kGenerate, "kagu\n").out);
  EXPECT_EQ(run(kGenerate + "--output /nowhere/out", "kagu\n").exit_code, 1);
  EXPECT_TRUE(refused(run(kGenerate + "> /dev/full", "kagu\n"), 1, "output"));
}

TEST(Generate, EndsWithTheSignalsNumberAlsoWhileItWaitsForInput) {
  const ScratchFolder folder;
  folder.file("wait.sh",
              "mkfifo input\n"
              "(echo gaka; exec sleep 60) > input & writer=$!\n"
              "rotor-generate " +
                  kModel +
                  " --buffer-size 1 < input > out & generator=$!\n"
                  "while [ ! -s out ] && kill -0 $generator 2> /dev/null; do sleep 0.05; done\n"
                  "kill -TERM $generator; wait $generator; code=$?\n"
                  "kill $writer; exit $code\n");
  const CommandResult result = run(folder, "sh wait.sh");
  EXPECT_EQ(result.exit_code, 143) << result.err;
  EXPECT_TRUE(says(result.err, "signal 15"));
  EXPECT_EQ(count_lines(text_of(folder / "out")), 1);
}

TEST(Average, OfAModelWithItselfTranslatesAlike) {
  const ScratchFolder folder;
  const std::string mean = (folder / "mean.safetensors").string();
  const CommandResult result = run("rotor-average " + kModel + " " + kModel + " --output " + mean);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(run("rotor-generate " + mean, "kagu tate\n").out, run(kGenerate, "kagu tate\n").out);
}

TEST(Average, WritesAModelIn8BitsThatTranslates) {
  const ScratchFolder folder;
  const std::string rounded = (folder / "rounded.safetensors").string(), text = "kagu tate gaka nubipi\ngaka\n";
  const CommandResult result = run("rotor-average " + kModel + " --quantize int8 --output " + rounded);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_LT(std::filesystem::file_size(rounded), std::filesystem::file_size(kModel) * 3 / 4);  // the rest is vocabulary
  const std::string out = run("rotor-generate " + rounded, text).out;
  EXPECT_EQ(count_lines(out), 2);
  EXPECT_EQ(count_lines(run(kGenerate + "--quantize int8", text).out), 2);
  EXPECT_EQ(run("rotor-generate " + rounded + " --quantize int8 --batch-size 1", text).out, out);
}

TEST(Average, TakesTheLastCheckpointsOfAFolder) {
  const ScratchFolder folder;
  for (int epoch : {2, 9, 10}) {
    std::filesystem::copy_file(kModel, folder / fmt::format("checkpoint_{}.safetensors", epoch));
  }
  const std::string in = "rotor-average " + folder.path().string(), out = " --output " + (folder / "mean").string();
  const CommandResult result = run(in + " --last 2" + out);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(says(result.err, "checkpoint_9.", "checkpoint_10."));
  EXPECT_EQ(result.err.find("checkpoint_2."), std::string::npos);
  EXPECT_TRUE(refused(run(in + " --last 4" + out), 1, "expected 4", "found 3"));
  EXPECT_TRUE(refused(run(in + out), 2, "--last"));
  EXPECT_TRUE(refused(run(in + " --last 2"), 2, "--output"));
  EXPECT_TRUE(refused(run("rotor-average /nowhere --last 2" + out), 1, "/nowhere"));
}

TEST(Average, TakesCheckpointsOfUpdatesWhereThereAreNoneOfEpochs) {
  const ScratchFolder folder;
  for (const char* name : {"1_900", "2_1000", "2_1100", "last", "best"}) {
    std::filesystem::copy_file(kModel, folder / fmt::format("checkpoint_{}.safetensors", name));
  }
  const CommandResult result =
      run("rotor-average " + folder.path().string() + " --last 2 --output " + (folder / "mean").string());
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(says(result.err, "checkpoint_2_1000.", "checkpoint_2_1100."));
  EXPECT_EQ(count_lines(result.err), 2);
}

}  // namespace
}  // namespace rotor
