// BLEU (Papineni et al. 2002) as sacreBLEU 2 computes it, n-grams up to four:
//   BLEU = BP · exp(1/4 Σ_n log p_n),   BP = min(1, exp(1 − reference length / hypothesis length)),
//   p_n = 100 · matched / counted n-grams, or by exponential smoothing (mteval-v13a.pl's) 100 / (2^k · counted) for the
//   k-th order without a match. Smoothing "floor" counts a fixed value there, "add-k" adds it to matched and counted of
//   all orders but the first (Chen and Cherry 2014).
// The counts of a corpus are the sums of the counts of its segments, so the score of any subset or resample of a corpus
// is computed from these.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "score/clipped_matches.h"
#include "score/metric.h"
#include "score/tokenizers.h"

namespace rotor {

struct BleuOptions {
  std::string tokenize = "13a";  ///< a name of tokenizers.h
  std::string spm_model{};       ///< the file of a SentencePiece model, for the tokeniser spm
  bool lowercase = false;
  std::string smooth_method = "exp";     ///< none, floor, add-k, exp
  std::optional<double> smooth_value{};  ///< value of floor and add-k; 0.1 and 1 by default
  bool effective_order = false;          ///< ignore orders that a short hypothesis lacks; for single sentences
  std::string compound_split{};          ///< one of moses_languages(), whose compound-split tokens replace `tokenize`
};

/// The counts from which BLEU is computed, of a segment or of a corpus. Index n − 1 holds the counts of n-grams.
struct BleuCounts {
  std::array<int64_t, kBleuOrder> correct{};  ///< hypothesis n-grams found in a reference, clipped to their count there
  std::array<int64_t, kBleuOrder> total{};    ///< hypothesis n-grams
  int64_t hypothesis_length = 0;              ///< words
  int64_t reference_length = 0;  ///< words of the reference nearest in length; the shorter of two that are equally near

  BleuCounts& operator+=(const BleuCounts& other);
  bool operator==(const BleuCounts&) const = default;
};

struct BleuScore {
  double score = 0;                             ///< 0 … 100
  std::array<double, kBleuOrder> precisions{};  ///< in per cent
  double brevity_penalty = 1;
  double ratio = 0;  ///< hypothesis length / reference length; 0 without a reference word
  int64_t hypothesis_length = 0, reference_length = 0;

  /// sacreBLEU's details: "69.7/45.6/32.3/23.3 (BP = 0.970 ratio = 0.970 hyp_len = 11764 ref_len = 12103)".
  std::string verbose() const;
};

BleuScore compute_bleu(const BleuCounts& counts, const BleuOptions& options = {});

/// The metric BLEU. Its statistics are the lengths of hypothesis and reference, then BleuCounts's correct and total.
class Bleu : public Metric {
 public:
  /// An unknown tokeniser or smoothing, or a missing model, is an Error.
  explicit Bleu(BleuOptions options = {});

  std::string name() const override;
  Signature signature() const override;
  size_t width() const override { return 2 + 2 * kBleuOrder; }
  BleuCounts counts(std::string_view hypothesis, std::span<const std::string_view> references) const;
  void count(std::string_view hypothesis, std::span<const std::string_view> references,
             std::span<double> statistics) const override;
  double score(std::span<const double> sums) const override { return details(sums).score; }
  std::string verbose(std::span<const double> sums) const override { return details(sums).verbose(); }
  BleuScore details(std::span<const double> sums) const;

 private:
  BleuOptions options_;
  Tokenizer tokenizer_;
  std::string tokenizer_signature_;
};

/// BLEU of hypotheses against one or more sets of references, each with one line for each hypothesis (else an Error).
BleuScore corpus_bleu(std::span<const std::string> hypotheses, std::span<const Segments> references,
                      const BleuOptions& options = {});

}  // namespace rotor
