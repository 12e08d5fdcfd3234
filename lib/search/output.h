// The output formats of translations and continued prompts: plain lines, n-best lists, or fairseq's tagged lines.
#pragma once

#include <functional>
#include <ostream>
#include <span>
#include <string>

#include "search/hypothesis.h"
#include "search/requests.h"

namespace rotor {

/// Prints a request's hypotheses, the best first. There is at least one: blank lines have blank_hypothesis().
using PrintHypotheses = std::function<void(std::ostream& out, const Request& request,
                                           std::span<const Hypothesis> hypotheses, const Vocabularies& vocabularies)>;

/// The hypothesis that stands for the translation of a blank line: only </s>, of id `eos`, with a score of 0, and an
/// empty alignment if alignments are printed.
Hypothesis blank_hypothesis(int32_t eos, bool aligned);

/// The text of a hypothesis, on one line.
std::string translation(const Hypothesis& hypothesis, const Vocabularies& vocabularies);

/// The text of a request's hypothesis, on one line: its translation(), or what continues the prompt after the request's
/// opening. Where a vocabulary spells the prompt otherwise once more tokens follow, both are spelt together.
std::string text_of(const Request& request, const Hypothesis& hypothesis, const Vocabularies& vocabularies);

/// Prints the text of the best hypothesis on a line, followed by a tab and its alignment if it has one.
void print_plain(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                 const Vocabularies& vocabularies);

/// Returns what prints the best translations of the sentences of a line, joined, when the last of them comes, and those
/// of other requests as print_plain() does.
PrintHypotheses join_sentences_of_lines();

/// Prints one line for each hypothesis: the source line's number from 0, the score (natural logarithm), the text, and
/// the alignment if it has one, separated by tabs.
void print_nbest(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                 const Vocabularies& vocabularies);

/// Prints fairseq-generate's lines, with scores in base 2:  S-<n> source | T-<n> reference, if there is one | for each
/// hypothesis: H-<n> score, pieces (of what continues a prompt) | D-<n> score, text | P-<n> score of each token, </s>
/// included | A-<n> alignment, if it has one.
void print_fairseq(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                   const Vocabularies& vocabularies);

}  // namespace rotor
