// Hypotheses: finished translations, and the tree of tokens from which a search makes those of one sentence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "search/candidates.h"
#include "search/length_penalty.h"
#include "search/search_input.h"

namespace rotor {

struct Hypothesis {
  TokenIds tokens;                    ///< the tokens, with </s>
  std::vector<float> token_scores;    ///< log-probability of each token
  double score = 0;                   ///< sum of token_scores divided by the length penalty, plus the coverage
  double coverage = 0;                ///< amount that the coverage penalty added, at most 0
  std::vector<float> attention = {};  ///< [tokens, source tokens], if attention was kept
  bool has_phrases = true;            ///< whether it has every required phrase

  // Made from the attention afterwards.
  std::optional<std::string> alignment = {};  ///< in the format of Pharaoh
  std::vector<std::string> unknown = {};      ///< replacement of each <unk>; empty: none
};

/// Sorts the hypotheses, best first; those that lack phrases remain only if all do. It is an Error if there are none.
std::vector<Hypothesis> ranked(std::vector<Hypothesis> all);

/// A token of the tree: a hypothesis is the path from one of its leaves to the root.
struct HypothesisNode {
  int32_t parent = -1;
  int32_t token = 0;
  float score = 0;  ///< log-probability of the path
  int32_t row = 0;  ///< number of the hypothesis of the previous step that it continues
};

class HypothesisTree {
 public:
  /// `source_length` is the length of the rows of attention, </s> counted.
  HypothesisTree(int32_t first_token, int64_t source_length) : nodes_{{-1, first_token}}, source_(source_length) {}

  /// Starts again, from another first token.
  void begin(int32_t first_token) { nodes_ = {{-1, first_token}}; }

  const HypothesisNode& operator[](int32_t node) const { return nodes_[node]; }
  int32_t add(const HypothesisNode& node);

  /// The tokens from the root to a node, without the root.
  TokenIds path_to(int32_t node) const;

  /// Keeps the attention of the next step: a row of source_length weights for each hypothesis that it continues.
  void keep_attention(std::vector<float> rows) { attention_.push_back(std::move(rows)); }

  /// The hypothesis that ends in a node which is not in the tree, with `coverage_penalty` times coverage() added to its
  /// score.
  Hypothesis finish(const HypothesisNode& last, const LengthPenalty& penalty, double coverage_penalty) const;

 private:
  std::vector<HypothesisNode> nodes_;
  int64_t source_;
  std::vector<std::vector<float>> attention_;  ///< attention of each step
};

}  // namespace rotor
