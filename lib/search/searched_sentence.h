// The state of a beam search for one sentence.
#pragma once

#include <cstdint>
#include <vector>

#include "search/beam.h"
#include "search/candidates.h"
#include "search/hypothesis.h"
#include "text/token_batch.h"

namespace rotor {

/// An unfinished hypothesis: its last node, and the row of its sentence that it continues. If a sentence has too few of
/// them, dead ones fill the rows.
struct Leaf {
  int32_t node = -1;
  int32_t row = 0;
  bool dead() const { return node < 0; }
};

/// The root of the tree is the </s> with which the decoder starts.
struct SearchedSentence {
  SearchedSentence(const SearchInput& search_input, int64_t index_in_batch, const SearchOptions& options)
      : input(&search_input),
        index(index_in_batch),
        max_length(options.max_length(std::ssize(search_input.source))),
        tree(kEos, std::ssize(search_input.source)),
        finished_by_group(options.diverse_beam_groups) {}

  const SearchInput* input;
  int64_t index;       ///< index of the sentence in the batch
  int64_t max_length;  ///< greatest number of tokens before </s>
  HypothesisTree tree;
  std::vector<Leaf> beam = {Leaf{0, 0}}, before;  ///< the hypotheses, group by group, and those of the previous step
  std::vector<Hypothesis> finished;
  std::vector<int64_t> finished_by_group;
  std::vector<Change> taken;  ///< penalties for tokens that earlier groups took at this step

  bool has_phrases() const { return !input->phrases.empty(); }
};

}  // namespace rotor
