// The options of rotor-score, named as sacreBLEU's where it has them.
#pragma once

#include <memory>

#include "base/command_line.h"
#include "score/bleu.h"
#include "score/chrf.h"
#include "score/significance.h"
#include "score/ter.h"

namespace rotor {

struct ScoreOptions {
  std::vector<std::string> reference;
  std::vector<std::string> hypothesis = {"-"};  ///< one system each; the first is the baseline of paired tests
  std::vector<std::string> metrics = {"bleu"};
  bool sentence_level = false;

  BleuOptions bleu;
  double smooth_value = 0;  ///< 0: the method's own
  bool compound_split_bleu = false;
  std::string target_lang = "de";
  std::string language_pair;  ///< "en-de"; empty: not given
  ChrfOptions chrf;
  TerOptions ter;

  bool confidence = false;
  int64_t confidence_n = 1000;
  bool paired_bs = false, paired_ar = false;
  int64_t paired_bs_n = 1000, paired_ar_n = 10000;
  int64_t seed = static_cast<int64_t>(kResamplingSeed);

  std::string format = "text";
  int64_t width = 2;
  bool score_only = false;
  bool quiet = false;  ///< log nothing
  bool force = false;  ///< do not warn of texts that look tokenised

  void describe(Options& options);

  /// Sets what was read; without --tokenize, the tokeniser that sacreBLEU takes for --language-pair, and without --seed
  /// the seed that its variable SACREBLEU_SEED says. A UsageError names what of these cannot be read.
  void apply(CommandLine& options);

  /// Impossible values and combinations are a UsageError.
  void check() const;
  bool paired() const { return paired_bs || paired_ar; }

  /// The metrics asked for, in the order BLEU, compound-split BLEU, chrF, chrF++, TER. An unknown name is a UsageError.
  std::vector<std::unique_ptr<Metric>> make_metrics() const;

 private:
  void describe_bleu(Options& options);
  void describe_compounds(Options& options);
  void describe_chrf(Options& options);
  void describe_ter(Options& options);
  void describe_significance(Options& options);
  /// Whether --metrics names it.
  bool scores(const char* metric) const;
};

}  // namespace rotor
