#include "compare/lenpen_sweep.h"

#include <fmt/ostream.h>

#include <cmath>
#include <cstdio>
#include <numeric>

#include "base/check.h"
#include "base/files.h"
#include "score/bleu.h"
#include "search/generate.h"

namespace rotor {
namespace {

/// A hypothesis and what BLEU counts of it.
struct Choice {
  double log_probability = 0;
  double coverage = 0;
  int64_t length = 0;
  std::vector<double> statistics;
};

std::vector<std::string> read_lines(const std::string& path) {
  LineReader reader(path);
  std::vector<std::string> lines;
  for (std::string line; reader.next(line);) lines.push_back(line);
  return lines;
}

/// The lists of a search, a sentence each.
std::vector<std::vector<Choice>> search_lists(GenerateOptions options, const std::vector<std::string>& references,
                                              const Bleu& bleu) {
  options.search.nbest = options.search.beam;
  std::vector<std::vector<Choice>> lists;
  generate(options, [&](std::ostream&, const Request& request, std::span<const Hypothesis> hypotheses,
                        const Vocabularies& vocabularies) {
    ROTOR_CHECK(!request.source.empty(), "--sweep-lenpen is for translation, and {} is a language model",
                options.model);
    ROTOR_CHECK(lists.size() < references.size(),
                "expected a line in the reference for each of the input, got {} lines", references.size());
    const std::string_view reference = references[lists.size()];
    std::vector<Choice>& list = lists.emplace_back();
    for (const Hypothesis& h : hypotheses) {
      const double sum = std::accumulate(h.token_scores.begin(), h.token_scores.end(), 0.0);
      list.push_back({sum, h.coverage, std::ssize(h.tokens), std::vector<double>(bleu.width())});
      bleu.count(vocabularies.target.decode(h.tokens, h.unknown), {&reference, 1}, list.back().statistics);
    }
  });
  ROTOR_CHECK(lists.size() == references.size(), "expected {} lines of input, as in the reference, got {}",
              references.size(), lists.size());
  return lists;
}

double bleu_with(const LengthPenalty& penalty, const std::vector<std::vector<Choice>>& lists, const Bleu& bleu) {
  std::vector<double> sums(bleu.width());
  for (const std::vector<Choice>& list : lists) {
    const auto score = [&](const Choice& c) { return c.log_probability / penalty(c.length) + c.coverage; };
    const auto best = std::max_element(list.begin(), list.end(),
                                       [&](const Choice& a, const Choice& b) { return score(a) < score(b); });
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += best->statistics[i];
  }
  return bleu.score(sums);
}

}  // namespace

void LenpenSweepOptions::describe(Options& options) {
  options.group("Length penalty");
  options.add("sweep-lenpen", range,
              "FIRST:LAST:STEP: print BLEU for each --lenpen of this range instead of translations; the values are "
              "approximate, because the lists of one search are ranked again");
  options.add("sweep-reference", reference, "reference translations for --sweep-lenpen")
      .only("with --sweep-lenpen", [this] { return !range.empty(); });
  for (const char* name : {"nbest", "fairseq-format", "replace-unk"}) {
    options.option(name).only("without --sweep-lenpen", [this] { return range.empty(); });
  }
}

std::vector<double> lenpen_range(const std::string& range) {
  double first = 0, last = 0, step = 0;
  char more = 0;
  const int read = std::sscanf(range.c_str(), "%lf:%lf:%lf%c", &first, &last, &step, &more);
  const double steps = (last - first) / step;
  if (read != 3 || !(step > 0) || !std::isfinite(step) || !(first <= last) || !(steps <= 1e6)) {
    throw UsageError(fmt::format("expected --sweep-lenpen FIRST:LAST:STEP, such as 0:2:0.1, got {}", range));
  }
  std::vector<double> exponents;
  for (int64_t i = 0; static_cast<double>(i) <= steps + 1e-3; ++i) {
    exponents.push_back(first + static_cast<double>(i) * step);
  }
  return exponents;
}

void sweep_lenpen(const LenpenSweepOptions& sweep, GenerateOptions options, std::ostream& out) {
  const std::vector<double> exponents = lenpen_range(sweep.range);
  if (sweep.reference.empty()) throw UsageError("expected --sweep-reference FILE with --sweep-lenpen");
  if (!options.score_reference.empty()) throw UsageError("expected --sweep-lenpen or --score-reference, not both");
  if (options.print_alignment) throw UsageError("expected --sweep-lenpen or --print-alignment, not both");
  if (options.split_sentences) throw UsageError("expected --sweep-lenpen or --split-sentences, not both");
  if (options.search.sampling) throw UsageError("expected --sweep-lenpen or --sampling, not both");
  if (options.output != "-") throw UsageError("--sweep-lenpen prints a table to standard output: leave out --output");
  const Bleu bleu;
  const auto lists = search_lists(options, read_lines(sweep.reference), bleu);
  double best = exponents[0], best_score = -1;
  for (double exponent : exponents) {
    const double score = bleu_with({options.search.lenpen_kind, exponent}, lists, bleu);
    fmt::print(out, "{:g}\t{:.2f}\n", exponent, score);
    if (score > best_score) {
      best = exponent;
      best_score = score;
    }
  }
  fmt::print(out, "best: --lenpen {:g}, BLEU {:.2f}\n", best, best_score);
}

}  // namespace rotor
