#include "search/hypothesis.h"

#include <algorithm>

#include "search/alignment.h"

namespace rotor {

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
      const float* row = attention_[step].data() + path[step].row * source_;
      hypothesis.attention.insert(hypothesis.attention.end(), row, row + source_);
    }
  }
  if (coverage_penalty != 0) hypothesis.coverage = coverage_penalty * coverage(hypothesis.attention, source_);
  hypothesis.score = last.score / penalty(std::ssize(path)) + hypothesis.coverage;
  return hypothesis;
}

}  // namespace rotor
