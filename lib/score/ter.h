// TER, translation edit rate (Snover et al. 2006), as sacreBLEU 2 and Tercom compute it: insertions, deletions and
// substitutions of words, and shifts of phrases, each one edit, that turn the hypothesis into the reference, over the
// reference's words (the mean of several references, the fewest edits of any). Lower is better.
#pragma once

#include "score/metric.h"

namespace rotor {

struct TerOptions {
  bool normalized = false;      ///< unescape entities and set punctuation apart
  bool no_punct = false;        ///< remove punctuation
  bool asian_support = false;   ///< treat Asian characters and punctuation likewise
  bool case_sensitive = false;  ///< else all is lowered
};

/// The words of a segment as Tercom's tokeniser leaves them, between single spaces.
std::string tokenize_ter(std::string_view segment, const TerOptions& options);

/// Its statistics are the edits and the mean length of the references in words.
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
