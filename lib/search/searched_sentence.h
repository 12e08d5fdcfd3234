// What a beam search knows of one sentence while it lasts.
#pragma once

#include <cstdint>
#include <vector>

#include "model/token_batch.h"
#include "search/beam.h"
#include "search/candidates.h"
#include "search/hypothesis.h"

namespace rotor {

/// A hypothesis that goes on: its last node, and the row of its sentence that it continues. Where a sentence has too
/// few of them, dead ones fill the rows.
struct Leaf {
  int32_t node = -1;
  int32_t row = 0;
  bool dead() const { return node < 0; }
};

/// The tree's root is the </s> that the decoder starts from.
struct SearchedSentence {
  SearchedSentence(const SearchInput& search_input, int64_t index_in_batch, const SearchOptions& options)
      : input(&search_input),
        index(index_in_batch),
        max_length(options.max_length(std::ssize(search_input.source))),
        tree(kEos, std::ssize(search_input.source)),
        finished_by_group(options.diverse_beam_groups) {}

  const SearchInput* input;
  int64_t index;       ///< in the batch
  int64_t max_length;  ///< tokens before </s>
  HypothesisTree tree;
  std::vector<Leaf> beam = {Leaf{0, 0}}, before;  ///< the hypotheses, group by group, and those of the step before
  std::vector<Hypothesis> finished;
  std::vector<int64_t> finished_by_group;
  std::vector<Change> taken;  ///< by the groups before, at this step: what they cost the next one

  bool has_phrases() const { return !input->phrases.empty(); }
};

}  // namespace rotor
