#include "search/output.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <numbers>

#include "model/token_batch.h"

namespace rotor {
namespace {

/// The text of some ids, on one line: vocabularies with byte pieces can spell line ends.
std::string text(const Vocabulary& vocabulary, const TokenIds& ids) {
  std::string line = vocabulary.decode(ids);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

/// The pieces of some ids, </s> left out, with blanks between.
std::string pieces(const Vocabulary& vocabulary, const TokenIds& ids) {
  std::string line;
  for (int32_t id : ids) {
    if (id == kEos) continue;
    if (!line.empty()) line += ' ';
    line += vocabulary.piece(id);
  }
  return line;
}

}  // namespace

void print_plain(std::ostream& out, const Request& /*request*/, std::span<const Hypothesis> hypotheses,
                 const Vocabularies& vocabularies) {
  if (!hypotheses.empty()) out << text(vocabularies.target, hypotheses[0].tokens);
  out << '\n';
}

void print_nbest(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                 const Vocabularies& vocabularies) {
  if (hypotheses.empty()) fmt::print(out, "{}\t0\t\n", request.number);
  for (const Hypothesis& hypothesis : hypotheses) {
    fmt::print(out, "{}\t{:.6f}\t{}\n", request.number, hypothesis.score, text(vocabularies.target, hypothesis.tokens));
  }
}

void print_fairseq(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                   const Vocabularies& vocabularies) {
  const int64_t n = request.number;
  fmt::print(out, "S-{}\t{}\n", n, text(vocabularies.source, request.source));
  if (!request.target.empty()) fmt::print(out, "T-{}\t{}\n", n, text(vocabularies.target, request.target));
  if (hypotheses.empty()) fmt::print(out, "H-{0}\t0\t\nD-{0}\t0\t\nP-{0}\t\n", n);
  for (const Hypothesis& hypothesis : hypotheses) {
    const auto score = static_cast<float>(hypothesis.score / std::numbers::ln2);
    fmt::print(out, "H-{}\t{}\t{}\n", n, score, pieces(vocabularies.target, hypothesis.tokens));
    fmt::print(out, "D-{}\t{}\t{}\n", n, score, text(vocabularies.target, hypothesis.tokens));
    fmt::print(out, "P-{}\t", n);
    const char* between = "";
    for (float token_score : hypothesis.token_scores) {
      fmt::print(out, "{}{:.4f}", between, token_score / std::numbers::ln2);
      between = " ";
    }
    out << '\n';
  }
}

}  // namespace rotor
