#include "score/guards.h"

#include <fmt/format.h>

#include <algorithm>

namespace rotor {
namespace {

bool contains(std::string_view line, std::string_view text) {
  return line.find(text) != line.npos;
}

template <typename Matches>
int64_t count_lines(const Segments& segments, Matches matches) {
  return std::count_if(segments.begin(), segments.end(), matches);
}

/// Newstest2014 English–German has 3003 lines; the version once distributed filtered has 2737.
bool are_both_newstest2014(size_t a, size_t b) {
  return std::min(a, b) == 2737 && std::max(a, b) == 3003;
}

}  // namespace

std::vector<std::string> warn_of_subword_marks(const Segments& segments, const std::string& name) {
  std::vector<std::string> warnings;
  const int64_t bpe = count_lines(segments, [](const auto& l) { return contains(l, "@@ ") || l.ends_with("@@"); });
  if (bpe > 0) {
    warnings.push_back(
        fmt::format("{}: {} of {} lines carry BPE marks (@@); join the subwords first: sed -E 's/(@@ )|(@@ ?$)//g'",
                    name, bpe, segments.size()));
  }
  const int64_t pieces = count_lines(segments, [](const auto& l) { return contains(l, "▁"); });
  if (pieces > 0) {
    warnings.push_back(fmt::format("{}: {} of {} lines carry SentencePiece marks (▁); decode the pieces first", name,
                                   pieces, segments.size()));
  }
  return warnings;
}

std::vector<std::string> warn_of_tokenized_text(const Segments& segments, const std::string& name) {
  const int64_t periods = count_lines(segments, [](const auto& l) { return l.ends_with('.'); });
  const int64_t apart = count_lines(segments, [](const auto& l) { return l.ends_with(" ."); });
  if (2 * apart > periods) {
    return {
        fmt::format("{}: {} of {} final periods stand apart: the text looks tokenised; scores of tokenised text are "
                    "not comparable, detokenise it first (--force if it is right so)",
                    name, apart, periods)};
  }
  const int64_t escaped = count_lines(segments, [](const auto& l) {
    return contains(l, "&apos;") || (contains(l, "@-@") && contains(l, " @-@ "));  // spaces are slow to look for
  });
  if (escaped == 0) return {};
  return {
      fmt::format("{}: {} of {} lines carry the Moses tokeniser's marks (&apos; or @-@); detokenise the text first "
                  "(--force if it is right so)",
                  name, escaped, segments.size())};
}

std::vector<std::string> warn_of_blank_end(const Segments& segments, const std::string& name) {
  if (segments.empty() || !segments.back().empty()) return {};
  return {fmt::format("{}: the last of {} lines is blank; it counts as a segment, is it a stray one?", name,
                      segments.size())};
}

std::string explain_unequal_lines(const Segments& hypotheses, const Segments& references) {
  if (are_both_newstest2014(hypotheses.size(), references.size())) {
    return "; 3003 lines are the whole of newstest2014, 2737 its filtered version";
  }
  for (const Segments* text : {&hypotheses, &references}) {
    const Segments& other = text == &hypotheses ? references : hypotheses;
    if (text->size() == other.size() + 1 && text->back().empty()) {
      return fmt::format("; the last line of the {} is blank", text == &hypotheses ? "hypotheses" : "references");
    }
  }
  return {};
}

}  // namespace rotor
