// The state of a search for one input, and what rules and expansions see of it: one unfinished hypothesis.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "search/hypothesis.h"
#include "search/search_input.h"

namespace rotor {

/// An unfinished hypothesis: its last node, and the row of its sentence that it continues. If a sentence has too few of
/// them, dead ones fill the rows.
struct Leaf {
  int32_t node = -1;
  int32_t row = 0;
  bool dead() const { return node < 0; }
};

struct SearchedSentence {
  /// The root of the tree is the start token, or a token of the prompt.
  SearchedSentence(const SearchInput& search_input, int64_t index_in_batch, int32_t root, const SearchOptions& options)
      : input(&search_input),
        index(index_in_batch),
        longest(max_length(search_input, options)),
        tree(root, std::ssize(search_input.source)),
        finished_by_group(options.diverse_beam_groups) {}

  const SearchInput* input;
  int64_t index;    ///< index of the sentence in the batch
  int64_t longest;  ///< greatest number of tokens before </s>
  HypothesisTree tree;
  std::vector<Leaf> beam = {Leaf{0, 0}}, before = {};  ///< hypotheses, group by group, and those of the last step
  std::vector<Hypothesis> finished = {};
  std::vector<int64_t> finished_by_group;
};

class PartialHypothesis {
 public:
  /// The hypothesis that continues row `row` of the last step, and has `length` tokens.
  PartialHypothesis(const SearchedSentence& sentence, int64_t row, int64_t length)
      : sentence_(sentence), row_(row), length_(length) {}

  const SearchInput& input() const { return *sentence_.input; }
  int32_t row() const { return static_cast<int32_t>(row_); }
  int64_t length() const { return length_; }
  int64_t longest() const { return sentence_.longest; }  ///< greatest number of tokens before </s>
  /// Its log-probability.
  float score() const { return sentence_.tree[sentence_.before[row_].node].score; }

  /// Its tokens, after those of the prompt; found when they are asked for.
  std::span<const int32_t> text() {
    if (!text_) {
      text_ = input().prompt;
      const TokenIds path = sentence_.tree.path_to(sentence_.before[row_].node);
      text_->insert(text_->end(), path.begin(), path.end());
    }
    return *text_;
  }

  /// Its tokens.
  std::span<const int32_t> tokens() { return text().subspan(input().prompt.size()); }

 private:
  const SearchedSentence& sentence_;
  int64_t row_, length_;
  std::optional<TokenIds> text_;
};

}  // namespace rotor
