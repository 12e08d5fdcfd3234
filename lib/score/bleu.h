// Corpus BLEU (Papineni et al. 2002) as sacreBLEU 2 computes it by default: words of the tokeniser 13a, mixed case,
// n-grams up to four, no effective order, exponential smoothing as in mteval-v13a.pl:
//   BLEU = BP · exp(1/4 Σ_n log p_n),   BP = min(1, exp(1 − reference length / hypothesis length)),
//   p_n = 100 · matched / counted n-grams, or 100 / (2^k · counted) for the k-th order without a match.
// The counts of segments simply add up, so the score of any subset or resample of a corpus comes from its segments'.
#pragma once

#include <array>
#include <cstdint>

#include "score/metric.h"

namespace rotor {

constexpr size_t kBleuOrder = 4;

/// What BLEU needs to know of a segment or of a corpus. Index n − 1 is for n-grams.
struct BleuCounts {
  std::array<int64_t, kBleuOrder> correct{};  ///< hypothesis n-grams found in a reference, clipped to their count there
  std::array<int64_t, kBleuOrder> total{};    ///< hypothesis n-grams
  int64_t hypothesis_length = 0;              ///< words
  int64_t reference_length = 0;               ///< words of the reference nearest in length, the shorter if two are

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

BleuScore compute_bleu(const BleuCounts& counts);

/// The counts of one hypothesis against its references (at least one), all detokenised UTF-8.
BleuCounts count_bleu(std::string_view hypothesis, std::span<const std::string_view> references);

/// Its statistics are the lengths of hypothesis and reference, then BleuCounts::correct and ::total.
class Bleu : public Metric {
 public:
  size_t width() const override { return 2 + 2 * kBleuOrder; }
  void count(std::string_view hypothesis, std::span<const std::string_view> references,
             std::span<double> statistics) const override;
  double score(std::span<const double> sums) const override { return details(sums).score; }
  BleuScore details(std::span<const double> sums) const;
};

/// BLEU of hypotheses against one or more sets of references, each with a line a hypothesis (else an Error).
BleuScore corpus_bleu(std::span<const std::string> hypotheses, std::span<const Segments> references);

}  // namespace rotor
