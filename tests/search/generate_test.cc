#include "search/generate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/check.h"
#include "base/scratch.h"
#include "search/marked_model.h"
#include "search/tiny_language_model.h"

namespace rotor {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// A language model that continues lines.
class Continuation : public testing::Test {
 protected:
  Continuation() {
    write_language_model(folder_ / "lm");
    options_.model = folder_ / "lm";
    options_.output = folder_ / "out";
    options_.compute.threads = 1;
    options_.search.max_len_b = 6;
    give({"kagu tate", "", "gaka", "kagu tate gaka nubipi", "tate tate  gaka kagu ", "kagu"});
  }

  void give(const std::vector<std::string>& lines) {
    prompts_ = lines;
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    options_.input = folder_.file("in", text);
  }

  std::vector<std::string> generated() {
    generate(options_);
    return lines_of(text_of(folder_ / "out"));
  }

  std::string refusal() {
    return message_of<Error>([&] { generate(options_); });
  }

  ScratchFolder folder_;
  GenerateOptions options_;
  std::vector<std::string> prompts_;
};

TEST_F(Continuation, FollowsEachPromptOnItsLine) {
  const auto whole = generated();
  ASSERT_EQ(whole.size(), prompts_.size());
  options_.continuation_only = true;
  const auto rest = generated();
  ASSERT_EQ(rest.size(), prompts_.size());
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string prompt = prompts_[i];
    if (rest[i].starts_with(' ') && prompt.ends_with(' ')) prompt.pop_back();
    EXPECT_EQ(whole[i], prompt + rest[i]);
    EXPECT_FALSE(rest[i].empty());  // --min-len counts what follows the prompt
  }
}

TEST_F(Continuation, DoesNotDependOnBatchesAndWorkers) {
  std::vector<std::string> prompts;
  for (int i = 0; i < 40; ++i) {
    std::string& prompt = prompts.emplace_back();
    for (int j = 0; j < i % 9; ++j) prompt += (j > 0 ? " " : "") + std::string((i + j) % 3 ? "kagu" : "nubipi");
  }
  give(prompts);
  options_.fairseq_format = true;  // whose scores show every bit
  for (const bool sampling : {false, true}) {
    options_.search.sampling = sampling;
    options_.search.sampling_topp = sampling ? 0.9 : 1;
    options_.batch_size = 1;
    const auto one_by_one = generated();
    options_.batch_size = 7;
    EXPECT_EQ(generated(), one_by_one);
    options_.batch_size = 0;
    options_.workers = 3;
    EXPECT_EQ(generated(), one_by_one);
    options_.workers = 0;
  }
  const auto first = generated();
  options_.search.seed = 2;
  EXPECT_NE(generated(), first);
}

TEST_F(Continuation, HasListsAndFairseqsLines) {
  options_.search.nbest = 2;
  const auto list = generated();
  ASSERT_EQ(list.size(), 2 * prompts_.size());
  EXPECT_TRUE(list[0].starts_with("0\t-"));
  EXPECT_NE(list[1].find("\tkagu tate"), std::string::npos);
  options_.search.nbest = 1;
  options_.fairseq_format = true;
  const auto tagged = generated();
  ASSERT_EQ(tagged.size(), 4 * prompts_.size());
  EXPECT_EQ(tagged[0], "S-0\tkagu tate");
  EXPECT_TRUE(tagged[2].starts_with("D-0\t-"));
  EXPECT_NE(tagged[2].find("\tkagu tate"), std::string::npos);
}

TEST_F(Continuation, OfAnEnsembleWithItselfIsThatOfTheModel) {
  const auto alone = generated();
  options_.model += ":" + options_.model;
  EXPECT_EQ(generated(), alone);
  options_.model = (folder_ / "lm").string() + ":" + fairseq_model_path().string();
  EXPECT_TRUE(says(refusal(), "task language_modeling", "task translation"));
}

TEST_F(Continuation, StaysWithinThePositionsOfTheModel) {
  write_language_model(folder_ / "learned", "learned");
  options_.model = folder_ / "learned";
  options_.search.max_len_b = 1000;
  options_.search.min_len = 1000;
  std::string longest;
  for (int i = 0; i < 60; ++i) longest += "kagu ";
  give({longest, "kagu"});
  options_.fairseq_format = true;
  const auto tagged = generated();
  const auto scores = [&](size_t line) { return 1 + std::count(tagged.at(line).begin(), tagged.at(line).end(), ' '); };
  EXPECT_EQ(scores(3), 2);  // the end of the longest prompt leaves room for a token and </s>
  const auto prompt =
      std::ssize(Vocabulary::from_bytes(read_vocabulary(SafeTensors(options_.model)).target).encode("kagu"));
  EXPECT_EQ(prompt + scores(7), 40);
  options_.long_sentences = "refuse";
  EXPECT_TRUE(says(refusal(), "line 1", "at most 38 tokens of a prompt", "where the model's positions end"));
}

TEST_F(Continuation, RefusesWhatNeedsASource) {
  const auto refuses = [&](const char* option, auto set) {
    const GenerateOptions before = options_;
    set(options_);
    EXPECT_TRUE(says(refusal(), option, "is a language model", "leave it out")) << option;
    options_ = before;
  };
  const std::string file = folder_.file("file", "a\n");
  refuses("--print-alignment", [](auto& o) { o.print_alignment = true; });
  refuses("--replace-unk", [](auto& o) { o.replace_unk = true; });
  refuses("--attention-output", [&](auto& o) { o.attention_output = file; });
  refuses("--coverage-penalty", [](auto& o) { o.search.coverage_penalty = 1; });
  refuses("--prefix-file", [&](auto& o) { o.prefix_file = file; });
  refuses("--score-reference", [&](auto& o) { o.score_reference = file; });
  refuses("--split-sentences", [](auto& o) { o.split_sentences = true; });
  refuses("--corpus", [](auto& o) {
    o.corpus = "corpus";
    o.input = "-";
  });
  options_.model = fairseq_model_path();
  options_.continuation_only = true;
  EXPECT_TRUE(says(refusal(), "--continuation-only is for language models"));
}

TEST(ScoresOfReferences, LeaveOutTheTokenOfTheLanguage) {
  const ScratchFolder folder;
  write_marked_model(folder / "marked");
  GenerateOptions options;
  options.model = folder / "marked";
  options.source_lang = "en";
  options.target_lang = "de";
  options.input = folder.file("in", "kagu tate\n");
  options.score_reference = folder.file("reference", "kase loko\n");
  options.token_scores = true;
  options.output = folder / "out";
  options.stats = folder / "stats";
  options.compute.threads = 1;
  generate(options);
  const int64_t tokens = std::ssize(knowing({"de", "en"}).target.encode("kase loko")) + 1;  // with </s>
  std::istringstream line(text_of(folder / "out"));
  double sum = 0, rest = 0;
  int64_t count = 0, scores = 0;
  line >> sum >> count;
  EXPECT_EQ(count, tokens);
  for (double score = 0; line >> score; ++scores) rest += score;
  EXPECT_EQ(scores, tokens);
  EXPECT_NEAR(sum, rest, 1e-3);
  const auto stats = nlohmann::json::parse(text_of(folder / "stats"));
  EXPECT_EQ(stats["perplexity_by_position"].size(), tokens);
  EXPECT_NEAR(stats["perplexity"].get<double>(), std::exp(-sum / static_cast<double>(tokens)), 1e-3);
}

}  // namespace
}  // namespace rotor
