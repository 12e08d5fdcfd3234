#include "evaluate/evaluate_options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/scratch.h"
#include "model/model_file.h"
#include "model/tiny_encoder.h"
#include "text/task.h"

namespace rotor {
namespace {

/// What a command line gives to a model of a task.
struct Parsed {
  EvaluateOptions evaluate;
  CommandLine options{"rotor-evaluate", "", ""};

  explicit Parsed(std::vector<const char*> words, const std::string& task = kLanguageModeling) {
    evaluate.describe(options);
    words.insert(words.begin(), "rotor-evaluate");
    options.parse(static_cast<int>(words.size()), words.data());
    evaluate.task = task;
  }
};

TEST(EvaluateOptions, TakeTheModelByNameToo) {
  EXPECT_EQ(Parsed({"m.safetensors"}).evaluate.model, "m.safetensors");
  EXPECT_EQ(Parsed({"--path", "m.safetensors"}).evaluate.model, "m.safetensors");
  EXPECT_EQ(Parsed({"m", "--max-sentences", "7"}).evaluate.batch_size, 7);
}

TEST(EvaluateOptions, RefuseValuesThatAreNone) {
  const auto refusal = [](auto change) {
    EvaluateOptions options;
    options.corpus = "corpus";
    options.task = kLanguageModeling;
    options.tokens_per_sample = 1024;
    change(options);
    return message_of<UsageError>([&] { options.check(); });
  };
  EXPECT_EQ(refusal([](auto&) {}), "(nothing thrown)");
  EXPECT_TRUE(says(refusal([](auto& o) { o.corpus = ""; }), "--corpus"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.tokens_per_sample = -1; }), "--tokens-per-sample"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.tokens_per_sample = 1 << 25; }), "from 0 to 16777216", "33554432"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.context_window = -1; }), "--context-window"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.context_window = 1024; }), "--context-window below", "1024, got 1024"));
  EXPECT_EQ(refusal([](auto& o) { o.context_window = 1023; }), "(nothing thrown)");
  EXPECT_EQ(refusal([](auto& o) { o.context_window = 1024, o.task = kTranslation; }), "(nothing thrown)");
  EXPECT_TRUE(says(refusal([](auto& o) { o.max_tokens = 0; }), "--max-tokens"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.batch_size = -1; }), "--batch-size"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.threads = -1; }), "--threads"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.quantize = "int4"; }), "--quantize", "got 'int4'"));
}

TEST(EvaluateOptions, RefuseOutputsThatWouldReplaceWhatIsReadOrOneAnother) {
  const ScratchFolder folder;
  EvaluateOptions options;
  options.task = kTranslation;
  options.model = folder.file("model", "");
  options.corpus = folder.path();
  options.configs = {folder.file("config.ini", "")};
  for (const char* name : {"test.safetensors", "vocabulary.model", "source.model"}) folder.file(name, "");
  for (const auto& [name, option] : std::vector<std::pair<const char*, std::string EvaluateOptions::*>>{
           {"--by-position", &EvaluateOptions::by_position},
           {"--by-sample", &EvaluateOptions::by_sample},
           {"--by-document", &EvaluateOptions::by_document},
           {"--stats", &EvaluateOptions::stats},
           {"--predictions", &EvaluateOptions::predictions}}) {
    for (const char* file : {"model", "test.safetensors", "vocabulary.model", "source.model", "config.ini"}) {
      EvaluateOptions changed = options;
      changed.*option = folder / file;
      EXPECT_TRUE(says(message_of<UsageError>([&] { changed.check(); }), name, file, "another name"));
    }
    EvaluateOptions changed = options;
    (option == &EvaluateOptions::stats ? changed.by_sample : changed.stats) = "new";
    changed.*option = "new";
    EXPECT_TRUE(says(message_of<UsageError>([&] { changed.check(); }), "new is named twice")) << name;
  }
  options.by_sample = folder / "sample";
  options.stats = folder / "stats";
  EXPECT_EQ(message_of<UsageError>([&] { options.check(); }), "(nothing thrown)");
}

