// What rotor-generate refuses, and how it ends.
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/json.h"
#include "format/damage.h"
#include "system/generate.h"

namespace rotor {
namespace {

TEST(Generate, RefusesTheCorpusOfAnotherVocabulary) {
  const ScratchFolder folder;
  write_corpus(folder / "corpus", {{"kagu", "kase"}});
  const Vocabulary vocabulary = golden_vocabulary();
  const std::string another = sha256("another");
  CorpusWriter writer(folder / "corpus" / "test.safetensors", corpus_task(kTranslation),
                      {{"source", "xx", another, vocabulary.size()}, {"target", "xx", another, vocabulary.size()}});
  writer.add({vocabulary.encode("kagu"), vocabulary.encode("kase")});
  writer.finish();
  EXPECT_TRUE(
      refused(run(kGenerate + "--corpus " + (folder / "corpus").string()), 1, "test.safetensors", "vocabulary"));
}

TEST(Generate, RefusesADamagedCorpusUnlessToldOtherwise) {
  const ScratchFolder folder;
  write_corpus(folder / "corpus", {{"kagu tate", "kase loko"}, {"kagu tate gaka", "kase loko duta"}});
  flip_bit(folder / "corpus" / "test.safetensors", "source");
  const std::string command = kGenerate + "--corpus " + (folder / "corpus").string();
  EXPECT_TRUE(refused(run(command), 1, "test.safetensors is damaged: tensor 'source'"));
  EXPECT_TRUE(refused(run(command + " --no-verify"), 1, "expected ids below")) << "those that are read";
}

TEST(Generate, RefusesToReplaceItsConfig) {
  const ScratchFolder folder;
  const std::string config = folder.file("config.ini", "beam = 2\n");
  EXPECT_TRUE(refused(run(kGenerate + "--config " + config + " --stats " + config, "kagu\n"), 2, "--stats " + config));
  EXPECT_EQ(text_of(config), "beam = 2\n");
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

TEST(Generate, RefusesLongTextThatTheVocabularyLacksByItsLine) {
  std::string unknown;
  for (int i = 0; i < 100'000; ++i) unknown += "\u4e2d";
  EXPECT_TRUE(refused(run(kGenerate, "kagu\n" + unknown + "\n"), 1, "line 2", "200000 bytes in a row"));
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

TEST(Generate, KeepsFinishedLinesBesideAFileThatIsNotWhole) {
  const ScratchFolder folder;
  const std::string out = (folder / "out").string();
  EXPECT_EQ(run(kGenerate + "--output " + out, "ga\xff\n").exit_code, 1);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  const CommandResult broken = run(kGenerate + "--buffer-size 1 --output " + out, "kagu\nga\xff\n");
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_TRUE(says(broken.err, "first 1 lines", "out.partial"));
  EXPECT_FALSE(std::filesystem::exists(out));
  EXPECT_EQ(text_of(out + ".partial"), run(kGenerate, "kagu\n").out);
  const CommandResult result = run(kGenerate + "--output " + out, "kagu\n");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(text_of(out), run(kGenerate, "kagu\n").out);
  EXPECT_FALSE(std::filesystem::exists(out + ".partial"));
  EXPECT_EQ(run(kGenerate + "--output /nowhere/out", "kagu\n").exit_code, 1);
  EXPECT_TRUE(refused(run(kGenerate + "> /dev/full", "kagu\n"), 1, "output"));
}

TEST(Generate, SaysInOneLineThatMemoryRanOutWhicheverThreadNeededIt) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers need more address space than a limit leaves";
#endif
  std::string text;
  for (int i = 0; i < 64; ++i) text += "kagu tate gaka nubipi\n";
  int64_t refusals = 0;
  for (int64_t kilobytes = 145'000; kilobytes <= 235'000; kilobytes += 15'000) {
    const CommandResult result = run("ulimit -v " + std::to_string(kilobytes) + "; rotor-generate " + kModel +
                                         " --beam 500 --max-len-a 0 --max-len-b 6 --threads 2 --workers 1",
                                     text);
    if (result.exit_code == 0) continue;
    EXPECT_TRUE(refused(result, 1, "out of memory")) << kilobytes;
    ++refusals;
  }
  EXPECT_GT(refusals, 0);
}

/// Starts a long translation of `lines` lines in one buffer, interrupts it when some of it is written to `file`, and
/// returns how it ended.
CommandResult interrupted(const ScratchFolder& folder, const std::string& file, const std::string& arguments) {
  std::string text;
  for (int i = 0; i < 4000; ++i) text += "kagu tate gaka nubipi\n";
  folder.file("input", text);
  folder.file("stop.sh", "rotor-generate " + kModel + " --threads 1 --beam 32 --input input " + arguments +
                             " & generator=$!\n"
                             "while [ ! -s " +
                             file +
                             " ] && kill -0 $generator 2> /dev/null; do sleep 0.02; done\n"
                             "kill -INT $generator; wait $generator; exit $?\n");
  return run(folder, "sh stop.sh");
}

TEST(Generate, WritesLinesAsTheyAreReadyAndKeepsThemWhenInterrupted) {
  const std::string line = run(kGenerate + "--beam 32", "kagu tate gaka nubipi\n").out;
  const auto check = [&](const std::filesystem::path& file) {
    const std::string text = text_of(file);
    const int64_t lines = count_lines(text);
    EXPECT_GT(lines, 0);
    EXPECT_LT(lines, 4000);
    std::string expected;
    for (int64_t i = 0; i < lines; ++i) expected += line;
    EXPECT_EQ(text, expected);
  };
  const ScratchFolder folder;
  const CommandResult to_file = interrupted(folder, "out.partial", "--output out");
  EXPECT_EQ(to_file.exit_code, 130) << to_file.err;
  EXPECT_TRUE(says(to_file.err, "finished and stay in", "out.partial", "signal 2"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
  check(folder / "out.partial");
  const CommandResult to_output = interrupted(folder, "text", "> text");
  EXPECT_EQ(to_output.exit_code, 130) << to_output.err;
  check(folder / "text");
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

}  // namespace
}  // namespace rotor
