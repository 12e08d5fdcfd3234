#include "compare/score_report.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/check.h"
#include "base/command_line.h"
#include "base/scratch.h"
#include "compare/scored_systems.h"
#include "compare/test_sets.h"
#include "page/p_values.h"
#include "score/significance.h"

namespace rotor {
namespace {

/// Thirty sentences of one to six words; the first system gets all of them right, the second drops the last word of
/// long ones and gets line 8 wrong.
class ScoreReport : public testing::Test {
 protected:
  ScoreReport() {
    texts_.references.resize(1);
    texts_.systems.resize(2);
    std::ofstream source(folder_ / "source");
    for (int i = 0; i < 30; ++i) {
      std::string text = "wort" + std::to_string(i);
      for (int w = 0; w < i % 6; ++w) text += " und" + std::to_string(w);
      source << text << '\n';
      texts_.references[0].push_back(text);
      texts_.systems[0].push_back(text);
      texts_.systems[1].push_back(i == 7 ? "wort7 <gar> nicht" : i % 6 > 3 ? text.substr(0, text.rfind(' ')) : text);
    }
    score_.reference = {"reference"};
    score_.hypothesis = {"one.de", "two.de"};
    score_.paired_bs_n = 50;
    score_.width = 1;
    options_.source = folder_ / "source";
    options_.length_buckets = "2,4";
  }

