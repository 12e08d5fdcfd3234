#include "search/generate_options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// The error of the options of a model after a change.
template <typename Change>
std::string refusal(Change change) {
  GenerateOptions options;
  options.model = "m";
  change(options);
  return message_of<UsageError>([&] { options.check(); });
}

TEST(GenerateOptions, RefuseValuesThatAreNone) {
  EXPECT_EQ(refusal([](auto&) {}), "(nothing thrown)");
  EXPECT_TRUE(says(refusal([](auto& o) { o.batch_size = -1; }), "--batch-size"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.buffer_size = 0; }), "--buffer-size"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.workers = 5000; }), "--workers", "4096"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.long_sentences = "cut"; }), "--long-sentences", "truncate, refuse"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.search.nbest = 9; }), "--nbest")) << "those of the search are checked too";
}

TEST(GenerateOptions, RefuseOutputsThatWouldReplaceWhatIsRead) {
  const ScratchFolder folder;
  const std::string text = folder.file("text", "a\n"), model = folder.file("model", "");
  std::filesystem::create_symlink(text, folder / "link");
  EXPECT_TRUE(says(refusal([&](auto& o) { o.input = text, o.output = folder / "link"; }), "--output", "another name"));
  EXPECT_TRUE(says(refusal([&](auto& o) { o.model = "m:" + model, o.stats = model; }), "--stats", "another name"));
  EXPECT_TRUE(says(refusal([&](auto& o) { o.configs = {text}, o.stats = text; }), "--stats", "another name"));
  folder.file("test.safetensors", "");
  folder.file("vocabulary.model", "");
  for (const char* name : {"test.safetensors", "vocabulary.model"}) {
    EXPECT_TRUE(says(refusal([&](auto& o) { o.corpus = folder.path(), o.output = folder / name; }), "--output", name));
  }
  EXPECT_TRUE(says(refusal([&](auto& o) { o.output = "new", o.stats = "new"; }), "--stats new", "another name"));
  EXPECT_EQ(refusal([&](auto& o) { o.input = text, o.output = folder / "other"; }), "(nothing thrown)");
}

TEST(GenerateOptions, RefuseWhatDoesNotGoTogether) {
  EXPECT_TRUE(says(refusal([](auto& o) { o.token_scores = true; }), "--token-scores is for --score-reference"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.unk_dictionary = "d"; }), "--unk-dictionary is for --replace-unk"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.corpus = "c", o.input = "text"; }), "--corpus takes the place of text"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.corpus = "c", o.replace_unk = true; }), "--replace-unk needs the words"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.sentence_language = "de"; }), "is for --split-sentences"));
  const auto scoring = [](auto change) {
    return refusal([&](auto& o) {
      o.score_reference = "r";
      change(o);
    });
  };
  EXPECT_EQ(scoring([](auto& o) { o.token_scores = true; }), "(nothing thrown)");
  EXPECT_TRUE(says(scoring([](auto& o) { o.search.nbest = 2; }), "--score-reference prints scores", "--nbest"));
  EXPECT_TRUE(says(scoring([](auto& o) { o.print_alignment = true; }), "--score-reference translates nothing"));
  EXPECT_TRUE(
      says(refusal([](auto& o) { o.constraints = "p", o.search.sampling = true; }), "--constraints or --sampling"));
  EXPECT_TRUE(says(refusal([](auto& o) { o.constraints = "p", o.search.diverse_beam_groups = 5; }),
                   "--constraints or --diverse-beam-groups"));
  const auto splitting = [](auto change) {
    return refusal([&](auto& o) {
      o.split_sentences = true;
      change(o);
    });
  };
  EXPECT_EQ(splitting([](auto& o) { o.sentence_language = "de"; }), "(nothing thrown)");
  EXPECT_TRUE(says(splitting([](auto& o) { o.search.nbest = 2; }), "--split-sentences joins", "--nbest"));
  EXPECT_TRUE(says(splitting([](auto& o) { o.attention_output = "a"; }), "--split-sentences translates parts"));
  EXPECT_TRUE(says(splitting([](auto& o) { o.prefix_file = "p"; }), "--split-sentences takes plain text"));
}

TEST(GenerateOptions, RefuseWhatTheTaskOfTheModelHasNoUseFor) {
  const auto told = [](bool continues, auto change) {
    GenerateOptions options;
    options.model = "m";
    change(options);
    return message_of<UsageError>([&] { options.check_task(continues); });
  };
  EXPECT_TRUE(says(told(false, [](auto& o) { o.continuation_only = true; }), "--continuation-only", "m translates"));
  EXPECT_EQ(told(true, [](auto& o) { o.continuation_only = true; }), "(nothing thrown)");
  for (const auto& [name, change] : std::vector<std::pair<const char*, void (*)(GenerateOptions&)>>{
           {"--task translation", [](GenerateOptions& o) { o.asks_to_translate = true; }},
           {"--corpus", [](GenerateOptions& o) { o.corpus = "c"; }},
           {"--score-reference", [](GenerateOptions& o) { o.score_reference = "r"; }},
           {"--prefix-file", [](GenerateOptions& o) { o.prefix_file = "p"; }},
           {"--split-sentences", [](GenerateOptions& o) { o.split_sentences = true; }},
           {"--print-alignment", [](GenerateOptions& o) { o.print_alignment = true; }},
           {"--replace-unk", [](GenerateOptions& o) { o.replace_unk = true; }},
           {"--attention-output", [](GenerateOptions& o) { o.attention_output = "a"; }},
           {"--coverage-penalty", [](GenerateOptions& o) { o.search.coverage_penalty = 1; }}}) {
    EXPECT_TRUE(says(told(true, change), name, "is for translation", "m is a language model"));
    EXPECT_EQ(told(false, change), "(nothing thrown)") << name;
  }
}

TEST(GenerateOptions, LimitBatchesBySentencesUnlessTokensAreAskedFor) {
  GenerateOptions options;
  EXPECT_EQ(options.limits().sentences, 64);
  options.max_tokens = 700;
  EXPECT_EQ(options.limits().tokens, 700);
  EXPECT_NE(options.limits().sentences, 64);
  options.batch_size = 5;
  EXPECT_EQ(options.limits().sentences, 5);
  EXPECT_EQ(options.limits().tokens, 700);
}

TEST(GenerateOptions, KnowWhichNeedAttention) {
  GenerateOptions options;
  EXPECT_FALSE(options.needs_attention());
  options.replace_unk = true;
  EXPECT_TRUE(options.needs_attention());
  options = {};
  options.attention_output = "a";
  EXPECT_TRUE(options.needs_attention());
}

}  // namespace
}  // namespace rotor
