#include "compare/lenpen_sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <sstream>

#include "base/check.h"
#include "base/command_line.h"
#include "base/scratch.h"
#include "score/bleu.h"
#include "search/fairseq.h"
#include "search/generate.h"

namespace rotor {
namespace {

TEST(LenpenRange, HoldsBothEnds) {
  const std::vector<double> range = lenpen_range("0:0.3:0.1");
  ASSERT_EQ(range.size(), 4);
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(range[i], 0.1 * static_cast<double>(i), 1e-12);
  EXPECT_EQ(lenpen_range("1:1:1"), std::vector<double>{1});
  EXPECT_EQ(lenpen_range("1e300:1e300:1"), std::vector<double>{1e300});
  for (const char* wrong : {"", "1", "0:2", "0:2:0", "2:0:0.1", "0:2:0.1x", "a:b:c", "0:1:inf", "0:inf:1", "inf:inf:1",
                            "nan:1:1", "0:1:nan"}) {
    EXPECT_THROW(lenpen_range(wrong), UsageError) << wrong;
  }
}

/// A hypothesis of a list: the sum of its tokens' log-probabilities, their number and its text.
struct Listed {
  double sum, length;
  std::string text;
};

class Sweep : public testing::Test {
 protected:
  Sweep() {
    std::string source, target;
    const nlohmann::json scores = fairseq_scores();
    for (const auto& pair : scores["pairs"]) {
      if (pair["target"].get<std::string>().empty()) continue;
      source += pair["source"].get<std::string>() + "\n";
      target += pair["target"].get<std::string>() + "\n";
      references_.push_back(pair["target"]);
    }
    options_.model = fairseq_model_path();
    options_.input = folder_.file("source", source);
    options_.compute.threads = 1;
    sweep_.reference = folder_.file("target", target);
  }

  double bleu_of(double lenpen) {
    GenerateOptions options = options_;
    options.search.lenpen = lenpen;
    options.output = folder_ / "out";
    generate(options);
    std::istringstream lines(text_of(folder_ / "out"));
    std::vector<std::string> hypotheses;
    for (std::string line; std::getline(lines, line);) hypotheses.push_back(line);
    return corpus_bleu(hypotheses, std::vector<Segments>{references_}).score;
  }

  /// The whole beam of each sentence.
  std::vector<std::vector<Listed>> lists() {
    GenerateOptions options = options_;
    options.search.nbest = options.search.beam;
    std::vector<std::vector<Listed>> all;
    generate(options, [&](std::ostream&, const Request&, std::span<const Hypothesis> hypotheses,
                          const Vocabularies& vocabularies) {
      all.emplace_back();
      for (const Hypothesis& h : hypotheses) {
        const double sum = std::accumulate(h.token_scores.begin(), h.token_scores.end(), 0.0);
        all.back().push_back({sum, static_cast<double>(h.tokens.size()), vocabularies.target.decode(h.tokens)});
      }
    });
    return all;
  }

  /// The BLEU of the hypotheses that have the highest score of their lists.
  double bleu_of_best(const std::vector<std::vector<Listed>>& lists,
                      const std::function<double(const Listed&)>& score) const {
    std::vector<std::string> best;
    for (const std::vector<Listed>& list : lists) best.push_back(std::ranges::max_element(list, {}, score)->text);
    return corpus_bleu(best, std::vector<Segments>{references_}).score;
  }

  ScratchFolder folder_;
  GenerateOptions options_;
  LenpenSweepOptions sweep_;
  Segments references_;
};

TEST_F(Sweep, PrintsTheBleuOfTheSearchItselfForItsOwnPenalty) {
  for (double lenpen : {0.0, 1.0, 3.0}) {
    sweep_.range = fmt::format("{0}:{0}:1", lenpen);
    options_.search.lenpen = lenpen;
    std::ostringstream out;
    sweep_lenpen(sweep_, options_, out);
    const double bleu = bleu_of(lenpen);
    EXPECT_GT(bleu, 1);
    EXPECT_EQ(out.str(), fmt::format("{0:g}\t{1:.2f}\nbest: --lenpen {0:g}, BLEU {1:.2f}\n", lenpen, bleu));
  }
}

TEST_F(Sweep, RanksTheListsOfOneSearchAgainForEachExponent) {
  using Penalty = std::function<double(double length, double exponent)>;
  const std::pair<const char*, Penalty> kinds[] = {
      {"power", [](double length, double exponent) { return std::pow(length, exponent); }},
      {"gnmt", [](double length, double exponent) { return std::pow((5 + length) / 6, exponent); }}};
  sweep_.range = "0:3:1";
  options_.search.lenpen = 1;
  for (const auto& [kind, penalty] : kinds) {
    options_.search.lenpen_kind = kind;
    const auto found = lists();
    std::string table;
    std::vector<double> bleus;
    for (const double exponent : {0, 1, 2, 3}) {
      const double bleu =
          bleu_of_best(found, [&, &penalty = penalty](const Listed& h) { return h.sum / penalty(h.length, exponent); });
      table += fmt::format("{:g}\t{:.2f}\n", exponent, bleu);
      bleus.push_back(bleu);
    }
    const auto best = std::ranges::max_element(bleus);
    EXPECT_GT(*best, std::ranges::min(bleus) + 0.1) << "these lists cannot tell exponents apart";
    std::ostringstream out;
    sweep_lenpen(sweep_, options_, out);
    EXPECT_EQ(out.str(), table + fmt::format("best: --lenpen {}, BLEU {:.2f}\n", best - bleus.begin(), *best)) << kind;
  }
}

TEST_F(Sweep, NamesWhatATableHasNot) {
  CommandLine line("rotor-generate", "", "");
  options_.describe(line);
  sweep_.describe(line);
  const std::vector<const char*> words = {"rotor-generate", "model", "--nbest", "3", "--replace-unk", "--lenpen", "2"};
  line.parse(static_cast<int>(words.size()), words.data());
  EXPECT_TRUE(line.ignored().empty());
  sweep_.range = "0:1:1";
  ASSERT_EQ(line.ignored().size(), 2);
  EXPECT_TRUE(says(line.ignored()[0], "--nbest 3 has no effect: it is read only without --sweep-lenpen"));
  EXPECT_TRUE(says(line.ignored()[1], "--replace-unk"));
}

TEST_F(Sweep, WantsALineOfReferenceForEachOfInput) {
  sweep_.range = "0:1:0.5";
  sweep_.reference = folder_.file("short", "one\ntwo\n");
  std::ostringstream out;
  EXPECT_THROW(sweep_lenpen(sweep_, options_, out), Error);
  options_.output = folder_ / "out";
  EXPECT_THROW(sweep_lenpen(sweep_, options_, out), UsageError) << "which would be emptied";
  sweep_.reference.clear();
  EXPECT_THROW(sweep_lenpen(sweep_, options_, out), UsageError);
}

}  // namespace
}  // namespace rotor
