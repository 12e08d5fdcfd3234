#include "search/output.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <numbers>
#include <vector>

#include "base/files.h"
#include "text/unicode.h"

namespace rotor {
namespace {

/// A text on one line of UTF-8: vocabularies with bytes can spell line ends, and parts of characters, which become
/// U+FFFD.
std::string one_line(std::string text) {
  if (!is_utf8(text)) text = to_utf8(code_points(text));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

/// The pieces of a hypothesis, </s> left out, with blanks between.
std::string pieces(const Vocabulary& vocabulary, const Hypothesis& hypothesis) {
  const auto [eos, unk] = std::pair(vocabulary.specials().eos, vocabulary.specials().unk);
  std::string line;
  size_t unknown = 0;
  for (int32_t id : hypothesis.tokens) {
    if (id == eos) continue;
    if (!line.empty()) line += ' ';
    line += id == unk && unknown < hypothesis.unknown.size() ? hypothesis.unknown[unknown++] : vocabulary.piece(id);
  }
  return line;
}

/// One more column for the alignment, if there is one.
std::string alignment_column(const Hypothesis& hypothesis) {
  return hypothesis.alignment ? "\t" + *hypothesis.alignment : "";
}

}  // namespace

Hypothesis blank_hypothesis(int32_t eos, bool aligned) {
  Hypothesis blank{.tokens = {eos}, .token_scores = {0.f}};
  if (aligned) blank.alignment = "";
  return blank;
}

std::string translation(const Hypothesis& hypothesis, const Vocabularies& vocabularies) {
  return one_line(vocabularies.target.decode(hypothesis.tokens, hypothesis.unknown));
}

std::string text_of(const Request& request, const Hypothesis& hypothesis, const Vocabularies& vocabularies) {
  if (request.prompt.empty()) return translation(hypothesis, vocabularies);
  TokenIds tokens = request.prompt;
  tokens.insert(tokens.end(), hypothesis.tokens.begin(), hypothesis.tokens.end());
  const std::string before = vocabularies.target.decode(request.prompt);
  std::string text = vocabularies.target.decode(tokens), opening = request.opening;
  if (!text.starts_with(before)) return one_line(opening.empty() ? translation(hypothesis, vocabularies) : text);
  text.erase(0, before.size());
  if (text.starts_with(' ')) opening.erase(opening.find_last_not_of(' ') + 1);  // one blank between is enough
  return one_line(opening + text);
}

void print_plain(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                 const Vocabularies& vocabularies) {
  out << text_of(request, hypotheses[0], vocabularies) << alignment_column(hypotheses[0]) << '\n';
}

PrintHypotheses join_sentences_of_lines() {
  return [translations = std::vector<std::string>()](std::ostream& out, const Request& request,
                                                     std::span<const Hypothesis> hypotheses,
                                                     const Vocabularies& vocabularies) mutable {
    if (!request.line) return print_plain(out, request, hypotheses, vocabularies);
    const auto& [text, sentences] = *request.line;
    translations.push_back(translation(hypotheses[0], vocabularies));
    if (translations.size() < sentences.size()) return;
    out << one_line(join_sentences(text, sentences, translations)) << '\n';
    translations.clear();
  };
}

void print_nbest(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                 const Vocabularies& vocabularies) {
  for (const Hypothesis& hypothesis : hypotheses) {
    fmt::print(out, "{}\t{:.6f}\t{}{}\n", request.number, hypothesis.score, text_of(request, hypothesis, vocabularies),
               alignment_column(hypothesis));
  }
}

void print_fairseq(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                   const Vocabularies& vocabularies) {
  const int64_t n = request.number;
  fmt::print(out, "S-{}\t{}\n", n, one_line(request.source_text));
  if (request.target_text) fmt::print(out, "T-{}\t{}\n", n, one_line(*request.target_text));
  for (const Hypothesis& hypothesis : hypotheses) {
    const auto score = static_cast<float>(hypothesis.score / std::numbers::ln2);
    fmt::print(out, "H-{}\t{}\t{}\n", n, score, pieces(vocabularies.target, hypothesis));
    fmt::print(out, "D-{}\t{}\t{}\n", n, score, text_of(request, hypothesis, vocabularies));
    fmt::print(out, "P-{}\t", n);
    const char* between = "";
    for (float token_score : hypothesis.token_scores) {
      fmt::print(out, "{}{:.4f}", between, token_score / std::numbers::ln2);
      between = " ";
    }
    out << '\n';
    if (hypothesis.alignment) fmt::print(out, "A-{}\t{}\n", n, *hypothesis.alignment);
  }
}

}  // namespace rotor
