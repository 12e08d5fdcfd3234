// Scores of real text: the German test set of Multi30k in the folder $ROTOR_MULTI30K (test_2016_flickr.de, plain or
// .gz); skipped where that is not set. The hypotheses are its own lines with one word left out or two swapped, and the
// scores those of sacreBLEU 2.6.0, for compound-split BLEU of sacremoses 0.2.0's tokens.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/scratch.h"
#include "score/evaluate.h"
#include "text/whitespace.h"

namespace rotor {
namespace {

std::string damaged(const std::string& line, size_t number) {
  std::vector<std::string_view> words = split_words(line);
  if (number % 3 != 0) {
    if (words.size() > 1) words.erase(words.end() - 2);
  } else if (words.size() > 1) {
    std::swap(words[0], words[1]);
  }
  std::string text;
  for (std::string_view word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

TEST(RealText, ScoresAsSacrebleuAndSacremosesDo) {
  const char* folder = std::getenv("ROTOR_MULTI30K");
  if (folder == nullptr) GTEST_SKIP() << "set ROTOR_MULTI30K to the folder of test_2016_flickr.de or .de.gz";
  auto reference = std::filesystem::path(folder) / "test_2016_flickr.de";
  if (!std::filesystem::exists(reference)) reference += ".gz";
  const ScratchFolder scratch;
  std::string hypotheses;
  const Segments lines = read_segments(reference);
  ASSERT_EQ(lines.size(), 1000u);
  for (size_t i = 0; i < lines.size(); ++i) hypotheses += damaged(lines[i], i) + '\n';
  std::ofstream(scratch / "hypothesis") << hypotheses;

  ScoreOptions options;
  options.reference = {reference};
  options.hypothesis = {scratch / "hypothesis"};
  options.width = 4;
  const auto scores = [&options] {
    options.score_only = true;
    return evaluate(options);
  };
  options.metrics = {"bleu", "chrf", "ter"};
  options.compound_split_bleu = true;
  EXPECT_EQ(scores(), "80.3332\n80.5282\n89.2717\n9.1701");
  options.compound_split_bleu = false;
  options.metrics = {"chrf"};
  options.chrf.word_order = 2;
  EXPECT_EQ(scores(), "89.2637");
  options.metrics = {"bleu"};
  for (const auto& [tokenizer, score] :
       {std::pair("intl", "80.5381"), std::pair("char", "90.3943"), std::pair("zh", "80.3312")}) {
    options.bleu.tokenize = tokenizer;
    EXPECT_EQ(scores(), score) << tokenizer;
  }
}

}  // namespace
}  // namespace rotor
