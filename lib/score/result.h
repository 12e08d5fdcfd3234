// The score of one metric in its reported forms: sacreBLEU's text line "BLEU|nrefs:1|…|version:… = 38.16 69.7/45.6/…",
// or its JSON object. The signature says how the score was made, so that nobody has to guess; its version is Rotor's.
#pragma once

#include <optional>
#include <string>

#include "score/metric.h"
#include "score/significance.h"

namespace rotor {

struct Result {
  std::string name;                    ///< "BLEU"
  double score = 0;                    ///< 0 … 100
  std::string verbose;                 ///< details that follow the score on the text line
  Signature signature;                 ///< keys and values in order, version last
  std::optional<Interval> confidence;  ///< interval of the resamples
  std::string note = {};               ///< an explanation of a metric that is easily mistaken for another

  std::string number(int width) const;  ///< score and interval alone, rounded: "38 (μ = …)"
  std::string text(int width) const;    ///< sacreBLEU's line
  std::string json(int width) const;    ///< sacreBLEU's object, the score rounded to `width` decimals
};

/// The method, number and seed of resamples: "bs:1000", "seed:12345".
using Resampling = Signature;

/// A metric's result on statistics summed over segments that have `references` references each.
Result result_of(const Metric& metric, std::span<const double> sums, size_t references,
                 const Resampling& resampling = {});

/// The whole signature of a metric: nrefs, resampling, the metric's own keys, version.
Signature full_signature(const Metric& metric, size_t references, const Resampling& resampling = {});

/// Explains BLEU or BLEU-compound-split and which papers report it; empty for other metrics.
std::string explain_bleu(const std::string& metric);

/// The signature as text: "nrefs:1|case:mixed|…|version:rotor-0.1.0".
std::string signature_text(const Signature& signature);

/// Joins several results, one below another: into a JSON list, or into lines aligned at "=".
std::string join_json(const std::vector<Result>& results, int width);
std::string join_text(const std::vector<std::string>& lines);

}  // namespace rotor