TEST(EvaluateOptions, RefuseChoicesThatAreNone) {
  for (const auto& [name, wrong, valid] :
       std::vector<std::array<const char*, 3>>{{"--sample-break-mode", "line", "complete_doc"},
                                               {"--format", "xml", "json"},
                                               {"--quantize", "int4", "int8"}}) {
    const std::vector<const char*> words = {"m", name, wrong};
    EXPECT_TRUE(says(message_of<UsageError>([&] { Parsed parsed(words); }), name, wrong, valid));
  }
}

TEST(EvaluateOptions, NameTheTypeOfWeights) {
  EvaluateOptions options;
  EXPECT_FALSE(options.weights().has_value()) << "that of the file";
  for (const char* name : {"none", "bf16", "int8"}) {
    options.quantize = name;
    EXPECT_EQ(options.weights(), weight_type_named(name)) << name;
  }
}

TEST(EvaluateOptions, HaveBatchesForTheSamplesOfAMaskedModelsTraining) {
  const ScratchFolder folder;
  const auto fitted = [&](const std::string& task, int64_t tokens_per_sample, int64_t max_tokens) {
    const auto model = make_model(tiny_encoder_options(task));
    model->initialise(1);
    const VocabularyBytes vocabulary{"v", "v"};
    SafeTensorsWriter writer;
    add_model(writer, *model, vocabulary);
    add_trained_length(writer, 5000);
    writer.write(folder / "m.safetensors");
    EvaluateOptions options;
    options.tokens_per_sample = tokens_per_sample;
    options.max_tokens = max_tokens;
    options.fit(SafeTensors(folder / "m.safetensors"));
    return std::pair(options.tokens_per_sample, options.max_tokens);
  };
  using Fitted = std::pair<int64_t, int64_t>;
  EXPECT_EQ(fitted(kMaskedLm, 0, 4096), Fitted(5000, 5000));
  EXPECT_EQ(fitted(kMaskedLm, 0, 8192), Fitted(5000, 8192));
  EXPECT_EQ(fitted(kMaskedLm, 6000, 4096), Fitted(6000, 4096)) << "as is asked for";
  EXPECT_EQ(fitted(kSentencePrediction, 0, 500).second, 500) << "rows are no blocks of a text";
}

TEST(EvaluateOptions, KnowWhichAreForLanguageModels) {
  const std::vector<const char*> words = {"m",     "--tokens-per-sample", "64",   "--context-window",
                                          "8",     "--sample-break-mode", "eos",  "--by-document",
                                          "d.csv", "--by-sample",         "s.csv"};
  EXPECT_TRUE(Parsed(words).options.ignored().empty());
  std::string text;
  for (const std::string& sentence : Parsed(words, kTranslation).options.ignored()) text += sentence + '\n';
  EXPECT_TRUE(says(text, "--tokens-per-sample 64", "--context-window 8", "--sample-break-mode eos",
                   "--by-document d.csv", "for language models"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4) << text;
}

TEST(EvaluateOptions, KnowWhatHasNoEffectOnLinesOfStandardInput) {
  std::vector<const char*> words = {"m",      "--gen-subset", "valid", "--format",     "json", "--stats",
                                    "s.json", "--max-tokens", "100",   "--batch-size", "7"};
  std::string text;
  for (const std::string& sentence : Parsed(words, kSentencePrediction).options.ignored()) text += sentence + '\n';
  EXPECT_TRUE(says(text, "--gen-subset valid", "--format json", "--stats s.json", "--max-tokens 100", "--batch-size 7",
                   "with --corpus"));
  words.insert(words.end(), {"--corpus", "c"});
  EXPECT_TRUE(Parsed(words, kSentencePrediction).options.ignored().empty());
}

}  // namespace
}  // namespace rotor
