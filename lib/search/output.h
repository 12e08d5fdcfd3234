// How translations are printed: plain lines, n-best lists, or fairseq's tagged lines.
#pragma once

#include <functional>
#include <ostream>
#include <span>
#include <string>

#include "search/beam.h"
#include "search/requests.h"

namespace rotor {

/// Prints a request's hypotheses, the best first; none if the line was blank.
using PrintHypotheses = std::function<void(std::ostream& out, const Request& request,
                                           std::span<const Hypothesis> hypotheses, const Vocabularies& vocabularies)>;

/// The text of a hypothesis, on one line.
std::string translation(const Hypothesis& hypothesis, const Vocabularies& vocabularies);

/// The best translation on a line; a tab and its alignment, if it has one.
void print_plain(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                 const Vocabularies& vocabularies);

/// A line a hypothesis: the source line's number from 0, the score (natural logarithm), the translation, the alignment
/// if it has one, with tabs.
void print_nbest(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                 const Vocabularies& vocabularies);

/// fairseq-generate's lines, scores in base 2:  S-<n> source | T-<n> reference, if there is one | for each hypothesis:
/// H-<n> score, pieces | D-<n> score, text | P-<n> score of each token, </s> included | A-<n>
/// alignment, if it has one.
void print_fairseq(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                   const Vocabularies& vocabularies);

}  // namespace rotor
