// TER, translation edit rate (Snover et al. 2006), as sacreBLEU 2 and Tercom compute it: the number of edits that turn
// the hypothesis into the reference, divided by the number of words of the reference. An edit is the insertion,
// deletion or substitution of a word, or the shift of a phrase. With several references, TER is the fewest edits to any
// of them over their mean length. Lower is better.
#pragma once

#include "score/metric.h"

namespace rotor {

struct TerOptions {
  bool normalized = false;      ///< unescape entities and set punctuation apart
  bool no_punct = false;        ///< remove punctuation
  bool asian_support = false;   ///< let `normalized` and `no_punct` treat Asian characters and punctuation too
  bool case_sensitive = false;  ///< if false, all letters are lower-cased
};

/// The words of a segment by Tercom's tokeniser, separated by single spaces.
std::string tokenize_ter(std::string_view segment, const TerOptions& options);

/// The metric TER. Its statistics are the number of edits and the mean length of the references in words.
class Ter : public Metric {
 public:
  explicit Ter(TerOptions options = {}) : options_(options) {}

  std::string name() const override { return "TER"; }
  Signature signature() const override;
  size_t width() const override { return 2; }
  void count(std::string_view hypothesis, std::span<const std::string_view> references,
             std::span<double> statistics) const override;
  double score(std::span<const double> sums) const override;

 private:
  TerOptions options_;
};

}  // namespace rotor