  ScratchFolder folder_;
  Texts texts_;
  ScoreOptions score_;
  ScoreReportOptions options_;
};

TEST_F(ScoreReport, GivesEachBucketItsOwnScore) {
  const ScoredSystems scored = score_systems(score_, texts_);
  const auto buckets = bucket_sentences(texts_.references, {2, 4});
  ASSERT_EQ(buckets.size(), 3u);
  for (const auto& bucket : buckets) {
    EXPECT_EQ(bucket.count, 10u);
    Segments hypotheses, references;
    for (size_t i : bucket.sentences[0]) {
      hypotheses.push_back(texts_.systems[1][i]);
      references.push_back(texts_.references[0][i]);
    }
    const std::vector<Segments> sets = {references};
    EXPECT_DOUBLE_EQ(score_of(*scored.bleu, scored.systems[1].bleu, bucket.sentences[0]),
                     corpus_bleu(hypotheses, sets).score);
    EXPECT_DOUBLE_EQ(score_of(*scored.chrf, scored.systems[1].chrf, bucket.sentences[0]),
                     corpus_chrf(hypotheses, sets));
  }
  EXPECT_DOUBLE_EQ(buckets[2].mean_words, 5.5);
}

TEST_F(ScoreReport, ListsTheWorstWithTheirDifferencesInBrackets) {
  options_.worst = 1;
  const std::string text = score_report(options_, score_, texts_);
  EXPECT_TRUE(says(text, "words", "BLEU one.de", "chrF2 two.de", "up to 2", "over 4",
                   "Worst sentences of two.de, by chrF\nLine 8\n  source: wort7 und0\n  reference: wort7 [und0]\n"
                   "  two.de chrF "));
  EXPECT_TRUE(says(text, ": wort7 [<gar> nicht]\n"));
}

TEST_F(ScoreReport, PutsSystemsSideBySideOnAPage) {
  options_.report = folder_ / "page";
  options_.worst = 2;
  EXPECT_NE(score_report(options_, score_, texts_), "");
  const std::string html = text_of(folder_ / "page" / "report.html");
  EXPECT_TRUE(says(html, "Systems side by side", "<svg", "bleu_by_length", "chrf_by_length", "Where two.de gains most",
                   "<p>None.</p>", "Where one.de gains most on two.de", "<p class=\"caption\">Line 8</p>",
                   "wort7 <mark>&lt;gar&gt; nicht</mark>", "Worst sentences of one.de"));
  EXPECT_TRUE(says(text_of(folder_ / "page" / "report.md"), "wort7 **\\<gar> nicht**"));
  EXPECT_TRUE(says(text_of(folder_ / "page" / "scores_by_length.csv"), "words,sentences,BLEU one.de", "3-4,10,100.0,"));
}

TEST_F(ScoreReport, ShowsThePValuesOfTheTestThatIsAskedFor) {
  options_.report = folder_ / "page";
  score_.paired_ar = true;
  score_report(options_, score_, texts_);
  const std::string page = text_of(folder_ / "page" / "report.md");
  const ScoredSystems scored = score_systems(score_, texts_);
  const double p = paired_randomization(*scored.bleu, scored.systems[0].bleu, scored.systems[1].bleu);
  PColumn column(score_.paired_ar_n);
  column.add(p);
  EXPECT_TRUE(says(page, "by paired approximate randomisation.", "| " + column.text(0) + " |")) << page;
}

TEST_F(ScoreReport, SaysNothingUnlessAsked) {
  EXPECT_EQ(score_report({}, score_, texts_), "");
  EXPECT_NO_THROW(ScoreReportOptions().check(score_));
}

TEST(ScoreReportOptions, GiveTheOptionsOfScoresAnEffect) {
  const auto ignored = [](std::vector<const char*> words) {
    ScoreOptions score;
    ScoreReportOptions report;
    CommandLine line("rotor-score", "", "");
    score.describe(line);
    report.describe(line);
    words.insert(words.begin(), {"rotor-score", "r", "-i", "a"});
    line.read(static_cast<int>(words.size()), words.data());
    score.apply(line);
    std::string sentences;
    for (const std::string& sentence : line.ignored()) sentences += sentence + '\n';
    return sentences;
  };
  const std::vector<const char*> of_test = {"b", "--seed", "7", "--paired-bs-n", "50"};
  const auto with = [](std::vector<const char*> words, std::vector<const char*> more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  EXPECT_TRUE(says(ignored(of_test), "--seed 7 has no effect", "--paired-bs-n 50 has no effect",
                   "only with --paired-bs, or with --report and several systems"));
  EXPECT_EQ(ignored(with(of_test, {"--report", "page"})), "");
  EXPECT_TRUE(says(ignored(with(of_test, {"--worst", "3"})), "--seed 7", "--paired-bs-n 50")) << "no p-values";
  EXPECT_TRUE(says(ignored({"--seed", "7", "--report", "page"}), "--seed 7")) << "one system";
  EXPECT_TRUE(says(ignored(with(of_test, {"--report", "page", "--paired-ar"})), "--paired-bs-n 50"));
  const std::vector<const char*> of_scores = {"-m", "ter", "--tokenize", "char", "--chrf-word-order", "2", "-lc"};
  EXPECT_TRUE(says(ignored(of_scores), "--tokenize char", "--chrf-word-order 2", "--lowercase"));
  for (const auto& [option, value] : {std::pair{"--report", "page"}, {"--worst", "3"}, {"--source", "file"}}) {
    EXPECT_EQ(ignored(with(of_scores, {option, value})), "") << option;
  }
  EXPECT_TRUE(says(ignored({"--ter-no-punct", "--report", "page"}), "--ter-no-punct")) << "TER is not on the page";
}

TEST_F(ScoreReport, RefusesWhatDoesNotFit) {
  texts_.references[0].pop_back();
  EXPECT_THROW(score_report(options_, score_, texts_), Error);
  score_.format = "json";
  EXPECT_THROW(options_.check(score_), UsageError);
  score_.format = "text";
  options_.check(score_);
  options_.worst = -1;
  EXPECT_THROW(options_.check(score_), UsageError);
  options_.worst = 0;
  options_.length_buckets = "5,3";
  EXPECT_TRUE(says(message_of<UsageError>([&] { options_.check({}); }), "from short to long, got 5,3"));
  options_.length_buckets = "4,x";
  EXPECT_THROW(options_.check(score_), UsageError);
}

}  // namespace
}  // namespace rotor
