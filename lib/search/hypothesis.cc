#include "search/hypothesis.h"

#include <algorithm>
#include <functional>

#include "base/check.h"
#include "search/alignment.h"

namespace rotor {

std::vector<Hypothesis> ranked(std::vector<Hypothesis> all) {
  ROTOR_CHECK(
      !all.empty(),
      "expected a translation, found none: the model's scores are NaN, and it is damaged, or the options forbid "
      "every word");
  const auto has_phrases = [](const Hypothesis& h) { return h.has_phrases; };
  if (std::any_of(all.begin(), all.end(), has_phrases)) std::erase_if(all, std::not_fn(has_phrases));
  std::stable_sort(all.begin(), all.end(), [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; });
  return all;
}

int32_t HypothesisTree::add(const HypothesisNode& node) {
  nodes_.push_back(node);
  return static_cast<int32_t>(nodes_.size()) - 1;
}

TokenIds HypothesisTree::path_to(int32_t leaf) const {
  TokenIds path;
  for (int32_t node = leaf; nodes_[node].parent >= 0; node = nodes_[node].parent) path.push_back(nodes_[node].token);
  std::reverse(path.begin(), path.end());
  return path;
}

Hypothesis HypothesisTree::finish(const HypothesisNode& last, const LengthPenalty& penalty,
                                  double coverage_penalty) const {
  std::vector<HypothesisNode> path;
  for (HypothesisNode node = last; node.parent >= 0; node = nodes_[node.parent]) path.push_back(node);
  std::reverse(path.begin(), path.end());
  Hypothesis hypothesis;
  for (size_t step = 0; step < path.size(); ++step) {
    hypothesis.tokens.push_back(path[step].token);
    hypothesis.token_scores.push_back(path[step].score - nodes_[path[step].parent].score);
    if (step < attention_.size()) {
      const auto row = attention_[step].begin() + path[step].row * source_;
      hypothesis.attention.insert(hypothesis.attention.end(), row, row + source_);
    }
  }
  if (coverage_penalty != 0) hypothesis.coverage = coverage_penalty * coverage(hypothesis.attention, source_);
  hypothesis.score = last.score / penalty(std::ssize(path)) + hypothesis.coverage;
  return hypothesis;
}

}  // namespace rotor
