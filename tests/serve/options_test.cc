#include "serve/options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/scratch.h"
#include "serve/tiny_text_model.h"

namespace rotor {
namespace {

/// What is said of a command line for a model of a task; nothing if it is accepted.
std::string complaint(std::vector<const char*> args, const std::string& task = kTranslation) {
  args.insert(args.begin(), {"rotor-serve", "model"});
  ServeOptions serve_options;
  CommandLine options("rotor-serve", "", "");
  serve_options.describe(options);
  try {
    options.parse(static_cast<int>(args.size()), args.data());
    serve_options.task = task;
    serve_options.check();
    return "";
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(ServeOptions, HelpNamesTheStatusOfEachLimit) {
  ServeOptions serve_options;
  CommandLine options("rotor-serve", "", "");
  serve_options.describe(options);
  EXPECT_TRUE(says(options.help(/*all=*/true), "401", "403", "408", "413", "422", "431", "503", "504", "Retry-After"));
}

TEST(ServeOptions, EveryNumberHasItsRangeForTheHelp) {
  ServeOptions serve_options;
  CommandLine options("rotor-serve", "", "");
  serve_options.describe(options);
  const std::pair<const char*, const char*> ranges[] = {
      {"port", "from 0 to 65535"},  {"connections", "from 1 to 100000"}, {"timeout", "above 0 and at most 86400"},
      {"max-queue", "1 or more"},   {"batch-wait", "from 0 to 10000"},   {"threads", "0 or more"},
      {"workers", "from 0 to 4096"}};
  for (const auto& [name, range] : ranges) EXPECT_EQ(options.option(name).range.text(), range) << name;
}

TEST(ServeOptions, TheModelsLanguagesCompleteThem) {
  ServeOptions options;
  options.complete_languages({"en", ""});
  EXPECT_EQ(options.source_lang, "");
  options.complete_languages({"en", "de"});
  EXPECT_EQ(options.source_lang + options.target_lang, "ende");
  options.complete_languages({"fr", "it"});
  EXPECT_EQ(options.source_lang + options.target_lang, "ende");
}

TEST(ServeOptions, ReadTheModelsTaskWhichDecidesWhatHasAnEffect) {
  const ScratchFolder folder;
  write_text_model(folder / "mlm", tiny_text_options(kMaskedLm));
  const auto ignored = [](const std::string& model) {
    const std::vector<std::string> args = {"rotor-serve", model,     "--beam",     "3", "--normalize=false",
                                           "--shortlist", "lex.s2t", "--max-beam", "4"};
    std::vector<const char*> words;
    for (const std::string& word : args) words.push_back(word.c_str());
    ServeOptions serve_options;
    CommandLine options("rotor-serve", "", "");
    serve_options.describe(options);
    options.parse(static_cast<int>(words.size()), words.data());
    serve_options.read_model();
    return fmt::format("{}", fmt::join(options.ignored(), "; "));
  };
  EXPECT_TRUE(says(ignored(folder / "mlm"), "--beam 3 has no effect", "for models that translate"));
  EXPECT_TRUE(says(ignored(folder / "mlm"), "--shortlist lex.s2t has no effect", "--max-beam 4 has no effect"));
  EXPECT_FALSE(says(ignored(folder / "mlm"), "--normalize"));
  EXPECT_TRUE(says(ignored(fairseq_model_path()), "--normalize", "for models of texts"));
  EXPECT_FALSE(says(ignored(fairseq_model_path()), "--beam"));
  EXPECT_FALSE(says(ignored(fairseq_model_path()), "--max-beam"));
  EXPECT_FALSE(says(ignored(fairseq_model_path()), "--shortlist"));
}

TEST(ServeOptions, VectorsAreNormalisedAsAModelOfSentenceVectorsSays) {
  const ScratchFolder folder;
  TransformerOptions model = tiny_text_options(kSentenceEncoding);
  for (const bool normalize : {true, false}) {
    model.head.normalize = normalize;
    write_text_model(folder / "encoder", model);
    ServeOptions options;
    options.model = folder / "encoder";
    options.read_model();
    EXPECT_EQ(options.normalize, normalize);
  }
  write_text_model(folder / "mlm", tiny_text_options(kMaskedLm));
  ServeOptions options;
  options.model = folder / "mlm";
  options.read_model();
  EXPECT_TRUE(options.normalize);
}

TEST(ServeOptions, TheLongestSourceIsLongerThanTheLongestRowByDefault) {
  ServeOptions options;
  EXPECT_EQ(options.source_positions(), 1024);
  options.task = kSentencePrediction;
  EXPECT_EQ(options.source_positions(), 512);
  options.max_source_positions = 9;
  EXPECT_EQ(options.source_positions(), 9);
}

TEST(ServeOptions, RefusesRowsTooShortForTheirSpecialTokens) {
  ServeOptions options;
  options.max_source_positions = 3;
  options.check();
  options.task = kSentencePrediction;
  EXPECT_TRUE(says(message_of<UsageError>([&] { options.check(); }), "--max-source-positions of 4 or more", "got 3"));
  options.max_source_positions = 4;
  options.check();
}

TEST(ServeOptions, RefusesValuesThatMakeNoSense) {
  EXPECT_EQ(complaint({"--port", "0", "--beam", "32"}), "");
  EXPECT_TRUE(says(complaint({"--port", "65536"}), "--port", "65536"));
  EXPECT_TRUE(says(complaint({"--port", "http"}), "port", "whole number"));
  EXPECT_TRUE(says(complaint({"--beam", "33"}), "--max-beam"));
  EXPECT_TRUE(says(complaint({"--max-beam", "4"}), "--max-beam of --beam 5 or more", "got 4"));
  EXPECT_EQ(complaint({"--max-beam", "4"}, kSentenceRanking), "") << "which has no beam";
  EXPECT_TRUE(says(complaint({"--timeout", "0"}), "--timeout"));
  EXPECT_TRUE(says(complaint({"--max-queue", "0"}), "--max-queue"));
  EXPECT_TRUE(says(complaint({"--max-work", "0"}), "--max-work"));
  EXPECT_TRUE(says(complaint({"--request-timeout", "0"}), "--request-timeout"));
  EXPECT_TRUE(says(complaint({"--source-lang", "en"}), "--target-lang"));
  EXPECT_TRUE(says(complaint({"--cors-origin", "https://example.org/page"}), "without a path", "example.org/page"));
  EXPECT_EQ(complaint({"--cors-origin", "https://example.org", "--source-lang", "en", "--target-lang", "de"}), "");
  EXPECT_TRUE(says(complaint({"--batch-wait", "-1"}), "--batch-wait"));
  EXPECT_TRUE(says(complaint({"--api-key-file", ""}), "--api-key-file expects a text, got ''"));
  ServeOptions options;
  options.host = "";  // as a config.ini may have it
  EXPECT_TRUE(says(message_of<UsageError>([&] { options.check(); }), "--host expects an address, got ''", "0.0.0.0"));
}

}  // namespace
}  // namespace rotor
