// chrF (Popović 2015) and chrF++ (Popović 2017) as sacreBLEU 2 computes them. Precision P_n and recall R_n of character
// n-grams (white space removed) and, in chrF++, of word n-grams are averaged over the orders n that both texts have:
//   chrF_β = 100 · (1 + β²) P R / (β² P + R)
// With several references, a segment is scored against the one that gives the best score.
#pragma once

#include "score/metric.h"

namespace rotor {

struct ChrfOptions {
  int64_t char_order = 6;
  int64_t word_order = 0;  ///< 2: chrF++
  int64_t beta = 2;        ///< how much more recall weighs than precision
  bool lowercase = false;
  bool whitespace = false;     ///< count white space among the characters
  bool eps_smoothing = false;  ///< average F-scores over all orders, as Moses, NLTK and chrF++.py do
};

/// The metric chrF. Its statistics are, for each order, first of characters and then of words: the number of n-grams of
/// the hypothesis, of the reference, and of matches.
class Chrf : public Metric {
 public:
  explicit Chrf(ChrfOptions options = {});

  std::string name() const override;
  Signature signature() const override;
  size_t width() const override { return 3 * orders_; }
  void count(std::string_view hypothesis, std::span<const std::string_view> references,
             std::span<double> statistics) const override;
  double score(std::span<const double> sums) const override;

 private:
  ChrfOptions options_;
  size_t orders_;
};

/// chrF of hypotheses against one or more sets of references, each with one line for each hypothesis (else an Error).
double corpus_chrf(std::span<const std::string> hypotheses, std::span<const Segments> references,
                   const ChrfOptions& options = {});

}  // namespace rotor
