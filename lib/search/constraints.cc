#include "search/constraints.h"

#include <algorithm>
#include <cmath>

namespace rotor {
namespace {

/// Whether the last tokens are the first `count` of a phrase.
bool ends_in(std::span<const int32_t> tokens, const TokenIds& phrase, int64_t count) {
  return count <= std::ssize(tokens) && std::equal(tokens.end() - count, tokens.end(), phrase.begin());
}

bool contains(std::span<const int32_t> tokens, const TokenIds& phrase) {
  return std::search(tokens.begin(), tokens.end(), phrase.begin(), phrase.end()) != tokens.end();
}

}  // namespace

PhraseProgress progress(const std::vector<TokenIds>& phrases, std::span<const int32_t> tokens) {
  PhraseProgress result{.tokens = 0, .complete = true, .next = {}};
  int64_t longest = 0;
  for (const TokenIds& phrase : phrases) {
    if (contains(tokens, phrase)) {
      result.tokens += std::ssize(phrase);
      continue;
    }
    int64_t begun = std::ssize(phrase) - 1;
    while (begun > 0 && !ends_in(tokens, phrase, begun)) --begun;
    result.complete = false;
    result.next.push_back(phrase[begun]);
    longest = std::max(longest, begun);
  }
  result.tokens += longest;
  return result;
}

void forbid_phrases(const std::vector<TokenIds>& phrases, std::span<const int32_t> tokens,
                    std::vector<Change>& changes) {
  for (const TokenIds& phrase : phrases) {
    if (ends_in(tokens, phrase, std::ssize(phrase) - 1)) changes.push_back({phrase.back(), -INFINITY});
  }
}

void forbid_repeats(std::span<const int32_t> tokens, int64_t n, std::vector<Change>& changes) {
  const int64_t length = std::ssize(tokens);
  for (int64_t end = n - 1; end < length; ++end) {  // tokens[end] would follow again
    if (std::equal(tokens.begin() + (end - n + 1), tokens.begin() + end, tokens.end() - (n - 1))) {
      changes.push_back({tokens[end], -INFINITY});
    }
  }
}

std::vector<Candidate> draw_from_banks(std::vector<BankedCandidate> candidates, int64_t count) {
  std::sort(candidates.begin(), candidates.end(), [](const BankedCandidate& a, const BankedCandidate& b) {
    return a.bank != b.bank ? a.bank > b.bank : a.candidate < b.candidate;
  });
  const auto same = [](const BankedCandidate& a, const BankedCandidate& b) {
    return a.bank == b.bank && a.candidate.row == b.candidate.row && a.candidate.token == b.candidate.token;
  };
  candidates.erase(std::unique(candidates.begin(), candidates.end(), same), candidates.end());
  // Each gets its rank within its bank; the sort is stable, so that higher banks stay first.
  std::vector<std::pair<int64_t, Candidate>> ranked;
  int64_t rank = 0;
  for (size_t i = 0; i < candidates.size(); ++i) {
    rank = i > 0 && candidates[i].bank == candidates[i - 1].bank ? rank + 1 : 0;
    ranked.emplace_back(rank, candidates[i].candidate);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Candidate> drawn;
  for (size_t i = 0; i < ranked.size() && std::ssize(drawn) < count; ++i) drawn.push_back(ranked[i].second);
  return drawn;
}

}  // namespace rotor
